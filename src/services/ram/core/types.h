// What RAM keeps of an account: users, groups, roles, policies.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "services/ram/policy/compiled.h"

namespace lakeside::ram {

// The vendor's quotas ("Limits" of RAM), which also bound what is held in memory.
inline constexpr std::size_t kMaxUsers = 1000;
inline constexpr std::size_t kMaxGroups = 50;
inline constexpr std::size_t kMaxRoles = 1000;
inline constexpr std::size_t kMaxPolicies = 1500;
inline constexpr std::size_t kMaxVersions = 5;
inline constexpr std::size_t kMaxKeysOfUser = 2;
inline constexpr std::size_t kMaxGroupsOfUser = 50;
inline constexpr std::size_t kMaxPoliciesAttached = 20;  // of each type

struct PolicyName {
  std::string name;
  bool system = false;
  auto operator<=>(const PolicyName&) const = default;
};

struct Attachment {
  PolicyName policy;
  Time attached{};
};

struct AccessKey {
  std::string id;
  std::string secret;  // sealed at rest
  bool active = true;
  Time created{};
};

struct Membership {
  std::string group;
  Time joined{};
};

using Tags = std::map<std::string, std::string>;

struct User {
  std::string id;  // 18 digits
  std::string name;
  std::string display_name, mobile_phone, email, comments;
  Time created{}, updated{};
  std::vector<Attachment> policies;
  std::vector<Membership> groups;
  std::vector<AccessKey> keys;
};

struct Group {
  std::string id;
  std::string name;
  std::string comments;
  Time created{}, updated{};
  std::vector<Attachment> policies;
};

struct Role {
  std::string id;
  std::string name;
  std::string description;
  std::uint64_t max_session_seconds = 3600;
  std::string trust;  // its policy document, as it was written
  Time created{}, updated{};
  std::vector<Attachment> policies;
  Tags tags;

  policy::PolicyPtr compiled_trust;  // of `trust`
};

struct PolicyVersion {
  std::string id;  // "v1"
  std::string document;
  Time created{};
};

struct Policy {
  std::string name;
  std::string description;
  bool system = false;
  std::vector<PolicyVersion> versions;  // oldest first; never none
  std::string default_version;
  std::uint64_t next_version = 2;
  Time created{}, updated{};
  Tags tags;

  policy::PolicyPtr compiled;  // of the default version

  [[nodiscard]] const PolicyVersion* version(std::string_view id) const;
};

}  // namespace lakeside::ram
