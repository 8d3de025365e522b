// AWS Signature Version 2 for S3: "Authorization: AWS AK:base64(HMAC-SHA1)", or
// AWSAccessKeyId, Expires and Signature in the query, which is how boto3 still presigns.
#pragma once

#include "gateway/auth/attempt.h"

namespace lakeside::auth {

[[nodiscard]] Verdict verify_aws_v2_header(const Attempt& attempt, std::string_view authorization);
[[nodiscard]] Verdict verify_aws_v2_query(const Attempt& attempt);

}  // namespace lakeside::auth
