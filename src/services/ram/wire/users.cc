#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

Value json_of(const User& user) {
  return {{"UserId", user.id},
          {"UserName", user.name},
          {"DisplayName", user.display_name},
          {"MobilePhone", user.mobile_phone},
          {"Email", user.email},
          {"Comments", user.comments},
          {"CreateDate", date(user.created)},
          {"UpdateDate", date(user.updated)}};
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

Task<Answer> create_user(Environment& env, const Invocation& in) {
  auto name = read_name(in.parameters, "UserName");
  if (!name) co_return std::unexpected(std::move(name.error()));
  User user;
  user.name = *name;
  user.display_name = *name;
  if (auto fault = read_fields(in.parameters, "", user)) co_return std::unexpected(*fault);
  user.id = random_digits(18);
  user.created = user.updated = in.now;

  auto turn = co_await env.store.turn();
  if (env.store.find<User>(*name)) co_return std::unexpected(already_exists("User", *name));
  if (env.store.list<User>().size() >= kMaxUsers) {
    co_return std::unexpected(limit("User", kMaxUsers));
  }
  Value value;
  value["User"] = json_of(user);
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_user(Environment& env, const Invocation& in) {
  auto user = user_or_caller(env, in);
  if (!user) co_return std::unexpected(std::move(user.error()));
  Value value;
  value["User"] = json_of(**user);
  co_return value;
}

Task<Answer> update_user(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = find_named<User>(env, in, "User", "UserName");
  if (!found) co_return std::unexpected(std::move(found.error()));
  User user = copy_of(*found);
  if (auto fault = read_fields(in.parameters, "New", user)) co_return std::unexpected(*fault);
  user.updated = in.now;
  Change change;
  if (!in.parameters.get("NewUserName").empty()) {
    auto name = read_name(in.parameters, "NewUserName");
    if (!name) co_return std::unexpected(std::move(name.error()));
    if (*name != user.name) {
      if (env.store.find<User>(*name)) co_return std::unexpected(already_exists("User", *name));
      change.remove<User>(user.name);
      user.name = *name;
    }
  }
  Value value;
  value["User"] = json_of(user);
  change.put(std::move(user));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> delete_user(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto user = find_named<User>(env, in, "User", "UserName");
  if (!user) co_return std::unexpected(std::move(user.error()));
  if (!(*user)->keys.empty()) {
    co_return std::unexpected(
        conflict("User.AccessKey", "The user still has access keys: delete them first."));
  }
  if (!(*user)->policies.empty()) {
    co_return std::unexpected(
        conflict("User.Policy", "The user still has policies: detach them first."));
  }
  if (!(*user)->groups.empty()) {
    co_return std::unexpected(
        conflict("User.Group", "The user is still in groups: remove it from them first."));
  }
  Change change;
  change.remove<User>((*user)->name);
  co_return co_await commit(env, change);
}

Task<Answer> list_users(Environment& env, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto users = env.store.list<User>();
  co_return page_of(
      users, *page, "Users", "User", [](const User& user) { return user.name; }, json_of);
}

}  // namespace lakeside::ram::wire
