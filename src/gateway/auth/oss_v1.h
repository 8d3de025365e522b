// OSS V1: "Authorization: OSS AK:base64(HMAC-SHA1)", or OSSAccessKeyId, Expires and Signature
// in the query.
#pragma once

#include "gateway/auth/attempt.h"

namespace lakeside::auth {

[[nodiscard]] Verdict verify_oss_v1_header(const Attempt& attempt, std::string_view authorization);
[[nodiscard]] Verdict verify_oss_v1_query(const Attempt& attempt);

// Whether V1 signs the query parameter of that name.
[[nodiscard]] bool is_oss_sub_resource(std::string_view name);

}  // namespace lakeside::auth
