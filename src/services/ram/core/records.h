// What RAM keeps, as it rests: JSON, so that members can be added; secrets are sealed in it.
// docs/formats/ram-records.md.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/seal.h"
#include "services/ram/core/types.h"

namespace lakeside::ram {

[[nodiscard]] std::string encode(const User& user, const SealingKey& key);
[[nodiscard]] std::string encode(const Group& group, const SealingKey& key);
[[nodiscard]] std::string encode(const Role& role, const SealingKey& key);
[[nodiscard]] std::string encode(const Policy& policy, const SealingKey& key);

// Errors: kCorrupt; kUnsupported (a later version, or sealed with another key).
Status decode(std::string_view record, const SealingKey& key, User& user);
Status decode(std::string_view record, const SealingKey& key, Group& group);
Status decode(std::string_view record, const SealingKey& key, Role& role);
Status decode(std::string_view record, const SealingKey& key, Policy& policy);

}  // namespace lakeside::ram
