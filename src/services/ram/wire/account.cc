// What holds for the whole account: its alias, its password policy, what users may do themselves.
#include <algorithm>

#include "services/ram/core/networks.h"
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

Value json_of(const Environment& env, const PasswordPolicy& policy) {
  const bool ims = env.form == Form::kIms;
  Value value = {{"MinimumPasswordLength", policy.minimum_length},
                 {"RequireLowercaseCharacters", policy.lowercase},
                 {"RequireUppercaseCharacters", policy.uppercase},
                 {"RequireNumbers", policy.numbers},
                 {"RequireSymbols", policy.symbols},
                 {ims ? "HardExpire" : "HardExpiry", policy.hard_expiry},
                 {"MaxPasswordAge", policy.max_age_days},
                 {"PasswordReusePrevention", policy.reuse_prevention},
                 {"MaxLoginAttemps", policy.max_login_attempts}};
  if (ims) {
    value["MinimumPasswordDifferentCharacter"] = policy.different_characters;
    value["PasswordNotContainUserName"] = policy.not_contain_user_name;
  }
  return value;
}

// What does not come is as at first: the vendor's page of SetPasswordPolicy.
Read<PasswordPolicy> read_password_policy(const Environment& env, const Parameters& in) {
  const bool ims = env.form == Form::kIms;
  PasswordPolicy policy;
  struct Number {
    const char* parameter;
    std::uint64_t PasswordPolicy::* member;
    rpc::Range range;
    bool ims_only = false;
  };
  for (const Number& one :
       {Number{"MinimumPasswordLength", &PasswordPolicy::minimum_length, {8, 32}},
        Number{"MaxPasswordAge", &PasswordPolicy::max_age_days, {0, 1095}},
        Number{"PasswordReusePrevention",
               &PasswordPolicy::reuse_prevention,
               {0, kMaxEarlierPasswords}},
        Number{"MaxLoginAttemps", &PasswordPolicy::max_login_attempts, {0, 32}},
        Number{"MinimumPasswordDifferentCharacter",
               &PasswordPolicy::different_characters,
               {0, 8},
               true}}) {
    if (one.ims_only && !ims) continue;
    auto value = read_number(in, one.parameter, policy.*one.member, one.range);
    if (!value) return std::unexpected(std::move(value.error()));
    policy.*one.member = *value;
  }
  struct Flag {
    const char* parameter;
    bool PasswordPolicy::* member;
    bool ims_only = false;
  };
  for (const Flag& one :
       {Flag{"RequireLowercaseCharacters", &PasswordPolicy::lowercase},
        Flag{"RequireUppercaseCharacters", &PasswordPolicy::uppercase},
        Flag{"RequireNumbers", &PasswordPolicy::numbers},
        Flag{"RequireSymbols", &PasswordPolicy::symbols},
        Flag{ims ? "HardExpire" : "HardExpiry", &PasswordPolicy::hard_expiry},
        Flag{"PasswordNotContainUserName", &PasswordPolicy::not_contain_user_name, true}}) {
    if (one.ims_only && !ims) continue;
    auto value = in.flag(one.parameter, false);
    if (!value) return std::unexpected(std::move(value.error()));
    policy.*one.member = *value;
  }
  return policy;
}

Value json_of(const Environment& env, const SecurityPreference& preference) {
  Value login = {{"LoginNetworkMasks", preference.login_network_masks},
                 {"LoginSessionDuration", preference.login_session_hours},
                 {"AllowUserToChangePassword", preference.change_password},
                 {"EnableSaveMFATicket", false}};
  if (env.form == Form::kIms) {
    login["MFAOperationForLogin"] = preference.mfa_for_all ? "mandatory" : "independent";
  }
  Value value;
  value["LoginProfilePreference"] = std::move(login);
  value["AccessKeyPreference"]["AllowUserToManageAccessKeys"] = preference.manage_access_keys;
  value["MFAPreference"]["AllowUserToManageMFADevices"] = preference.manage_mfa_devices;
  if (env.form == Form::kRam) {
    value["PublicKeyPreference"]["AllowUserToManagePublicKeys"] = false;
  }
  return value;
}

