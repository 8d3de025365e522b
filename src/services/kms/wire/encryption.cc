// Symmetric keys at work. A plaintext lives in a Wiped; its base64 is the answer's.
#include "services/kms/core/asymmetric.h"
#include "services/kms/wire/ciphertexts.h"
#include "services/kms/wire/codecs.h"
#include "services/kms/wire/fields.h"

namespace lakeside::kms::wire {
namespace {

constexpr std::size_t kDefaultDataKey = 32;
constexpr std::size_t kMaxPublicKey = 1024;  // in DER; RSA with 2048 bits has 294 bytes

Read<std::size_t> read_data_key_size(const Parameters& in) {
  // Both may come: then NumberOfBytes counts.
  auto spec = in.one_of("KeySpec", {"AES_256", "AES_128"});
  if (!spec) return std::unexpected(std::move(spec.error()));
  std::size_t otherwise = *spec == "AES_128" ? 16 : kDefaultDataKey;
  auto bytes = in.number("NumberOfBytes", otherwise, {1, kMaxDataKey});
  if (!bytes) return std::unexpected(std::move(bytes.error()));
  return static_cast<std::size_t>(*bytes);
}

struct WrappingKey {
  std::string public_pem;
  Algorithm algorithm;
};

Read<WrappingKey> read_wrapping(const Parameters& in) {
  auto spec = in.required("WrappingKeySpec");
  if (!spec) return std::unexpected(std::move(spec.error()));
  if (*spec == "EC_SM2") return std::unexpected(not_implemented("The WrappingKeySpec EC_SM2"));
  if (*spec != "RSA_2048") {
    return std::unexpected(rpc::invalid_parameter("WrappingKeySpec", "RSA_2048"));
  }
  auto name = in.required("WrappingAlgorithm");
  if (!name) return std::unexpected(std::move(name.error()));
  auto algorithm = find_wrapping(*name);
  if (!algorithm) {
    return std::unexpected(rpc::invalid_parameter(
        "WrappingAlgorithm", "RSAES_PKCS1_V1_5, RSAES_OAEP_SHA_1 or RSAES_OAEP_SHA_256"));
  }
  auto der = read_base64(in, "PublicKeyBlob", kMaxPublicKey);
  if (!der) return std::unexpected(std::move(der.error()));
  auto pem = read_wrapping_key(*der);
  if (!pem) {
    return std::unexpected(
        rpc::invalid_parameter("PublicKeyBlob", "a public key of RSA with 2048 bits, in DER"));
  }
  return WrappingKey{std::move(*pem), *algorithm};
}

Read<std::string> wrap(const WrappingKey& wrapping, const Wiped& data_key) {
  auto wrapped = asymmetric_encrypt(wrapping.public_pem, wrapping.algorithm, data_key.view());
  if (!wrapped) {
    return std::unexpected(
        rpc::invalid_parameter("NumberOfBytes", "what the public key can encrypt"));
  }
  return base64_of(*wrapped);
}

// KeyId, KeyVersionId and CiphertextBlob of a text encrypted with the key of `parameter`.
Read<Value> encrypted(const Environment& env, const Invocation& in, std::string_view parameter,
                      const Wiped& plaintext, const EncryptionContext& context) {
  auto key = find_key(env, in, parameter, Aliases::kAccepted);
  if (!key) return std::unexpected(std::move(key.error()));
  auto ciphertext = encrypt_with(env, in, **key, plaintext, context);
  if (!ciphertext) return std::unexpected(std::move(ciphertext.error()));
  return Value{{"KeyId", (*key)->id},
               {"KeyVersionId", (*key)->primary().id},
               {"CiphertextBlob", base64_of(*ciphertext)}};
}

struct DataKey {
  Wiped plaintext;
  Value value;  // KeyId, KeyVersionId, CiphertextBlob
};

Read<DataKey> make_data_key(const Environment& env, const Invocation& in) {
  auto size = read_data_key_size(in.parameters);
  if (!size) return std::unexpected(std::move(size.error()));
  auto context = read_context(in.parameters, "EncryptionContext");
  if (!context) return std::unexpected(std::move(context.error()));
  Wiped plaintext = Wiped::random(*size);
  auto value = encrypted(env, in, "KeyId", plaintext, *context);
  if (!value) return std::unexpected(std::move(value.error()));
  return DataKey{std::move(plaintext), std::move(*value)};
}

// What ReEncrypt re-encrypts. Ciphertexts of asymmetric keys do not say whose they are: the
// request does.
Task<Read<Opened>> open_source(Environment& env, const Invocation& in) {
  if (in.parameters.get("SourceEncryptionAlgorithm").empty()) {
    auto opened = open_ciphertext(env, in, "SourceEncryptionContext");
    if (!opened || in.parameters.get("SourceKeyId").empty()) co_return opened;
    // It need not be named; named wrongly, something else was meant.
    auto named = find_key(env, in, "SourceKeyId", Aliases::kAccepted);
    if (!named) co_return std::unexpected(std::move(named.error()));
    if ((*named)->id == opened->head.key_id) co_return opened;
    co_return std::unexpected(
        rpc::invalid_parameter("SourceKeyId", "the key that the ciphertext names"));
  }
  const AsymmetricNames names{"SourceKeyId", "SourceKeyVersionId", "SourceEncryptionAlgorithm"};
  co_return co_await decrypt_asymmetric(env, in, names);
}

}  // namespace

Task<Answer> encrypt(Environment& env, const Invocation& in) {
  auto plaintext = read_plaintext(in.parameters, kMaxPlaintext);
  if (!plaintext) co_return std::unexpected(std::move(plaintext.error()));
  auto context = read_context(in.parameters, "EncryptionContext");
  if (!context) co_return std::unexpected(std::move(context.error()));
  co_return encrypted(env, in, "KeyId", *plaintext, *context);
}

Task<Answer> decrypt(Environment& env, const Invocation& in) {
  if (auto fault = refuse_unsupported(in.parameters, {"Recipient"})) {
    co_return std::unexpected(*fault);
  }
  auto opened = open_ciphertext(env, in, "EncryptionContext");
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  co_return Value{{"KeyId", opened->head.key_id},
                  {"KeyVersionId", opened->head.version_id},
                  {"Plaintext", base64_of(opened->plaintext.view())}};
}

Task<Answer> re_encrypt(Environment& env, const Invocation& in) {
  auto context = read_context(in.parameters, "DestinationEncryptionContext");
  if (!context) co_return std::unexpected(std::move(context.error()));
  auto source = co_await open_source(env, in);
  if (!source) co_return std::unexpected(std::move(source.error()));
  co_return encrypted(env, in, "DestinationKeyId", source->plaintext, *context);
}

Task<Answer> generate_data_key(Environment& env, const Invocation& in) {
  if (auto fault = refuse_unsupported(in.parameters, {"Recipient"})) {
    co_return std::unexpected(*fault);
  }
  auto made = make_data_key(env, in);
  if (!made) co_return std::unexpected(std::move(made.error()));
  made->value["Plaintext"] = base64_of(made->plaintext.view());
  co_return std::move(made->value);
}

Task<Answer> generate_data_key_without_plaintext(Environment& env, const Invocation& in) {
  auto made = make_data_key(env, in);
  if (!made) co_return std::unexpected(std::move(made.error()));
  co_return std::move(made->value);
}

Task<Answer> generate_and_export_data_key(Environment& env, const Invocation& in) {
  auto wrapping = read_wrapping(in.parameters);
  if (!wrapping) co_return std::unexpected(std::move(wrapping.error()));
  auto made = make_data_key(env, in);
  if (!made) co_return std::unexpected(std::move(made.error()));
  auto wrapped = wrap(*wrapping, made->plaintext);
  if (!wrapped) co_return std::unexpected(std::move(wrapped.error()));
  made->value["ExportedDataKey"] = std::move(*wrapped);
  co_return std::move(made->value);
}

Task<Answer> export_data_key(Environment& env, const Invocation& in) {
  auto wrapping = read_wrapping(in.parameters);
  if (!wrapping) co_return std::unexpected(std::move(wrapping.error()));
  auto opened = open_ciphertext(env, in, "EncryptionContext");
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  auto wrapped = wrap(*wrapping, opened->plaintext);
  if (!wrapped) co_return std::unexpected(std::move(wrapped.error()));
  co_return Value{{"KeyId", opened->head.key_id},
                  {"KeyVersionId", opened->head.version_id},
                  {"ExportedDataKey", std::move(*wrapped)}};
}

}  // namespace lakeside::kms::wire
