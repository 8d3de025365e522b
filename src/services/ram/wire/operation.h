// What RAM's and STS's operations are made of.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/executor.h"
#include "gateway/auth/authenticate.h"
#include "gateway/rpc/product.h"
#include "services/ram/core/accounts.h"
#include "services/ram/core/identity_store.h"
#include "services/ram/core/oidc_keys.h"
#include "services/ram/core/passwords.h"
#include "services/ram/core/sign_in_limiter.h"

namespace lakeside::ram::wire {

using rpc::Answer;
using rpc::Fault;
using rpc::Invocation;
using rpc::Parameters;
using rpc::Read;
using rpc::Value;

// Two APIs have the same operations, each in its form.
enum class Form {
  kRam,  // RAM 2015-05-01, STS
  kIms,  // IMS 2019-08-15
};

struct Environment {
  IdentityStore& store;
  PasswordHasher& passwords;
  Form form = Form::kRam;
  SignInLimiter* limiter = nullptr;  // where passwords are shown
  OidcKeys* oidc_keys = nullptr;     // for tokens of identity providers
  const Accounts* accounts = nullptr;
  const auth::KeySource* keys = nullptr;  // where sessions begin

  [[nodiscard]] bool is_disabled() const {
    return accounts != nullptr && accounts->is_disabled(store.account_id());
  }
};

// Reads its parameters, does its work and writes its answer; the caller may do it already.
using Run = Task<Answer> (*)(Environment& env, const Invocation& in);

struct Row {
  gateway::OperationInfo info;
  // What it acts on, below acs:ram:*:ACCOUNT: — "user/{UserName}". A parameter that did not come
  // is "*".
  std::string_view resource;
  Run run = nullptr;
  // Whether a user may do it to itself without a policy, by the account's preference; null: never.
  bool SecurityPreference::* own = nullptr;
  bool open_to_all = false;
};

}  // namespace lakeside::ram::wire
