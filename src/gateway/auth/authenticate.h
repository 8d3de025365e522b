// From a request's signature to a Principal. Pure: keys in, verdict out; no I/O.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/principal.h"
#include "base/stream.h"
#include "gateway/http/message.h"

namespace lakeside::auth {

enum class Scheme {
  kAnonymous,
  kOssV1,
  kOssV2,
  kOssV4,
  kAwsV2,
  kAwsV4,
  // Of RPC APIs, see rpc.h; object storage never claims them.
  kRpcV1,
  kAcs3,
};

// Which scheme a request claims, from its Authorization header or query alone. The router
// picks the dialect by it.
[[nodiscard]] Scheme claimed_scheme(const http::RequestHead& head);

// The secret behind an access key. Thread-safe and never blocks.
struct Credential {
  std::string secret;
  Principal principal;
  bool enabled = true;
};
enum class TokenFault {
  kMalformed,  // none of ours, or no longer: its role is gone
  kMismatch,   // another key's
  kExpired,
};
class KeySource {
 public:
  virtual ~KeySource() = default;
  // A permanent key.
  [[nodiscard]] virtual std::optional<Credential> find(std::string_view access_key_id) const = 0;
  // A temporary key, which is one only together with its token.
  [[nodiscard]] virtual std::expected<Credential, TokenFault> find_session(
      std::string_view /*access_key_id*/, std::string_view /*token*/, Time /*now*/) const {
    return std::unexpected(TokenFault::kMalformed);
  }
};

// What the request acts on, as the addressing rules found it (decoded). V1, V2 and OSS V4 sign
// it; AWS V4 signs the path as sent.
struct SignedTarget {
  std::string bucket;  // empty: the service
  std::string key;     // empty: the bucket
};

struct AuthOptions {
  std::string region = "cn-hangzhou";  // OSS V4's scope must name it; AWS V4's may name any
  std::chrono::seconds max_skew{900};
  std::chrono::seconds max_presign{7 * 24 * 3600};
};

// How the body is to be checked, as the signature demands.
struct BodyRules {
  enum class Coding { kPlain, kSignedChunks, kSignedChunksTrailer, kUnsignedTrailer };
  Coding coding = Coding::kPlain;
  std::string sha256_hex;                       // expected of a kPlain body; empty: not signed
  std::optional<std::uint64_t> decoded_length;  // x-amz-decoded-content-length
  std::string signing_key;                      // chunk signatures: the derived key,
  std::string seed_signature;                   // the head's signature,
  std::string scope;                            // "20261121/us-east-1/s3/aws4_request"
  std::string timestamp;                        // "20261121T231509Z"
};

struct Identity {
  Principal principal;
  Scheme scheme = Scheme::kAnonymous;
  bool presigned = false;
  BodyRules body;
};

// Why authentication failed; the service words it in its own format.
enum class AuthFault {
  kMalformed,    // a header or parameter that cannot be parsed or is missing
  kUnsupported,  // a known scheme or mode that is not served (e.g. V4A)
  kUnknownKey,
  kDisabledKey,
  kSignatureMismatch,
  kSkewed,   // the request's time is too far from ours
  kExpired,  // a presigned URL past its end
  kWrongRegion,
  kWrongScope,  // date, service or terminator of the scope
  kMissingDate,
  kExpiredToken,
  kMismatchedToken,
  kMalformedToken,
  kNonceUsed,      // RPC: the request came before
  kTooManyNonces,  // RPC: no room to remember that it came
};
struct AuthError {
  AuthFault fault;
  std::string message;  // fit for the client
  std::string access_key_id;
  std::string signature_provided;
  std::string string_to_sign;     // that we signed: for kSignatureMismatch
  std::string canonical_request;  // V4 forms
  std::string argument_name;      // kMalformed: which
  std::string argument_value;
};

// Verifies the request's signature in whichever scheme it claims.
[[nodiscard]] std::expected<Identity, AuthError> authenticate(const http::RequestHead& head,
                                                              const SignedTarget& target,
                                                              const KeySource& keys, Time now,
                                                              const AuthOptions& options);

// The policy signature of a PostObject form (V1: b64 HMAC-SHA1; V4 and AWS: hex under the
// derived key). `fields` are the form's fields, names in lower case.
[[nodiscard]] std::expected<Identity, AuthError> authenticate_post_policy(
    const std::vector<std::pair<std::string, std::string>>& fields, const KeySource& keys, Time now,
    const AuthOptions& options);

}  // namespace lakeside::auth
