// What the codecs of writing operations share.
#pragma once

#include "services/oss/core/object_store.h"
#include "services/oss/wire/call.h"
#include "services/oss/wire/request_headers.h"

namespace lakeside::oss::wire {

// Headers, ACL, storage class and conditions of an object that is written; in put_object.cc.
[[nodiscard]] OssResult<PutOptions> put_options(const OssCall& call);

[[nodiscard]] inline Preconditions copy_conditions(const OssCall& call) {
  return preconditions(call.head(),
                       call.dialect == Dialect::kOss ? "x-oss-copy-source-" : "x-amz-copy-source-");
}

}  // namespace lakeside::oss::wire
