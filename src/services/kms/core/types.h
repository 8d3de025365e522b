// What KMS keeps of an account: keys with their versions, aliases, secrets with theirs.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace lakeside::kms {

// The vendor's quotas for an account ("Limits" of KMS), which also bound what is held in memory.
inline constexpr std::size_t kMaxKeys = 200;
inline constexpr std::size_t kMaxAliases = 300;
inline constexpr std::size_t kMaxVersionsOfKey = 50;      // beyond it only rotation makes more
inline constexpr std::size_t kMaxRotatedVersions = 1000;  // 19 years of every seven days
inline constexpr std::size_t kMaxSecrets = 1000;
inline constexpr std::size_t kMaxVersionsOfSecret = 10;  // beyond it the oldest goes
inline constexpr std::size_t kMaxStagesOfVersion = 8;
inline constexpr std::size_t kMaxTags = 20;

inline constexpr std::size_t kMaxPlaintext = 6144;       // of Encrypt
inline constexpr std::size_t kMaxDataKey = 1024;         // of GenerateDataKey
inline constexpr std::size_t kMaxContext = 8192;         // of an encryption context, as it is sent
inline constexpr std::size_t kMaxSecretData = 30 << 10;  // of a secret's version

enum class Spec : std::uint8_t { kAes256, kRsa2048, kRsa3072, kRsa4096, kEcP256, kEcP256k };
enum class Usage : std::uint8_t { kEncrypt, kSign };
enum class Origin : std::uint8_t { kKms, kExternal };

struct SpecInfo {
  Spec spec;
  std::string_view name;  // "RSA_2048"
  std::string_view usages;
};
// By the vendor's names.
[[nodiscard]] const SpecInfo* find_spec(std::string_view name);
[[nodiscard]] std::string_view name_of(Spec spec);
[[nodiscard]] std::string_view name_of(Usage usage);
[[nodiscard]] std::string_view name_of(Origin origin);
inline constexpr bool is_symmetric(Spec spec) { return spec == Spec::kAes256; }

using Tags = std::map<std::string, std::string>;

struct KeyVersion {
  std::string id;  // a UUID
  Time created{};
  // AES: the key. Else the private key, as PKCS #8 in DER. Sealed under the installation's master
  // key; empty: no material is there (imported keys alone).
  std::string sealed;
  std::string public_pem = {};  // of asymmetric keys
};

struct Key {
  std::string account;
  std::string id;  // a UUID
  Spec spec = Spec::kAes256;
  Usage usage = Usage::kEncrypt;
  Origin origin = Origin::kKms;
  std::string description;
  std::string creator;  // an account
  Time created{};
  bool enabled = true;
  std::optional<Time> delete_at = {};  // from then on it is gone
  bool protected_from_deletion = false;
  std::string protection_description;
  std::vector<KeyVersion> versions;        // oldest first; the last one encrypts; never none
  std::chrono::seconds rotation_every{0};  // 0: it is not rotated by itself
  // Imported material: when it ceases to be there, and what tells whether another is the same.
  std::optional<Time> material_expires = {};
  std::string material_print;
  Tags tags;

  [[nodiscard]] const KeyVersion& primary() const { return versions.back(); }
  [[nodiscard]] const KeyVersion* version(std::string_view version_id) const;
};

enum class KeyState : std::uint8_t {
  kEnabled,
  kDisabled,
  kPendingDeletion,
  kPendingImport,
  kGone,  // its time has come; housekeeping has not
};
[[nodiscard]] KeyState state_of(const Key& key, Time now);
[[nodiscard]] std::string_view name_of(KeyState state);
// When it will be rotated. Nothing: not by itself.
[[nodiscard]] std::optional<Time> next_rotation(const Key& key);

struct Alias {
  std::string account;
  std::string name;  // "alias/…"
  std::string key_id;
  Time created{};
};

struct SecretVersion {
  std::string id;            // the client's name for it
  std::uint64_t serial = 0;  // names its value's record
  bool binary = false;
  Time created{};
  std::vector<std::string> stages = {};  // "ACSCurrent"…; none: deprecated
};

struct Secret {
  std::string account;
  std::string name;
  std::string id;  // names its values' records, so that a namesake made later finds none
  std::string description;
  std::string key_id;  // which encrypts its values; empty: the installation's master key alone
  Time created{}, updated{};
  std::optional<Time> delete_at = {};   // from then on it is gone
  std::vector<SecretVersion> versions;  // oldest first; never none
  std::uint64_t next_serial = 1;
  Tags tags;

  [[nodiscard]] const SecretVersion* version(std::string_view version_id) const;
  [[nodiscard]] const SecretVersion* staged(std::string_view stage) const;
};

// What they are called in tables and records, within an account.
inline const std::string& name_in_account(const Key& key) { return key.id; }
inline const std::string& name_in_account(const Alias& alias) { return alias.name; }
inline const std::string& name_in_account(const Secret& secret) { return secret.name; }

}  // namespace lakeside::kms
