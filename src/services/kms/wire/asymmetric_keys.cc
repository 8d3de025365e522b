// RSA and elliptic curves at work: private keys on the pool, for they take milliseconds.
#include "services/kms/core/asymmetric.h"
#include "services/kms/wire/ciphertexts.h"
#include "services/kms/wire/codecs.h"
#include "services/kms/wire/fields.h"

namespace lakeside::kms::wire {
namespace {

constexpr std::size_t kMaxRsaBytes = 512;  // of 4096 bits: ciphertexts and signatures

struct Chosen {
  KeyPtr key;
  const KeyVersion* version;  // the key's
  Algorithm algorithm;
};

Read<Chosen> choose(const Environment& env, const Invocation& in, Usage usage,
                    const AsymmetricNames& names = {}) {
  auto key = find_key(env, in, names.key, Aliases::kAccepted);
  if (!key) return std::unexpected(std::move(key.error()));
  auto id = in.parameters.required(names.version);
  if (!id) return std::unexpected(std::move(id.error()));
  auto name = in.parameters.required(names.algorithm);
  if (!name) return std::unexpected(std::move(name.error()));
  if (is_symmetric((*key)->spec) || (*key)->usage != usage) {
    return std::unexpected(
        unsupported_operation("the key is for " + std::string(name_of((*key)->usage)) +
                              (is_symmetric((*key)->spec) ? " and symmetric." : ".")));
  }
  const KeyVersion* version = (*key)->version(*id);
  if (version == nullptr) return std::unexpected(key_version_not_found());
  auto algorithm = find_algorithm(*name, (*key)->spec, usage);
  if (!algorithm) {
    return std::unexpected(rpc::invalid_parameter(
        names.algorithm, "one that " + std::string(name_of((*key)->spec)) + " supports"));
  }
  if (auto fault = refuse_unless_enabled(**key, in.now)) return std::unexpected(*fault);
  return Chosen{*key, version, *algorithm};
}

Value named(const Chosen& chosen) {
  return {{"KeyId", chosen.key->id}, {"KeyVersionId", chosen.version->id}};
}

Read<std::string> read_digest(const Parameters& in) {
  auto digest = read_base64(in, "Digest", kDigestBytes);
  if (digest && digest->size() != kDigestBytes) {
    return std::unexpected(rpc::invalid_parameter("Digest", "base64 of a SHA-256"));
  }
  return digest;
}

}  // namespace

Task<Answer> asymmetric_sign(Environment& env, const Invocation& in) {
  auto digest = read_digest(in.parameters);
  if (!digest) co_return std::unexpected(std::move(digest.error()));
  auto chosen = choose(env, in, Usage::kSign);
  if (!chosen) co_return std::unexpected(std::move(chosen.error()));
  auto private_key = open_material(env, *chosen->key, *chosen->version);
  if (!private_key) co_return std::unexpected(std::move(private_key.error()));
  auto work = [&] { return sign(*private_key, chosen->algorithm, *digest); };
  auto job = run_on(env.pool, work);
  auto signature = co_await job;
  if (!signature) {
    co_return std::unexpected(rpc::internal_error({ErrorCode::kCorrupt, "a key does not sign"}));
  }
  Value value = named(*chosen);
  value["Value"] = base64_of(*signature);
  co_return value;
}

Task<Answer> asymmetric_verify(Environment& env, const Invocation& in) {
  auto digest = read_digest(in.parameters);
  if (!digest) co_return std::unexpected(std::move(digest.error()));
  auto signature = read_base64(in.parameters, "Value", kMaxRsaBytes);
  if (!signature) co_return std::unexpected(std::move(signature.error()));
  auto chosen = choose(env, in, Usage::kSign);
  if (!chosen) co_return std::unexpected(std::move(chosen.error()));
  Value value = named(*chosen);
  value["Value"] = verify(chosen->version->public_pem, chosen->algorithm, *digest, *signature);
  co_return value;
}

Task<Answer> asymmetric_encrypt(Environment& env, const Invocation& in) {
  auto plaintext = read_plaintext(in.parameters, kMaxPlaintext);
  if (!plaintext) co_return std::unexpected(std::move(plaintext.error()));
  auto chosen = choose(env, in, Usage::kEncrypt);
  if (!chosen) co_return std::unexpected(std::move(chosen.error()));
  auto ciphertext =
      kms::asymmetric_encrypt(chosen->version->public_pem, chosen->algorithm, plaintext->view());
  if (!ciphertext) {
    co_return std::unexpected(rpc::invalid_parameter("Plaintext", "what the key can encrypt"));
  }
  Value value = named(*chosen);
  value["CiphertextBlob"] = base64_of(*ciphertext);
  co_return value;
}

Task<Read<Opened>> decrypt_asymmetric(Environment& env, const Invocation& in,
                                      const AsymmetricNames& names) {
  auto ciphertext = read_base64(in.parameters, "CiphertextBlob", kMaxRsaBytes);
  if (!ciphertext) co_return std::unexpected(std::move(ciphertext.error()));
  auto chosen = choose(env, in, Usage::kEncrypt, names);
  if (!chosen) co_return std::unexpected(std::move(chosen.error()));
  auto private_key = open_material(env, *chosen->key, *chosen->version);
  if (!private_key) co_return std::unexpected(std::move(private_key.error()));
  auto work = [&] { return kms::asymmetric_decrypt(*private_key, chosen->algorithm, *ciphertext); };
  auto job = run_on(env.pool, work);
  auto plaintext = co_await job;
  if (!plaintext) {
    co_return std::unexpected(
        rpc::invalid_parameter("CiphertextBlob", "a ciphertext of this key and algorithm"));
  }
  co_return Opened{{chosen->key->id, chosen->version->id}, std::move(*plaintext)};
}

Task<Answer> asymmetric_decrypt(Environment& env, const Invocation& in) {
  if (auto fault = refuse_unsupported(in.parameters, {"Recipient"})) {
    co_return std::unexpected(*fault);
  }
  const AsymmetricNames names;
  auto opened = co_await decrypt_asymmetric(env, in, names);
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  co_return Value{{"KeyId", opened->head.key_id},
                  {"KeyVersionId", opened->head.version_id},
                  {"Plaintext", base64_of(opened->plaintext.view())}};
}

Task<Answer> get_public_key(Environment& env, const Invocation& in) {
  auto key = find_key(env, in, "KeyId", Aliases::kAccepted);
  if (!key) co_return std::unexpected(std::move(key.error()));
  auto id = in.parameters.required("KeyVersionId");
  if (!id) co_return std::unexpected(std::move(id.error()));
  if (is_symmetric((*key)->spec)) {
    co_return std::unexpected(unsupported_operation("the key is symmetric."));
  }
  const KeyVersion* version = (*key)->version(*id);
  if (version == nullptr) co_return std::unexpected(key_version_not_found());
  co_return Value{
      {"KeyId", (*key)->id}, {"KeyVersionId", version->id}, {"PublicKey", version->public_pem}};
}

}  // namespace lakeside::kms::wire
