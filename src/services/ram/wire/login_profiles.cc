// How people sign in: login profiles, and their passwords.
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

Value json_of(const Environment& env, const User& user) {
  const LoginProfile& login = *user.login;
  Value value;
  if (env.form == Form::kIms) {
    value["UserPrincipalName"] = principal_name(env, user.name);
    value["Status"] = login.active ? "Active" : "Inactive";
    value["UpdateDate"] = date(login.updated);
    if (user.last_login != Time()) value["LastLoginTime"] = date(user.last_login);
  } else {
    value["UserName"] = user.name;
    value["CreateDate"] = date(login.created);
  }
  value["PasswordResetRequired"] = login.reset_required;
  value["MFABindRequired"] = login.mfa_required;
  return value;
}

Fault too_weak(std::string_view parameter) {
  return {400, "InvalidParameter." + std::string(parameter) + ".TooWeak",
          "The parameter - \"" + std::string(parameter) +
              "\" is not compliant with the password policy."};
}

// What else of a profile a request sets.
std::optional<Fault> read_switches(const Environment& env, const Parameters& in,
                                   LoginProfile& login) {
  auto reset = in.flag("PasswordResetRequired", login.reset_required);
  if (!reset) return std::move(reset.error());
  auto mfa = in.flag("MFABindRequired", login.mfa_required);
  if (!mfa) return std::move(mfa.error());
  login.reset_required = *reset;
  login.mfa_required = *mfa;
  if (env.form == Form::kIms && !in.get("Status").empty()) {
    std::string_view status = in.get("Status");
    if (status != "Active" && status != "Inactive") return incorrect("Status");
    login.active = status == "Active";
  }
  return std::nullopt;
}

}  // namespace

Task<Read<std::string>> hash_new_password(Environment& env, const User& user,
                                          std::string_view password, std::string_view parameter) {
  const auto settings = env.store.settings();
  if (!is_strong(settings->passwords, password, user.name)) {
    co_return std::unexpected(too_weak(parameter));
  }
  auto former = barred(settings->passwords, user.login);
  if (!former.empty()) {
    auto used = co_await env.passwords.matches(password, std::move(former));
    if (!used) co_return std::unexpected(rpc::internal_error(used.error()));
    if (*used) co_return std::unexpected(too_weak(parameter));
  }
  auto hash = co_await env.passwords.hash(password);
  if (!hash) co_return std::unexpected(rpc::internal_error(hash.error()));
  co_return std::move(*hash);
}

Task<Answer> create_login_profile(Environment& env, const Invocation& in) {
  auto password = in.parameters.required("Password");
  if (!password) co_return std::unexpected(std::move(password.error()));
  auto first = find_user(env, in);
  if (!first) co_return std::unexpected(std::move(first.error()));
  if ((*first)->login) co_return std::unexpected(already_exists("User.LoginProfile"));
  LoginProfile login;
  login.created = login.updated = in.now;
  if (auto fault = read_switches(env, in.parameters, login)) co_return std::unexpected(*fault);
  auto hash = co_await hash_new_password(env, **first, *password, "Password");
  if (!hash) co_return std::unexpected(std::move(hash.error()));
  set_password(login, std::move(*hash), in.now);

  // Things may have changed while the password was hashed.
  auto turn = co_await env.store.turn();
  auto found = find_user(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  if ((*found)->login) co_return std::unexpected(already_exists("User.LoginProfile"));
  User user = copy_of(*found);
  user.login = std::move(login);
  Value value;
  value["LoginProfile"] = json_of(env, user);
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_login_profile(Environment& env, const Invocation& in) {
  auto user = find_user(env, in);
  if (!user) co_return std::unexpected(std::move(user.error()));
  if (!(*user)->login) co_return std::unexpected(not_exist("User.LoginProfile"));
  Value value;
  value["LoginProfile"] = json_of(env, **user);
  co_return value;
}

Task<Answer> update_login_profile(Environment& env, const Invocation& in) {
  auto first = find_user(env, in);
  if (!first) co_return std::unexpected(std::move(first.error()));
  if (!(*first)->login) co_return std::unexpected(not_exist("User.LoginProfile"));
  std::string hash;
  if (std::string_view password = in.parameters.get("Password"); !password.empty()) {
    auto hashed = co_await hash_new_password(env, **first, password, "Password");
    if (!hashed) co_return std::unexpected(std::move(hashed.error()));
    hash = std::move(*hashed);
  }
  auto turn = co_await env.store.turn();
  auto found = find_user(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  User user = copy_of(*found);
  if (!user.login) co_return std::unexpected(not_exist("User.LoginProfile"));
  if (auto fault = read_switches(env, in.parameters, *user.login)) {
    co_return std::unexpected(*fault);
  }
  if (!hash.empty()) set_password(*user.login, std::move(hash), in.now);
  user.login->updated = in.now;
  Value value;
  if (env.form == Form::kIms) value["LoginProfile"] = json_of(env, user);
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> delete_login_profile(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = find_user(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (!(*found)->login) co_return std::unexpected(not_exist("User.LoginProfile"));
  User user = copy_of(*found);
  user.login.reset();
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change);
}

// Of the user who calls.
Task<Answer> change_password(Environment& env, const Invocation& in) {
  auto old_password = in.parameters.required("OldPassword");
  if (!old_password) co_return std::unexpected(std::move(old_password.error()));
  auto new_password = in.parameters.required("NewPassword");
  if (!new_password) co_return std::unexpected(std::move(new_password.error()));
  if (in.caller().kind != Principal::Kind::kUser ||
      !env.store.settings()->preference.change_password) {
    co_return std::unexpected(
        Fault{403, "NoPermission", "Only RAM users change their passwords, where they may."});
  }
  auto first = env.store.find<User>(in.caller().name);
  if (first == nullptr) co_return std::unexpected(not_exist("User"));
  if (!first->login) co_return std::unexpected(not_exist("User.LoginProfile"));
  // Who has a session but no password must not find it here.
  const std::string counted = in.caller().account_id + "/" + in.caller().name;
  const std::uint64_t most = env.store.settings()->passwords.max_login_attempts;
  if (!env.limiter->admit(counted, in.request.peer, most, in.now)) {
    co_return std::unexpected(throttled());
  }
  std::vector<std::string> present(1, first->login->password);
  auto right = co_await env.passwords.matches(*old_password, std::move(present));
  if (!right) co_return std::unexpected(rpc::internal_error(right.error()));
  if (!*right) co_return std::unexpected(incorrect("OldPassword"));
  env.limiter->succeeded(counted, in.request.peer);
  auto hash = co_await hash_new_password(env, *first, *new_password, "NewPassword");
  if (!hash) co_return std::unexpected(std::move(hash.error()));

  auto turn = co_await env.store.turn();
  auto found = env.store.find<User>(in.caller().name);
  bool same = found != nullptr && found->login && found->login->password == first->login->password;
  if (!same) co_return std::unexpected(incorrect("OldPassword"));
  User user = copy_of(found);
  set_password(*user.login, std::move(*hash), in.now);
  user.login->reset_required = false;
  user.login->updated = in.now;
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change);
}

}  // namespace lakeside::ram::wire
