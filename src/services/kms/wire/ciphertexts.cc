#include "services/kms/wire/ciphertexts.h"

namespace lakeside::kms::wire {
namespace {

Fault invalid_ciphertext() {
  return rpc::invalid_parameter(
      "CiphertextBlob", "a ciphertext of this service, with the context it was encrypted in");
}

}  // namespace

Read<std::string> encrypt_with(const Environment& env, const Invocation& in, const Key& key,
                               const Wiped& plaintext, const EncryptionContext& context) {
  if (!is_symmetric(key.spec)) {
    return std::unexpected(unsupported_operation("the key is not symmetric."));
  }
  if (auto fault = refuse_unless_enabled(key, in.now)) return std::unexpected(*fault);
  auto material = open_material(env, key, key.primary());
  if (!material) return std::unexpected(std::move(material.error()));
  return encrypt(*material, {key.id, key.primary().id}, plaintext.view(), context);
}

Read<Opened> decrypt_any(const Environment& env, const Invocation& in, std::string_view ciphertext,
                         const EncryptionContext& context) {
  auto head = read_head(ciphertext);
  if (!head) return std::unexpected(invalid_ciphertext());
  auto key = key_named(env, in, head->key_id, Aliases::kRefused);
  if (!key) return std::unexpected(std::move(key.error()));
  const KeyVersion* version = (*key)->version(head->version_id);
  if (version == nullptr || !is_symmetric((*key)->spec)) {
    return std::unexpected(invalid_ciphertext());
  }
  if (auto fault = refuse_unless_enabled(**key, in.now)) return std::unexpected(*fault);
  auto material = open_material(env, **key, *version);
  if (!material) return std::unexpected(std::move(material.error()));
  auto plaintext = decrypt(*material, ciphertext, context);
  if (!plaintext) return std::unexpected(invalid_ciphertext());
  return Opened{std::move(*head), std::move(*plaintext)};
}

Read<Opened> open_ciphertext(const Environment& env, const Invocation& in,
                             std::string_view context_parameter) {
  auto ciphertext = read_base64(in.parameters, "CiphertextBlob", kMaxCiphertext);
  if (!ciphertext) return std::unexpected(std::move(ciphertext.error()));
  auto context = read_context(in.parameters, context_parameter);
  if (!context) return std::unexpected(std::move(context.error()));
  return decrypt_any(env, in, *ciphertext, *context);
}

}  // namespace lakeside::kms::wire
