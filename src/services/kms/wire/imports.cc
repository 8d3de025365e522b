// Keys whose material the client brings.
#include "base/encoding.h"
#include "services/kms/wire/codecs.h"
#include "services/kms/wire/fields.h"

namespace lakeside::kms::wire {
namespace {

constexpr std::chrono::hours kTokenLives{24};
constexpr std::size_t kMaxToken = 4096;
constexpr std::size_t kWrapped = 256;  // RSA with 2048 bits

Fault invalid_token() { return {400, "InvalidImportToken", "import token is invalid."}; }
Fault invalid_material() { return {400, "InvalidKeyMaterial", "key material is invalid."}; }

// The token is the private half of the pair, sealed, with what it may be used for.
struct Token {
  std::string account;
  std::string key_id;
  std::string algorithm;
  Time expires;
  Wiped private_der;
};

constexpr std::string_view kTokenFormat = "1";

std::string seal(const Store& store, const Token& token) {
  std::string text;
  const std::string expires = std::to_string(token.expires.time_since_epoch().count());
  for (std::string_view part :
       {kTokenFormat, std::string_view(token.account), std::string_view(token.key_id),
        std::string_view(token.algorithm), std::string_view(expires)}) {
    text += std::string(part) + "\n";
  }
  text.reserve(text.size() + token.private_der.size());  // or growing would leave a copy
  text += token.private_der.view();
  std::string sealed = store.seal_token(text);
  wipe(text);
  return sealed;
}

std::optional<Token> open(const Store& store, std::string_view sealed) {
  auto text = store.read_token(sealed);
  if (!text) return std::nullopt;
  std::string_view rest = text->view();
  auto next = [&] {
    std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
  };
  if (next() != kTokenFormat) return std::nullopt;
  Token token;
  token.account = next();
  token.key_id = next();
  token.algorithm = next();
  auto expires = parse_uint(next());
  if (!expires) return std::nullopt;
  token.expires = Time(std::chrono::microseconds(static_cast<std::int64_t>(*expires)));
  token.private_der = Wiped(rest);
  return token;
}

Read<KeyPtr> external_key(const Environment& env, const Invocation& in) {
  auto key = find_key(env, in, "KeyId", Aliases::kRefused);
  if (key && (*key)->origin != Origin::kExternal) return std::unexpected(unsupported_origin());
  return key;
}

// KeyMaterialExpireUnix, in seconds; 0 or nothing: never.
Read<std::optional<Time>> read_expiry(const Invocation& in) {
  constexpr std::uint64_t kFarthest = 253'402'300'799;  // 9999
  auto seconds = in.parameters.number("KeyMaterialExpireUnix", 0, {0, kFarthest});
  if (!seconds) return std::unexpected(std::move(seconds.error()));
  if (*seconds == 0) return std::optional<Time>();
  Time expires{std::chrono::seconds(static_cast<std::int64_t>(*seconds))};
  if (expires <= in.now) {
    return std::unexpected(rpc::invalid_parameter("KeyMaterialExpireUnix", "a time to come"));
  }
  return std::optional<Time>(expires);
}

Read<Token> read_token(const Environment& env, const Invocation& in, const Key& key) {
  auto sealed = read_base64(in.parameters, "ImportToken", kMaxToken);
  if (!sealed) return std::unexpected(std::move(sealed.error()));
  auto token = open(env.store, *sealed);
  if (!token || token->account != key.account || token->key_id != key.id) {
    return std::unexpected(invalid_token());
  }
  if (token->expires <= in.now) {
    return std::unexpected(Fault{400, "ExpiredImportToken", "import token is expired."});
  }
  return std::move(*token);
}

}  // namespace

Task<Answer> get_parameters_for_import(Environment& env, const Invocation& in) {
  auto key = external_key(env, in);
  if (!key) co_return std::unexpected(std::move(key.error()));
  auto algorithm = in.parameters.required("WrappingAlgorithm");
  if (!algorithm) co_return std::unexpected(std::move(algorithm.error()));
  if (!find_wrapping(*algorithm)) {
    co_return std::unexpected(rpc::invalid_parameter(
        "WrappingAlgorithm", "RSAES_PKCS1_V1_5, RSAES_OAEP_SHA_1 or RSAES_OAEP_SHA_256"));
  }
  auto spec = in.parameters.required("WrappingKeySpec");
  if (!spec) co_return std::unexpected(std::move(spec.error()));
  if (*spec != "RSA_2048") {
    co_return std::unexpected(rpc::invalid_parameter("WrappingKeySpec", "RSA_2048"));
  }
  auto pair = co_await make_pair(env, Spec::kRsa2048);
  if (!pair) co_return std::unexpected(std::move(pair.error()));
  const Token token{account_of(in), (*key)->id, *algorithm, in.now + kTokenLives,
                    std::move(pair->private_der)};
  co_return Value{{"KeyId", (*key)->id},
                  {"ImportToken", base64_of(seal(env.store, token))},
                  {"PublicKey", base64_of(public_der(pair->public_pem))},
                  {"TokenExpireTime", date(token.expires)}};
}

Task<Answer> import_key_material(Environment& env, const Invocation& in) {
  auto expires = read_expiry(in);
  if (!expires) co_return std::unexpected(std::move(expires.error()));
  auto wrapped = read_base64(in.parameters, "EncryptedKeyMaterial", kWrapped);
  if (!wrapped) co_return std::unexpected(std::move(wrapped.error()));
  auto turn = co_await env.store.turn();
  auto found = external_key(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  Key key = copy_of(*found);
  if (key.delete_at) co_return std::unexpected(state_modified_failed());
  auto token = read_token(env, in, key);
  if (!token) co_return std::unexpected(std::move(token.error()));
  auto algorithm = find_wrapping(token->algorithm);
  if (!algorithm) co_return std::unexpected(invalid_token());
  auto material = kms::asymmetric_decrypt(token->private_der, *algorithm, *wrapped);
  bool fits = material && material->size() == kMaterialBytes;
  // What was encrypted with the material before shall open with what comes now.
  if (!fits ||
      (!key.material_print.empty() && !env.store.is_same_material(key, material->view()))) {
    co_return std::unexpected(invalid_material());
  }
  KeyVersion& version = key.versions.back();
  version.sealed = env.store.seal_material(key, version.id, material->view());
  key.material_print = env.store.print_of(key, material->view());
  key.material_expires = *expires;
  Change change;
  change.put(std::move(key));
  co_return co_await commit(env, change);
}

Task<Answer> delete_key_material(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = external_key(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  Key key = copy_of(*found);
  key.versions.back().sealed.clear();
  key.material_expires.reset();
  Change change;
  change.put(std::move(key));
  co_return co_await commit(env, change);
}

}  // namespace lakeside::kms::wire
