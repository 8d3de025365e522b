// The names that S3's bucket policies use, in the vendor's: one evaluator reads both. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakeside::ram::policy {

// "s3:ListBucket" → {"oss:ListObjects"}; a pattern becomes several. Empty: it is none of S3's.
[[nodiscard]] std::vector<std::string> actions_of_s3(std::string_view action);

// "arn:aws:s3:::bucket/key" → "acs:oss:*:*:bucket/key".
[[nodiscard]] std::optional<std::string> resource_of_s3(std::string_view arn);

// An account ("1234567890123456" or "arn:aws:iam::…:root"), "…:user/NAME", "…:role/NAME",
// "arn:aws:sts::…:assumed-role/ROLE/SESSION". Accounts come out as uids: what S3 grants to an
// account it grants to nobody in it until that account's own policies do.
[[nodiscard]] std::optional<std::string> principal_of_s3(std::string_view name);

// "aws:SourceIp" → "acs:SourceIp". Empty: a key that requests here do not have.
[[nodiscard]] std::string_view condition_key_of_s3(std::string_view key);

}  // namespace lakeside::ram::policy
