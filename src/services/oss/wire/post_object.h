// PostObject: an object posted as a form, signed (or not) by fields of the form.
#pragma once

#include <expected>
#include <memory>

#include "gateway/http/message.h"
#include "services/oss/wire/action.h"
#include "services/oss/wire/call.h"

namespace lakeside::oss::wire {

// Reads the form up to its file. Sets the call's identity, key and dialect from it.
[[nodiscard]] Task<std::expected<std::unique_ptr<OssAction>, http::Response>> decode_post_object(
    OssCall& call);

}  // namespace lakeside::oss::wire
