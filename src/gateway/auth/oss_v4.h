// OSS V4: "Authorization: OSS4-HMAC-SHA256 Credential=…,AdditionalHeaders=a;b,Signature=hex",
// or x-oss-signature-version=OSS4-HMAC-SHA256 in the query.
#pragma once

#include "gateway/auth/attempt.h"
#include "gateway/auth/v4.h"

namespace lakeside::auth {

[[nodiscard]] Verdict verify_oss_v4_header(const Attempt& attempt, std::string_view authorization);
[[nodiscard]] Verdict verify_oss_v4_query(const Attempt& attempt);

// That the scope names this region, OSS and the day of `timestamp` ("20261121T231509Z").
// `where` ends the messages: "Authorization header".
[[nodiscard]] Check check_oss_scope(const ScopedCredential& credential, std::string_view timestamp,
                                    std::string_view region, std::string_view where);

}  // namespace lakeside::auth
