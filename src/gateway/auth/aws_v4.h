// AWS Signature Version 4 for S3: "Authorization: AWS4-HMAC-SHA256 Credential=…,
// SignedHeaders=a;b, Signature=hex", or X-Amz-* in the query.
#pragma once

#include "gateway/auth/attempt.h"
#include "gateway/auth/v4.h"

namespace lakeside::auth {

[[nodiscard]] Verdict verify_aws_v4_header(const Attempt& attempt, std::string_view authorization);
[[nodiscard]] Verdict verify_aws_v4_query(const Attempt& attempt);

// That the scope names S3 and the day of `timestamp`; any region will do.
[[nodiscard]] Check check_aws_scope(const ScopedCredential& credential, std::string_view timestamp,
                                    std::string_view argument_name);

}  // namespace lakeside::auth
