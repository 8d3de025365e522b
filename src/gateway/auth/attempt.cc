#include "gateway/auth/attempt.h"

#include <utility>

#include "base/encoding.h"
#include "base/session_key.h"

namespace lakeside::auth {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kMaxEpochSeconds = 1ULL << 40;  // fits Time; some 35,000 years

struct Token {
  std::string_view name;
  std::string_view value;
};

// The first token that is not empty: SDKs may send an empty one where they have none.
Token find_token(const Attempt& attempt, Vendor vendor) {
  static constexpr std::string_view kOssNames[] = {"x-oss-security-token", "security-token"};
  static constexpr std::string_view kAwsNames[] = {"x-amz-security-token", "X-Amz-Security-Token"};
  const auto& names = vendor == Vendor::kOss ? kOssNames : kAwsNames;
  for (std::string_view name : names) {
    std::string_view value = attempt.headers.get(name);
    if (!value.empty()) return {name, value};
    const http::QueryParam* param = attempt.head.param(name);
    if (param != nullptr && !param->value.empty()) return {name, param->value};
  }
  return {};
}

// The token itself stays out of the answer: it is a credential.
std::unexpected<AuthError> refuse_token(TokenFault fault, std::string_view access_key_id,
                                        Vendor vendor) {
  auto refused = [&](AuthFault how, const char* oss, const char* aws) {
    auto rejected = reject(how, vendor == Vendor::kOss ? oss : aws);
    rejected.error().access_key_id = access_key_id;
    return rejected;
  };
  switch (fault) {
    case TokenFault::kExpired:
      return refused(AuthFault::kExpiredToken, "The security token you provided has expired.",
                     "The provided token has expired.");
    case TokenFault::kMismatch:
      return refused(AuthFault::kMismatchedToken, "The security token you provided is invalid.",
                     "The provided token is malformed or otherwise invalid.");
    case TokenFault::kMalformed:
      break;
  }
  return refused(AuthFault::kMalformedToken, "The security token you provided is invalid.",
                 "The provided token is malformed or otherwise invalid.");
}

}  // namespace

std::unexpected<AuthError> reject(AuthFault fault, std::string message) {
  AuthError error{};
  error.fault = fault;
  error.message = std::move(message);
  return std::unexpected(std::move(error));
}

std::unexpected<AuthError> reject(AuthFault fault, std::string message,
                                  std::string_view argument_name, std::string_view argument_value) {
  auto rejected = reject(fault, std::move(message));
  rejected.error().argument_name = argument_name;
  rejected.error().argument_value = argument_value;
  return rejected;
}

std::unexpected<AuthError> refuse_scheme(std::string_view authorization) {
  const std::size_t space = authorization.find(' ');
  const std::string_view scheme =
      space == std::string_view::npos ? std::string_view() : authorization.substr(0, space);
  std::string message = "Unsupported Authorization Type";
  if (equals_ignore_case(scheme, "Bearer")) {
    message += ": keys for models are for paths below /v1, /compatible-mode/v1 and /api/v1.";
  }
  return reject(AuthFault::kUnsupported, std::move(message), "Authorization", scheme);
}

std::unexpected<AuthError> refuse_disabled(std::string_view access_key_id, Vendor vendor) {
  const char* owner = vendor == Vendor::kOss ? "OSS" : "AWS";
  auto rejected = reject(AuthFault::kDisabledKey,
                         std::string("The ") + owner + " Access Key Id you provided is disabled.");
  rejected.error().access_key_id = access_key_id;
  return rejected;
}

std::expected<Credential, AuthError> find_key(const KeySource& keys, std::string_view access_key_id,
                                              Vendor vendor) {
  const char* owner = vendor == Vendor::kOss ? "OSS" : "AWS";
  auto found = keys.find(access_key_id);
  if (!found) {
    auto rejected =
        reject(AuthFault::kUnknownKey, std::string("The ") + owner +
                                           " Access Key Id you provided does not exist in our "
                                           "records.");
    rejected.error().access_key_id = access_key_id;
    return rejected;
  }
  if (!found->enabled) return refuse_disabled(access_key_id, vendor);
  return std::move(*found);
}

