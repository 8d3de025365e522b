// What RAM keeps, as it rests: JSON, so that members can be added; secrets are sealed in it.
// docs/formats/ram-records.md.
#pragma once

#include <string>
#include <string_view>

#include "base/key_use.h"
#include "base/result.h"
#include "base/seal.h"
#include "services/ram/core/types.h"

namespace lakeside::ram {

[[nodiscard]] std::string encode(const User& user, const SealingKeys& key);
[[nodiscard]] std::string encode(const Group& group, const SealingKeys& key);
[[nodiscard]] std::string encode(const Role& role, const SealingKeys& key);
[[nodiscard]] std::string encode(const Policy& policy, const SealingKeys& key);
[[nodiscard]] std::string encode(const MfaDevice& device, const SealingKeys& key);
[[nodiscard]] std::string encode(const AccountSettings& settings, const SealingKeys& key);
[[nodiscard]] std::string encode(const OidcProvider& provider, const SealingKeys& key);
[[nodiscard]] std::string encode(const EndedSession& session, const SealingKeys& key);
[[nodiscard]] std::string encode(const KeyUse::Seen& seen);

// Errors: kCorrupt; kUnsupported (a later version, or sealed with another key).
Status decode(std::string_view record, const SealingKeys& key, User& user);
Status decode(std::string_view record, const SealingKeys& key, Group& group);
Status decode(std::string_view record, const SealingKeys& key, Role& role);
Status decode(std::string_view record, const SealingKeys& key, Policy& policy);
Status decode(std::string_view record, const SealingKeys& key, MfaDevice& device);
Status decode(std::string_view record, const SealingKeys& key, AccountSettings& settings);
Status decode(std::string_view record, const SealingKeys& key, OidcProvider& provider);
Status decode(std::string_view record, const SealingKeys& key, EndedSession& session);
Status decode(std::string_view record, KeyUse::Seen& seen);

}  // namespace lakeside::ram
