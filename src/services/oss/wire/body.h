// A request's body on its way into an operation, with everything that vouches for it checked.
#pragma once

#include <string>

#include "services/oss/core/errors.h"
#include "services/oss/ops/context.h"
#include "services/oss/wire/call.h"

namespace lakeside::oss::wire {

// The body of data; stays unread. kMissingContentLength where its end cannot be known.
[[nodiscard]] OssResult<ops::Data> data_body(OssCall& call);

// The body of a document, whole: at most kMaxDocument, its Content-MD5 checked.
[[nodiscard]] Task<OssResult<std::string>> read_document(OssCall& call);

}  // namespace lakeside::oss::wire
