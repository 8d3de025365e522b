// The policy of a POST form: what its signer lets be posted. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "services/oss/core/errors.h"
#include "services/oss/wire/dialect.h"

namespace lakeside::oss::wire {

struct PostPolicy {
  enum class Op { kEqual, kStartsWith, kIn, kNotIn };
  struct Condition {
    Op op;
    std::string field;  // lower case, without '$'
    std::vector<std::string> values;
    std::string text;  // as written, for the denial
  };
  struct LengthRange {
    std::uint64_t least;
    std::uint64_t most;
  };
  Time expiration;
  std::vector<Condition> conditions;
  std::optional<LengthRange> length;
};

// InvalidPolicyDocument where it is none. `encoded` is base64 of JSON.
[[nodiscard]] OssResult<PostPolicy> parse_post_policy(std::string_view encoded);

// kAccessDenied where the policy has expired or a condition does not hold. `fields`, names in
// lower case, have `bucket` and the final `key` among them; a field that is absent is empty. S3
// also wants every field to be in a condition.
[[nodiscard]] OssStatus check_post_policy(
    const PostPolicy& policy, const std::vector<std::pair<std::string, std::string>>& fields,
    Time now, Dialect dialect);

}  // namespace lakeside::oss::wire
