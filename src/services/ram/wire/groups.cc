#include <algorithm>

#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

Value json_of(const Environment& env, const Group& group) {
  Value value = {{"GroupId", group.id},
                 {"GroupName", group.name},
                 {"Comments", group.comments},
                 {"CreateDate", date(group.created)},
                 {"UpdateDate", date(group.updated)}};
  if (env.form == Form::kIms) value["DisplayName"] = group.display_name;
  return value;
}

// IMS's.
std::optional<Fault> read_display_name(const Environment& env, const Parameters& in,
                                       std::string_view parameter, Group& group) {
  if (env.form != Form::kIms || in.find(parameter) == nullptr) return std::nullopt;
  auto name = read_text(in, parameter, 128);
  if (!name) return std::move(name.error());
  group.display_name = std::move(*name);
  return std::nullopt;
}

const Membership* membership(const User& user, std::string_view group) {
  auto found = std::ranges::find(user.groups, group, &Membership::group);
  return found == user.groups.end() ? nullptr : &*found;
}

std::vector<std::shared_ptr<const User>> members(const Environment& env, std::string_view group) {
  auto users = env.store.list<User>();
  std::erase_if(users, [&](const auto& user) { return membership(*user, group) == nullptr; });
  return users;
}

}  // namespace

Task<Answer> create_group(Environment& env, const Invocation& in) {
  auto name = read_name(in.parameters, "GroupName");
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto comments = read_text(in.parameters, "Comments", 128);
  if (!comments) co_return std::unexpected(std::move(comments.error()));
  auto turn = co_await env.store.turn();
  if (env.store.find<Group>(*name)) co_return std::unexpected(already_exists("Group"));
  if (env.store.list<Group>().size() >= kMaxGroups) {
    co_return std::unexpected(limit("Group"));
  }
  Group group;
  group.id = "g-" + random_digits(16);
  group.name = std::move(*name);
  group.comments = std::move(*comments);
  group.created = group.updated = in.now;
  if (auto fault = read_display_name(env, in.parameters, "DisplayName", group)) {
    co_return std::unexpected(*fault);
  }
  Value value;
  value["Group"] = json_of(env, group);
  Change change;
  change.put(std::move(group));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_group(Environment& env, const Invocation& in) {
  auto group = find_named<Group>(env, in, "Group", "GroupName");
  if (!group) co_return std::unexpected(std::move(group.error()));
  Value value;
  value["Group"] = json_of(env, **group);
  co_return value;
}

Task<Answer> update_group(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = find_named<Group>(env, in, "Group", "GroupName");
  if (!found) co_return std::unexpected(std::move(found.error()));
  Group group = copy_of(*found);
  group.updated = in.now;
  if (auto fault = read_display_name(env, in.parameters, "NewDisplayName", group)) {
    co_return std::unexpected(*fault);
  }
  if (in.parameters.find("NewComments") != nullptr) {
    auto comments = read_text(in.parameters, "NewComments", 128);
    if (!comments) co_return std::unexpected(std::move(comments.error()));
    group.comments = std::move(*comments);
  }
  Change change;
  if (!in.parameters.get("NewGroupName").empty()) {
    auto name = read_name(in.parameters, "NewGroupName");
    if (!name) co_return std::unexpected(std::move(name.error()));
    if (*name != group.name) {
      if (env.store.find<Group>(*name)) co_return std::unexpected(already_exists("Group"));
      change.remove<Group>(group.name);
      // Its members follow it.
      for (const auto& member : members(env, group.name)) {
        User user = copy_of(member);
        std::ranges::find(user.groups, group.name, &Membership::group)->group = *name;
        change.put(std::move(user));
      }
      group.name = std::move(*name);
    }
  }
  Value value;
  value["Group"] = json_of(env, group);
  change.put(std::move(group));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> delete_group(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto group = find_named<Group>(env, in, "Group", "GroupName");
  if (!group) co_return std::unexpected(std::move(group.error()));
  if (!members(env, (*group)->name).empty()) {
    co_return std::unexpected(conflict("Group.User"));
  }
  if (!(*group)->policies.empty()) {
    co_return std::unexpected(conflict("Group.Policy"));
  }
  Change change;
  change.remove<Group>((*group)->name);
  co_return co_await commit(env, change);
}

Task<Answer> list_groups(Environment& env, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto groups = env.store.list<Group>();
  co_return page_of(
      groups, *page, "Groups", "Group", [](const Group& group) { return group.name; },
      [&](const Group& group) { return json_of(env, group); });
}

Task<Answer> add_user_to_group(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = find_user(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto group = find_named<Group>(env, in, "Group", "GroupName");
  if (!group) co_return std::unexpected(std::move(group.error()));
  User user = copy_of(*found);
  if (membership(user, (*group)->name) != nullptr) {
    co_return std::unexpected(already_exists("User.Group"));
  }
  if (user.groups.size() >= kMaxGroupsOfUser) {
    co_return std::unexpected(limit("User.Group"));
  }
  user.groups.push_back({(*group)->name, in.now});
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change);
}

Task<Answer> remove_user_from_group(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = find_user(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto group = find_named<Group>(env, in, "Group", "GroupName");
  if (!group) co_return std::unexpected(std::move(group.error()));
  User user = copy_of(*found);
  const std::string& name = (*group)->name;
  auto gone = std::erase_if(user.groups, [&](const Membership& one) { return one.group == name; });
  if (gone == 0) co_return std::unexpected(not_exist("User.Group"));
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change);
}

Task<Answer> list_groups_for_user(Environment& env, const Invocation& in) {
  auto user = find_user(env, in);
  if (!user) co_return std::unexpected(std::move(user.error()));
  Value groups = Value::array();
  for (const Membership& one : (*user)->groups) {
    auto group = env.store.find<Group>(one.group);
    if (group == nullptr) continue;
    groups.push_back({{"GroupId", group->id},
                      {"GroupName", group->name},
                      {"Comments", group->comments},
                      {"JoinDate", date(one.joined)}});
  }
  Value value;
  value["Groups"]["Group"] = std::move(groups);
  co_return value;
}

Task<Answer> list_users_for_group(Environment& env, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto group = find_named<Group>(env, in, "Group", "GroupName");
  if (!group) co_return std::unexpected(std::move(group.error()));
  const std::string& name = (*group)->name;
  auto users = members(env, name);
  auto write = [&](const User& user) -> Value {
    Value one;
    if (env.form == Form::kIms) {
      one["UserId"] = user.id;
      one["UserPrincipalName"] = principal_name(env, user.name);
    } else {
      one["UserName"] = user.name;
    }
    one["DisplayName"] = user.display_name;
    one["JoinDate"] = date(membership(user, name)->joined);
    return one;
  };
  co_return page_of(
      users, *page, "Users", "User", [](const User& user) { return user.name; }, write);
}

}  // namespace lakeside::ram::wire
