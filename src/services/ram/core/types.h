// What RAM keeps of an account: users, groups, roles, policies, MFA devices, settings.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
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
inline constexpr std::size_t kMaxMfaDevices = kMaxUsers;
inline constexpr std::size_t kMaxOidcProviders = 100;
inline constexpr std::size_t kMaxTagsOfOne = 20;
inline constexpr std::size_t kMaxEarlierPasswords = 24;

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

// How a person signs in.
struct LoginProfile {
  std::string password;              // its hash (core/passwords.h), sealed at rest all the same
  std::vector<std::string> earlier;  // hashes of those before it, newest first
  Time password_set{};
  bool reset_required = false;
  bool mfa_required = false;
  bool active = true;
  Time created{}, updated{};
};

struct User {
  std::string id;  // 18 digits
  std::string name;
  std::string display_name, mobile_phone, email, comments;
  Time created{}, updated{};
  std::vector<Attachment> policies;
  std::vector<Membership> groups;
  std::vector<AccessKey> keys;
  std::optional<LoginProfile> login;
  std::string mfa_device;  // its name; empty: none is bound
  Time last_login{};       // the epoch: never
};

// A virtual one: RFC 6238 with SHA-1, 30 seconds, 6 digits.
struct MfaDevice {
  std::string name;  // acs:ram::ACCOUNT:mfa/NAME is its serial number
  std::string seed;  // bytes; sealed at rest
  Time created{}, activated{};
  std::uint64_t last_step = 0;  // of the last code that was taken: none is taken twice
};

// Who vouches for people of other systems, by OpenID Connect.
struct OidcProvider {
  std::string name;
  std::string issuer;  // "https://…"
  std::string description;
  std::vector<std::string> client_ids;    // audiences that its tokens may have
  std::vector<std::string> fingerprints;  // of certificates; data alone
  std::uint64_t issuance_limit_hours = 12;
  Time created{}, updated{};
};

// A session that was ended before its time.
struct EndedSession {
  std::string name;         // its access key's id
  Time until{};             // when nothing of it could be valid any more
  std::string holder = {};  // the user's id; empty: the root's
};

struct PasswordPolicy {
  std::uint64_t minimum_length = 8;
  bool lowercase = false, uppercase = false, numbers = false, symbols = false;
  bool hard_expiry = false;
  std::uint64_t max_age_days = 0;      // 0: for ever
  std::uint64_t reuse_prevention = 0;  // so many former ones may not come back
  std::uint64_t max_login_attempts = 5;
  std::uint64_t different_characters = 0;
  bool not_contain_user_name = false;
};

struct SecurityPreference {
  bool change_password = true;  // users their own, and so on
  bool manage_access_keys = false;
  bool manage_mfa_devices = true;
  std::string login_network_masks;  // as written, with ';' between them; empty: all
  std::uint64_t login_session_hours = 6;
  bool mfa_for_all = false;  // IMS: MFAOperationForLogin is "mandatory"
};

struct AccountSettings {
  std::string name = "account";  // there is one
  std::string alias;
  PasswordPolicy passwords;
  SecurityPreference preference;
};

struct Group {
  std::string id;
  std::string name;
  std::string comments;
  std::string display_name;  // IMS alone has it
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