// What does not come stays as it is.
std::optional<Fault> read_preference(const Environment& env, const Parameters& in,
                                     SecurityPreference& preference) {
  struct Flag {
    const char* parameter;
    bool SecurityPreference::* member;
  };
  for (const Flag& one :
       {Flag{"AllowUserToChangePassword", &SecurityPreference::change_password},
        Flag{"AllowUserToManageAccessKeys", &SecurityPreference::manage_access_keys},
        Flag{"AllowUserToManageMFADevices", &SecurityPreference::manage_mfa_devices}}) {
    auto value = in.flag(one.parameter, preference.*one.member);
    if (!value) return std::move(value.error());
    preference.*one.member = *value;
  }
  // A browser's ticket instead of a code, public keys of the Japanese site, and so on.
  for (const char* parameter :
       {"EnableSaveMFATicket", "AllowUserToManagePublicKeys", "AllowUserToManagePersonalDingTalk",
        "AllowUserToLoginWithPasskey"}) {
    auto value = in.flag(parameter, false);
    if (!value) return std::move(value.error());
    if (*value) return not_implemented(parameter);
  }
  auto hours = read_number(in, "LoginSessionDuration", preference.login_session_hours, {1, 24});
  if (!hours) return std::move(hours.error());
  preference.login_session_hours = *hours;
  if (const std::string* masks = in.find("LoginNetworkMasks")) {
    if (!masks->empty() && !parse_networks(*masks)) return bad_format("LoginNetworkMasks");
    preference.login_network_masks = *masks;
  }
  if (env.form == Form::kIms) {
    std::string_view wanted = in.get("MFAOperationForLogin");
    if (wanted == "adaptive") return not_implemented("MFAOperationForLogin=adaptive");
    if (!wanted.empty() && wanted != "mandatory" && wanted != "independent") {
      return incorrect("MFAOperationForLogin");
    }
    if (!wanted.empty()) preference.mfa_for_all = wanted == "mandatory";
    if (wanted.empty() && !in.get("EnforceMFAForLogin").empty()) {
      auto enforced = in.flag("EnforceMFAForLogin", false);
      if (!enforced) return std::move(enforced.error());
      preference.mfa_for_all = *enforced;
    }
  }
  return std::nullopt;
}

Read<std::string> read_alias(const Parameters& in) {
  auto alias = in.required("AccountAlias");
  if (!alias) return alias;
  if (alias->size() < 3 || alias->size() > 63) {
    return std::unexpected(
        Fault{400, "InvalidParameter.AccountAlias.Length",
              "The parameter - \"AccountAlias\" MUST be in the range of 3 and 63."});
  }
  bool fits = std::ranges::all_of(
      *alias, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!fits || alias->front() == '-' || alias->back() == '-' || alias->find("--") != alias->npos) {
    return std::unexpected(bad_format("AccountAlias"));
  }
  return alias;
}

}  // namespace

Task<Answer> set_password_policy(Environment& env, const Invocation& in) {
  auto policy = read_password_policy(env, in.parameters);
  if (!policy) co_return std::unexpected(std::move(policy.error()));
  auto turn = co_await env.store.turn();
  AccountSettings settings = copy_of(env.store.settings());
  settings.passwords = *policy;
  Value value;
  value["PasswordPolicy"] = json_of(env, settings.passwords);
  Change change;
  change.put(std::move(settings));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_password_policy(Environment& env, const Invocation&) {
  Value value;
  value["PasswordPolicy"] = json_of(env, env.store.settings()->passwords);
  co_return value;
}

Task<Answer> set_security_preference(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  AccountSettings settings = copy_of(env.store.settings());
  if (auto fault = read_preference(env, in.parameters, settings.preference)) {
    co_return std::unexpected(*fault);
  }
  Value value;
  value["SecurityPreference"] = json_of(env, settings.preference);
  Change change;
  change.put(std::move(settings));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_security_preference(Environment& env, const Invocation&) {
  Value value;
  value["SecurityPreference"] = json_of(env, env.store.settings()->preference);
  co_return value;
}

Task<Answer> set_account_alias(Environment& env, const Invocation& in) {
  auto alias = read_alias(in.parameters);
  if (!alias) co_return std::unexpected(std::move(alias.error()));
  const IdentityStore* holder = env.accounts != nullptr ? env.accounts->named(*alias) : nullptr;
  if (holder != nullptr && holder != &env.store) {
    co_return std::unexpected(already_exists("AccountAlias"));
  }
  auto turn = co_await env.store.turn();
  AccountSettings settings = copy_of(env.store.settings());
  settings.alias = std::move(*alias);
  Change change;
  change.put(std::move(settings));
  co_return co_await commit(env, change);
}

Task<Answer> clear_account_alias(Environment& env, const Invocation&) {
  auto turn = co_await env.store.turn();
  AccountSettings settings = copy_of(env.store.settings());
  settings.alias.clear();
  Change change;
  change.put(std::move(settings));
  co_return co_await commit(env, change);
}

// An account without one goes by its id.
Task<Answer> get_account_alias(Environment& env, const Invocation&) {
  const std::string alias = env.store.settings()->alias;
  Value value;
  value["AccountAlias"] = alias.empty() ? env.store.account_id() : alias;
  co_return value;
}

}  // namespace lakeside::ram::wire
