#pragma once

#include "services/oss/ops/context.h"

namespace lakeside::oss::ops {

struct CopyObject {
  ObjectName object;
  ObjectName source;
  CopyOptions options;
};
[[nodiscard]] Task<OssResult<ObjectInfo>> run(Context& context, CopyObject& request);

}  // namespace lakeside::oss::ops