std::expected<Credential, AuthError> find_key(const KeySource& keys, std::string_view access_key_id,
                                              std::string_view token_name, std::string_view token,
                                              Time now, Vendor vendor) {
  if (token.empty()) return find_key(keys, access_key_id, vendor);
  auto session = keys.find_session(access_key_id, token, now);
  if (session && !session->enabled) return refuse_disabled(access_key_id, vendor);
  if (session) return std::move(*session);
  auto permanent = find_key(keys, access_key_id, vendor);
  if (permanent) {
    return reject(AuthFault::kMalformed,
                  vendor == Vendor::kOss ? "The security token you provided is invalid."
                                         : "The provided token is malformed or otherwise invalid.",
                  token_name, {});
  }
  // Somebody's key that was never one of ours: that says more than its token would.
  if (session.error() == TokenFault::kMalformed && !is_session_key(access_key_id)) {
    return permanent;
  }
  return refuse_token(session.error(), access_key_id, vendor);
}

std::expected<Credential, AuthError> admit(const Attempt& attempt, std::string_view access_key_id,
                                           Vendor vendor, const Check& time) {
  Token token = find_token(attempt, vendor);
  auto credential =
      find_key(attempt.keys, access_key_id, token.name, token.value, attempt.now, vendor);
  if (!credential) return credential;
  if (!time) return std::unexpected(time.error());
  return credential;
}

Check check_skew(Time request_time, const Attempt& attempt) {
  auto distance =
      request_time > attempt.now ? request_time - attempt.now : attempt.now - request_time;
  if (distance <= attempt.options.max_skew) return {};
  return reject(AuthFault::kSkewed,
                "The difference between the request time and the current time is too large.");
}

Check check_expires(std::string_view parameter, std::string_view value, Time now) {
  auto end = parse_uint(value);
  if (!end || *end > kMaxEpochSeconds) {
    return reject(AuthFault::kMalformed,
                  "Invalid date (should be seconds since epoch): " + std::string(value), parameter,
                  value);
  }
  if (now <= Time(seconds(*end))) return {};
  return reject(AuthFault::kExpired, "Request has expired.", parameter, value);
}

Check check_lifetime(Time start, std::string_view parameter, std::string_view value,
                     const Attempt& attempt) {
  auto lifetime = parse_uint(value);
  std::string name(parameter);
  if (!lifetime) {
    return reject(AuthFault::kMalformed, name + " should be a number", parameter, value);
  }
  auto longest = static_cast<std::uint64_t>(attempt.options.max_presign.count());
  if (*lifetime == 0 || *lifetime > longest) {
    return reject(AuthFault::kMalformed,
                  name + " must be positive and at most a week (in seconds); that is, at most " +
                      std::to_string(longest),
                  parameter, value);
  }
  if (start > attempt.now + attempt.options.max_skew) {
    return reject(AuthFault::kSkewed, "Request is not yet valid.");
  }
  if (attempt.now <= start + seconds(*lifetime)) return {};
  return reject(AuthFault::kExpired, "Request has expired.", parameter, value);
}

std::unexpected<AuthError> mismatch(const Signed& what) {
  auto rejected = reject(AuthFault::kSignatureMismatch,
                         "The request signature we calculated does not match the signature you "
                         "provided. Check your key and signing method.");
  AuthError& error = rejected.error();
  error.access_key_id = what.access_key_id;
  error.signature_provided = what.provided;
  error.string_to_sign = what.string_to_sign;
  error.canonical_request = what.canonical_request;
  return rejected;
}

Identity accept(Credential credential, std::string_view access_key_id, Scheme scheme,
                bool presigned) {
  Identity identity;
  identity.principal = std::move(credential.principal);
  identity.principal.access_key_id = access_key_id;
  identity.scheme = scheme;
  identity.presigned = presigned;
  return identity;
}

}  // namespace lakeside::auth
