#include <algorithm>

#include "base/crypto.h"
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

std::string_view status_of(const AccessKey& key) { return key.active ? "Active" : "Inactive"; }

// The key that UserAccessKeyId names, of that user alone.
Read<std::size_t> find_key(const Invocation& in, const User& user) {
  auto id = in.parameters.required("UserAccessKeyId");
  if (!id) return std::unexpected(std::move(id.error()));
  auto found = std::ranges::find(user.keys, *id, &AccessKey::id);
  if (found == user.keys.end()) return std::unexpected(not_exist("User.AccessKey"));
  return static_cast<std::size_t>(found - user.keys.begin());
}

}  // namespace

Task<Answer> create_access_key(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = user_or_caller(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  User user = copy_of(*found);
  if (user.keys.size() >= kMaxKeysOfUser) {
    co_return std::unexpected(limit("User.AccessKey"));
  }
  AccessKey key{"LTAI5t" + random_alphanumeric(18), random_alphanumeric(30), true, in.now};
  Value value;
  // The secret is shown now and never again.
  value["AccessKey"] = {{"AccessKeyId", key.id},
                        {"AccessKeySecret", key.secret},
                        {"Status", status_of(key)},
                        {"CreateDate", date(key.created)}};
  user.keys.push_back(std::move(key));
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> update_access_key(Environment& env, const Invocation& in) {
  auto status = in.parameters.required("Status");
  if (!status) co_return std::unexpected(std::move(status.error()));
  if (*status != "Active" && *status != "Inactive") {
    co_return std::unexpected(rpc::invalid_parameter("Status", "Active or Inactive"));
  }
  auto turn = co_await env.store.turn();
  auto found = user_or_caller(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  User user = copy_of(*found);
  auto key = find_key(in, user);
  if (!key) co_return std::unexpected(std::move(key.error()));
  user.keys[*key].active = *status == "Active";
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change);
}

Task<Answer> delete_access_key(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = user_or_caller(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  User user = copy_of(*found);
  auto key = find_key(in, user);
  if (!key) co_return std::unexpected(std::move(key.error()));
  user.keys.erase(user.keys.begin() + static_cast<std::ptrdiff_t>(*key));
  Change change;
  change.put(std::move(user));
  co_return co_await commit(env, change);
}

Task<Answer> list_access_keys(Environment& env, const Invocation& in) {
  auto user = user_or_caller(env, in);
  if (!user) co_return std::unexpected(std::move(user.error()));
  Value keys = Value::array();
  for (const AccessKey& key : (*user)->keys) {
    keys.push_back(
        {{"AccessKeyId", key.id}, {"Status", status_of(key)}, {"CreateDate", date(key.created)}});
  }
  Value value;
  value["AccessKeys"]["AccessKey"] = std::move(keys);
  co_return value;
}

Task<Answer> get_access_key_last_used(Environment& env, const Invocation& in) {
  auto user = user_or_caller(env, in);
  if (!user) co_return std::unexpected(std::move(user.error()));
  auto key = find_key(in, **user);
  if (!key) co_return std::unexpected(std::move(key.error()));
  auto owner = env.store.key_owner((*user)->keys[*key].id);
  auto seen = owner ? owner->use->seen() : std::nullopt;
  Value value;
  Value& used = value["AccessKeyLastUsed"];
  used["LastUsedDate"] = seen ? date(seen->at) : std::string();
  if (env.form == Form::kIms) used["ServiceName"] = seen ? seen->service : std::string();
  co_return value;
}

}  // namespace lakeside::ram::wire
