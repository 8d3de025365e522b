// x-amz-content-sha256 and aws-chunked: what an S3 request says about its body.
#pragma once

#include "gateway/auth/attempt.h"
#include "gateway/auth/v4.h"

namespace lakeside::auth {

inline constexpr std::string_view kAwsUnsignedPayload = "UNSIGNED-PAYLOAD";

// The rules for a body that was signed under `payload_hash`.
[[nodiscard]] std::expected<BodyRules, AuthError> aws_body_rules(const LowerHeaders& headers,
                                                                 std::string_view payload_hash);

// The rules for a body that the signature does not cover: V2, and no signature at all.
[[nodiscard]] std::expected<BodyRules, AuthError> aws_unsigned_body_rules(
    const LowerHeaders& headers);

}  // namespace lakeside::auth
