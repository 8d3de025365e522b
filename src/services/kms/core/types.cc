#include "services/kms/core/types.h"

#include <algorithm>

namespace lakeside::kms {
namespace {

constexpr std::string_view kEncryptDecrypt = "ENCRYPT/DECRYPT";
constexpr std::string_view kSignVerify = "SIGN/VERIFY";
constexpr std::string_view kEither = "ENCRYPT/DECRYPT SIGN/VERIFY";

constexpr SpecInfo kSpecs[] = {
    {Spec::kAes256, "Aliyun_AES_256", kEncryptDecrypt},
    {Spec::kRsa2048, "RSA_2048", kEither},
    {Spec::kRsa3072, "RSA_3072", kEither},
    {Spec::kRsa4096, "RSA_4096", kEither},
    {Spec::kEcP256, "EC_P256", kSignVerify},
    {Spec::kEcP256k, "EC_P256K", kSignVerify},
};

}  // namespace

const SpecInfo* find_spec(std::string_view name) {
  const auto* found = std::ranges::find(kSpecs, name, &SpecInfo::name);
  return found == std::end(kSpecs) ? nullptr : found;
}

std::string_view name_of(Spec spec) {
  return std::ranges::find(kSpecs, spec, &SpecInfo::spec)->name;
}
std::string_view name_of(Usage usage) {
  return usage == Usage::kEncrypt ? kEncryptDecrypt : kSignVerify;
}
std::string_view name_of(Origin origin) {
  return origin == Origin::kKms ? "Aliyun_KMS" : "EXTERNAL";
}

std::string_view name_of(KeyState state) {
  switch (state) {
    case KeyState::kEnabled:
      return "Enabled";
    case KeyState::kDisabled:
      return "Disabled";
    case KeyState::kPendingDeletion:
    case KeyState::kGone:
      return "PendingDeletion";
    case KeyState::kPendingImport:
      return "PendingImport";
  }
  return {};
}

const KeyVersion* Key::version(std::string_view version_id) const {
  auto found = std::ranges::find(versions, version_id, &KeyVersion::id);
  return found == versions.end() ? nullptr : &*found;
}

KeyState state_of(const Key& key, Time now) {
  if (key.delete_at) return *key.delete_at <= now ? KeyState::kGone : KeyState::kPendingDeletion;
  bool expired = key.material_expires && *key.material_expires <= now;
  if (key.primary().sealed.empty() || expired) return KeyState::kPendingImport;
  return key.enabled ? KeyState::kEnabled : KeyState::kDisabled;
}

std::optional<Time> next_rotation(const Key& key) {
  if (key.rotation_every.count() == 0) return std::nullopt;
  return key.primary().created + key.rotation_every;
}

const SecretVersion* Secret::version(std::string_view version_id) const {
  auto found = std::ranges::find(versions, version_id, &SecretVersion::id);
  return found == versions.end() ? nullptr : &*found;
}

const SecretVersion* Secret::staged(std::string_view stage) const {
  auto found = std::ranges::find_if(versions, [&](const SecretVersion& version) {
    return std::ranges::find(version.stages, stage) != version.stages.end();
  });
  return found == versions.end() ? nullptr : &*found;
}

}  // namespace lakeside::kms
