// OSS V2: "Authorization: OSS2 AccessKeyId:AK,AdditionalHeaders:a;b,Signature:base64(HMAC-SHA256)",
// or x-oss-signature-version=OSS2 in the query.
#pragma once

#include "gateway/auth/attempt.h"

namespace lakeside::auth {

[[nodiscard]] Verdict verify_oss_v2_header(const Attempt& attempt, std::string_view authorization);
[[nodiscard]] Verdict verify_oss_v2_query(const Attempt& attempt);

}  // namespace lakeside::auth
