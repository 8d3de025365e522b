// What the verifiers of all schemes share: the request in front of them and how it ends.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/auth/authenticate.h"
#include "gateway/auth/lower_headers.h"

namespace lakeside::auth {

struct Attempt {
  const http::RequestHead& head;
  LowerHeaders headers;
  const SignedTarget& target;
  const KeySource& keys;
  Time now;
  const AuthOptions& options;
};

using Verdict = std::expected<Identity, AuthError>;
using Check = std::expected<void, AuthError>;

// Whose wording a refusal takes.
enum class Vendor { kOss, kAws };

[[nodiscard]] std::unexpected<AuthError> reject(AuthFault fault, std::string message);
// With the header, parameter or field at fault.
[[nodiscard]] std::unexpected<AuthError> reject(AuthFault fault, std::string message,
                                                std::string_view argument_name,
                                                std::string_view argument_value);

// Of an Authorization header in no scheme that signs. Of it the answer repeats the scheme alone:
// what follows "Bearer" is a secret.
[[nodiscard]] std::unexpected<AuthError> refuse_scheme(std::string_view authorization);

// The enabled key of that id.
[[nodiscard]] std::expected<Credential, AuthError> find_key(const KeySource& keys,
                                                            std::string_view access_key_id,
                                                            Vendor vendor);

// The key of that id that came with that token (empty: none), in `token_name`. A temporary key
// needs its token, and both vendors refuse one beside a permanent key.
[[nodiscard]] std::expected<Credential, AuthError> find_key(const KeySource& keys,
                                                            std::string_view access_key_id,
                                                            std::string_view token_name,
                                                            std::string_view token, Time now,
                                                            Vendor vendor);

// The key to verify the signature with, once there is no reason to refuse the request unseen.
[[nodiscard]] std::expected<Credential, AuthError> admit(const Attempt& attempt,
                                                         std::string_view access_key_id,
                                                         Vendor vendor, const Check& time);

// Header forms: the request's time is near ours.
[[nodiscard]] Check check_skew(Time request_time, const Attempt& attempt);
// URLs that name, in `parameter`, an absolute end in seconds since 1970.
[[nodiscard]] Check check_expires(std::string_view parameter, std::string_view seconds, Time now);
// URLs that name their start and, in `parameter`, a time to live.
[[nodiscard]] Check check_lifetime(Time start, std::string_view parameter, std::string_view seconds,
                                   const Attempt& attempt);

struct Signed {
  std::string_view access_key_id;
  std::string_view provided;           // the signature that came
  std::string_view string_to_sign;     // that we signed
  std::string_view canonical_request;  // V4 forms
};
[[nodiscard]] std::unexpected<AuthError> mismatch(const Signed& what);

[[nodiscard]] Identity accept(Credential credential, std::string_view access_key_id, Scheme scheme,
                              bool presigned);

}  // namespace lakeside::auth
