#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

Value json_of(const Environment& env, const User& user) {
  Value value = {{"UserId", user.id}};
  if (env.form == Form::kIms) {
    value["UserPrincipalName"] = principal_name(env, user.name);
    value["ProvisionType"] = "Manual";
  } else {
    value["UserName"] = user.name;
  }
  value.update({{"DisplayName", user.display_name},
                {"MobilePhone", user.mobile_phone},
                {"Email", user.email},
                {"Comments", user.comments},
                {"CreateDate", date(user.created)},
                {"UpdateDate", date(user.updated)}});
  return value;
}

// The name of a user that does not exist yet.
Read<std::string> read_new_name(const Environment& env, const Parameters& in,
                                const std::string& prefix) {
  if (env.form == Form::kRam) return read_name(in, prefix + "UserName");
  return read_principal_name(env, in, prefix + "UserPrincipalName");
}

const char* new_name_parameter(const Environment& env) {
  return env.form == Form::kRam ? "NewUserName" : "NewUserPrincipalName";
}

struct Field {
  const char* parameter;
  std::string User::* member;
  std::size_t most;
};
constexpr Field kFields[] = {{"DisplayName", &User::display_name, 128},
                             {"MobilePhone", &User::mobile_phone, 64},
                             {"Email", &User::email, 128},
                             {"Comments", &User::comments, 128}};

// Those that came, each named `prefix` + parameter.
std::optional<Fault> read_fields(const Parameters& in, const std::string& prefix, User& user) {
  for (const Field& field : kFields) {
    const std::string parameter = prefix + field.parameter;
    if (in.find(parameter) == nullptr) continue;
    auto text = read_text(in, parameter, field.most);
    if (!text) return std::move(text.error());
    user.*field.member = std::move(*text);
  }
  return std::nullopt;
}

}  // namespace

// IMS has tags of users, and a status that only its recycle bin changes.
std::optional<Fault> refuse_tags(const Parameters& in) {
  if (!in.get("Tag").empty() || in.find("Tag.1.Key") != nullptr) return not_implemented("Tag");
  if (!in.get("Status").empty()) return not_implemented("Status");
  return std::nullopt;
}

Task<Answer> create_user(Environment& env, const Invocation& in) {
  auto name = read_new_name(env, in.parameters, "");
  if (!name) co_return std::unexpected(std::move(name.error()));
  if (auto fault = refuse_tags(in.parameters)) co_return std::unexpected(*fault);
  User user;
  user.name = *name;
  user.display_name = *name;
  if (auto fault = read_fields(in.parameters, "", user)) co_return std::unexpected(*fault);
  user.id = random_digits(18);
  user.created = user.updated = in.now;

  auto turn = co_await env.store.turn();
  if (env.store.find<User>(*name)) co_return std::unexpected(already_exists("User"));
  if (env.store.list<User>().size() >= kMaxUsers) {
    co_return std::unexpected(limit("User"));
  }
  Value value;
  value["User"] = json_of(env, user);
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_user(Environment& env, const Invocation& in) {
  auto user = user_or_caller(env, in);
  if (!user) co_return std::unexpected(std::move(user.error()));
  Value value;
  value["User"] = json_of(env, **user);
  if ((*user)->last_login != Time()) value["User"]["LastLoginDate"] = date((*user)->last_login);
  co_return value;
}

Task<Answer> update_user(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = find_user(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  User user = copy_of(*found);
  if (auto fault = read_fields(in.parameters, "New", user)) co_return std::unexpected(*fault);
  user.updated = in.now;
  Change change;
  if (!in.parameters.get(new_name_parameter(env)).empty()) {
    auto name = read_new_name(env, in.parameters, "New");
    if (!name) co_return std::unexpected(std::move(name.error()));
    if (*name != user.name) {
      if (env.store.find<User>(*name)) co_return std::unexpected(already_exists("User"));
      change.remove<User>(user.name);
      user.name = *name;
    }
  }
  Value value;
  value["User"] = json_of(env, user);
  change.put(std::move(user));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> delete_user(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto user = find_user(env, in);
  if (!user) co_return std::unexpected(std::move(user.error()));
  if (!(*user)->keys.empty()) {
    co_return std::unexpected(conflict("User.AccessKey"));
  }
  if ((*user)->login) co_return std::unexpected(conflict("User.LoginProfile"));
  if (!(*user)->mfa_device.empty()) co_return std::unexpected(conflict("User.MFADevice"));
  if (!(*user)->policies.empty()) {
    co_return std::unexpected(conflict("User.Policy"));
  }
  if (!(*user)->groups.empty()) {
    co_return std::unexpected(conflict("User.Group"));
  }
  Change change;
  change.remove<User>((*user)->name);
  co_return co_await commit(env, change);
}

Task<Answer> list_users(Environment& env, const Invocation& in) {
  if (auto fault = refuse_tags(in.parameters)) co_return std::unexpected(*fault);
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto users = env.store.list<User>();
  co_return page_of(
      users, *page, "Users", "User", [](const User& user) { return user.name; },
      [&](const User& user) { return json_of(env, user); });
}

}  // namespace lakeside::ram::wire
