// An account in memory whose operations can be called.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "engines/memory/memory_kv.h"
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {

inline constexpr const char* kAccount = "1234567890123456";

// One root key.
class OneKey final : public auth::KeySource {
 public:
  [[nodiscard]] std::optional<auth::Credential> find(std::string_view) const override {
    return auth::Credential{"its secret", {}, true};
  }
  [[nodiscard]] std::expected<auth::Credential, auth::TokenFault> find_session(
      std::string_view, std::string_view, Time) const override {
    return std::unexpected(auth::TokenFault::kMalformed);
  }
};

class TestAccount {
 public:
  // Runs `operation` with parameters as a query writes them, as the root account or as that user.
  Answer call(Run operation, const std::string& query, const std::string& user = {}) {
    Parameters parameters(http::parse_query(query).value(), {});
    auth::Identity identity;
    identity.principal.kind = user.empty() ? Principal::Kind::kRoot : Principal::Kind::kUser;
    identity.principal.account_id = kAccount;
    identity.principal.name = user.empty() ? "root" : user;
    identity.principal.access_key_id = access_key_id;
    Invocation in{request, parameters, identity, now};
    return run_blocking(operation(env, in));
  }
  std::string code_of(Run operation, const std::string& query, const std::string& user = {}) {
    Answer answer = call(operation, query, user);
    return answer ? "OK" : answer.error().code;
  }

  // From now on calls are signed with that session.
  void use(const Value& credentials) {
    access_key_id = credentials.at("AccessKeyId");
    token = credentials.at("SecurityToken");
    request.head.headers = {{"x-acs-security-token", token}};
  }

  std::string access_key_id = "LTAI5tKey";
  std::string token;  // which the head's view is of
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  std::unique_ptr<IdentityStore> store =
      std::move(*run_blocking(IdentityStore::open(*kv, kAccount, SealingKey::random())));
  PasswordHasher passwords{ScryptCost{4, 1, 1}, 1};
  SignInLimiter limiter;
  OneKey keys;
  Environment env{*store, passwords, Form::kRam, &limiter, nullptr, nullptr, &keys};
  Time now = Time(std::chrono::hours(500000));
  http::Request request = [] {
    http::Request made;
    made.head.method = "POST";
    made.peer = "192.0.2.1";
    return made;
  }();
};

}  // namespace lakeside::ram::wire
