#include "services/kms/wire/secret_fields.h"

#include "base/encoding.h"
#include "services/kms/wire/ciphertexts.h"

namespace lakeside::kms::wire {
namespace {

constexpr std::size_t kMaxName = 64;  // of versions and stages

// A value is encrypted for its secret: under the same key it is no other secret's, and no
// ciphertext of Encrypt.
EncryptionContext context_of(const Secret& secret) {
  return {{"lakeside:secret", secret.account + "/" + secret.id}};
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

Read<SecretData> read_secret_data(const Parameters& in) {
  auto type = in.one_of("SecretDataType", {"text", "binary"});
  if (!type) return std::unexpected(std::move(type.error()));
  std::string_view text = in.get("SecretData");
  if (text.empty()) return std::unexpected(rpc::missing_parameter("SecretData"));
  const bool binary = *type == "binary";
  bool fits = text.size() <= kMaxSecretData && is_valid_utf8(text);
  // Binary values travel as base64, in both directions.
  if (fits && binary) fits = base64_decode(text).has_value();
  if (!fits) {
    return std::unexpected(rpc::invalid_parameter(
        "SecretData", "at most " + std::to_string(kMaxSecretData) +
                          " bytes of text in UTF-8, in base64 where it is binary"));
  }
  return SecretData{text, binary};
}

Read<std::string> read_version_id(const Parameters& in, std::string_view parameter) {
  auto id = in.required(parameter);
  if (id && (id->size() > kMaxName || !is_printable(*id))) {
    return std::unexpected(rpc::invalid_parameter(parameter, "1 to 64 printable characters"));
  }
  return id;
}

std::optional<Fault> refuse_stage(std::string_view parameter, std::string_view stage) {
  if (!stage.empty() && stage.size() <= kMaxName && is_printable(stage)) return std::nullopt;
  return rpc::invalid_parameter(parameter, "stages of 1 to 64 printable characters");
}

std::optional<Fault> add_version(const Environment& env, const Invocation& in, Secret& secret,
                                 SecretVersion version, std::string_view data, Change& change) {
  version.serial = secret.next_serial++;
  version.created = in.now;
  std::string inner(data);
  if (!secret.key_id.empty()) {
    auto key = key_named(env, in, secret.key_id, Aliases::kRefused);
    if (!key) return std::move(key.error());
    Wiped plain = Wiped::taken(std::move(inner));
    auto encrypted = encrypt_with(env, in, **key, plain, context_of(secret));
    if (!encrypted) return std::move(encrypted.error());
    inner = std::move(*encrypted);
  }
  change.put_value(secret, version.serial, env.store.seal_value(secret, version.serial, inner));
  wipe(inner);
  secret.versions.push_back(std::move(version));
  secret.updated = in.now;
  return std::nullopt;
}

Task<Read<Wiped>> read_value(Environment& env, const Invocation& in, const Secret& secret,
                             const SecretVersion& version) {
  auto value = co_await env.store.value(secret, version.serial);
  if (!value) {
    // Since it was looked up, the version may have been removed.
    if (value.error().code == ErrorCode::kNotFound) {
      co_return std::unexpected(secret_not_found(secret.name));
    }
    co_return std::unexpected(rpc::internal_error(value.error()));
  }
  if (secret.key_id.empty()) co_return std::move(*value);
  auto opened = decrypt_any(env, in, value->view(), context_of(secret));
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  co_return std::move(opened->plaintext);
}

void move_stage(Secret& secret, std::string_view stage, std::string_view to) {
  std::string had;
  for (SecretVersion& version : secret.versions) {
    if (std::erase(version.stages, stage) > 0) had = version.id;
  }
  for (SecretVersion& version : secret.versions) {
    if (version.id == to) version.stages.emplace_back(stage);
  }
  if (stage == kCurrent && !had.empty() && had != to) move_stage(secret, kPrevious, had);
}

Value stages_of(const SecretVersion& version) { return {{"VersionStage", version.stages}}; }
std::string_view type_of(const SecretVersion& version) {
  return version.binary ? "binary" : "text";
}

}  // namespace lakeside::kms::wire
