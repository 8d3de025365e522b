#include "services/ram/core/identity_store.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "services/ram/core/records.h"

namespace lakeside::ram {
namespace {

constexpr std::string_view kTokenStart = "CAIS";  // as the vendor's begin
constexpr std::string_view kTokenContext = "sts-session";
constexpr std::size_t kMaxToken = 8192;

template <class T>
constexpr std::string_view kPrefix = "";
template <>
constexpr std::string_view kPrefix<User> = "user/";
template <>
constexpr std::string_view kPrefix<Group> = "group/";
template <>
constexpr std::string_view kPrefix<Role> = "role/";
template <>
constexpr std::string_view kPrefix<Policy> = "policy/";

template <class T>
std::string key_of(const T& record) {
  return std::string(kPrefix<T>) + record.name;
}

}  // namespace

PolicyGrants::PolicyGrants(std::vector<Held> held, policy::PolicyPtr session)
    : held_(std::move(held)), session_(std::move(session)) {
  named_.reserve(held_.size());
  for (const Held& one : held_) {
    named_.push_back({one.name, one.policy.get(), one.type, one.version, one.attached_to});
  }
  named_session_ = {"the session's policy", session_.get()};
}

template <>
Table<User>& IdentityStore::table<User>() {
  return users_;
}
template <>
Table<Group>& IdentityStore::table<Group>() {
  return groups_;
}
template <>
Table<Role>& IdentityStore::table<Role>() {
  return roles_;
}
template <>
Table<Policy>& IdentityStore::table<Policy>() {
  return policies_;
}

template <class T>
void IdentityStore::apply(const std::shared_ptr<const T>& record) {
  auto& slot = table<T>()[record->name];
  if constexpr (std::is_same_v<T, User>) {
    if (slot) index(*slot, false);
    index(*record, true);
  }
  slot = record;
}

void IdentityStore::index(const User& user, bool add) {
  for (const AccessKey& key : user.keys) {
    if (add) {
      key_users_[key.id] = user.name;
    } else {
      key_users_.erase(key.id);
    }
  }
}

IdentityStore::IdentityStore(engines::Kv& kv, std::string account_id, const SealingKey& master)
    : kv_(kv),
      account_id_(std::move(account_id)),
      partition_{"ram." + account_id_},
      sealing_(master.derive("ram records")),
      token_key_(master.derive("sts tokens")) {}

Task<Result<std::unique_ptr<IdentityStore>>> IdentityStore::open(engines::Kv& kv,
                                                                 std::string account_id,
                                                                 const SealingKey& master) {
  std::unique_ptr<IdentityStore> store(new IdentityStore(kv, std::move(account_id), master));
  Status loaded = co_await store->load();
  if (!loaded) co_return std::unexpected(std::move(loaded.error()));
  co_return std::move(store);
}

Task<Status> IdentityStore::load() {
  Status read;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    read = load_record(key, record);
    return read ? engines::ScanStep::next() : engines::ScanStep::stop();
  };
  Status scanned = co_await kv_.scan(partition_, "", visitor);
  if (!scanned) co_return scanned;
  co_return read;
}

Status IdentityStore::load_record(std::string_view key, std::string_view record) {
  auto load_as = [&]<class T>(T value) -> Status {
    Status decoded = decode(record, sealing_, value);
    if (decoded) apply(std::make_shared<const T>(std::move(value)));
    return decoded;
  };
  if (key.starts_with(kPrefix<User>)) return load_as(User());
  if (key.starts_with(kPrefix<Group>)) return load_as(Group());
  if (key.starts_with(kPrefix<Role>)) return load_as(Role());
  if (key.starts_with(kPrefix<Policy>)) return load_as(Policy());
  return fail(ErrorCode::kUnsupported, "a record of RAM is of an unknown kind: " +
                                           std::string(key.substr(0, key.find('/'))));
}

std::shared_ptr<const Policy> IdentityStore::policy(const PolicyName& name) const {
  if (!name.system) return find<Policy>(name.name);
  auto found = system_policies().find(name.name);
  return found == system_policies().end() ? nullptr : found->second;
}

Task<Status> IdentityStore::commit(const Change& change) {
  engines::Batch batch;
  for (const Change::Write& write : change.writes_) {
    std::visit(
        [&]<class W>(const W& one) {
          if constexpr (requires { one.name; }) {
            // A removal.
            batch.remove([&]<class T>(const Change::Removal<T>& gone) {
              return std::string(kPrefix<T>) + gone.name;
            }(one));
          } else {
            batch.put(key_of(*one), encode(*one, sealing_));
          }
        },
        write);
  }
  Status written = co_await kv_.commit(partition_, batch);
  if (!written) co_return written;
  std::unique_lock lock(mutex_);
  for (const Change::Write& write : change.writes_) {
    std::visit(
        [&]<class W>(const W& one) {
          if constexpr (requires { one.name; }) {
            [&]<class T>(const Change::Removal<T>& gone) {
              auto found = table<T>().find(gone.name);
              if (found == table<T>().end()) return;
              if constexpr (std::is_same_v<T, User>) index(*found->second, false);
              table<T>().erase(found);
            }(one);
          } else {
            apply(one);
          }
        },
        write);
  }
  grants_.clear();
  co_return Status{};
}

std::optional<IdentityStore::KeyOwner> IdentityStore::key_owner(
    std::string_view access_key_id) const {
  std::shared_lock lock(mutex_);
  auto name = key_users_.find(std::string(access_key_id));
  if (name == key_users_.end()) return std::nullopt;
  auto user = users_.find(name->second);
  if (user == users_.end()) return std::nullopt;
  auto key = std::ranges::find(user->second->keys, access_key_id, &AccessKey::id);
  if (key == user->second->keys.end()) return std::nullopt;
  return KeyOwner{user->second, *key};
}

// Under the lock.
void IdentityStore::add_held(const std::vector<Attachment>& attachments, std::string_view to,
                             std::vector<PolicyGrants::Held>& held) const {
  for (const Attachment& one : attachments) {
    const Table<Policy>& from = one.policy.system ? system_policies() : policies_;
    auto policy = from.find(one.policy.name);
    if (policy == from.end()) continue;
    held.push_back({one.policy.name, one.policy.system ? "System" : "Custom",
                    policy->second->default_version, std::string(to), policy->second->compiled});
  }
}

std::shared_ptr<const PolicyGrants> IdentityStore::grants_of(const User& user) const {
  const std::string key = "user/" + user.name;
  {
    std::shared_lock lock(mutex_);
    if (auto found = grants_.find(key); found != grants_.end()) return found->second;
  }
  std::unique_lock lock(mutex_);
  std::vector<PolicyGrants::Held> held;
  // As it is now: `user` may be older than what has just been kept.
  auto now = users_.find(user.name);
  if (now == users_.end() || now->second->id != user.id) {
    return std::make_shared<PolicyGrants>(std::move(held));
  }
  add_held(now->second->policies, "RamUser", held);
  for (const Membership& membership : now->second->groups) {
    auto group = groups_.find(membership.group);
    if (group != groups_.end()) add_held(group->second->policies, "RamGroup", held);
  }
  return grants_[key] = std::make_shared<PolicyGrants>(std::move(held));
}

std::shared_ptr<const PolicyGrants> IdentityStore::grants_of(const Role& role) const {
  const std::string key = "role/" + role.name;
  {
    std::shared_lock lock(mutex_);
    if (auto found = grants_.find(key); found != grants_.end()) return found->second;
  }
  std::unique_lock lock(mutex_);
  std::vector<PolicyGrants::Held> held;
  auto now = roles_.find(role.name);
  if (now == roles_.end() || now->second->id != role.id) {
    return std::make_shared<PolicyGrants>(std::move(held));
  }
  add_held(now->second->policies, "RamRole", held);
  return grants_[key] = std::make_shared<PolicyGrants>(std::move(held));
}

std::string IdentityStore::token_of(const Session& session) const {
  nlohmann::json json = {{"v", 1},
                         {"account", account_id_},
                         {"key", session.access_key_id},
                         {"secret", session.access_key_secret},
                         {"role", session.role},
                         {"role_id", session.role_id},
                         {"name", session.name},
                         {"policy", session.policy},
                         {"expires", session.expires.time_since_epoch().count()}};
  return std::string(kTokenStart) +
         base64_encode(as_bytes(token_key_.seal(json.dump(), kTokenContext)));
}

std::optional<Session> IdentityStore::read_token(std::string_view token) const {
  if (token.size() > kMaxToken || !token.starts_with(kTokenStart)) return std::nullopt;
  auto sealed = base64_decode(token.substr(kTokenStart.size()));
  if (!sealed) return std::nullopt;
  auto text = token_key_.open(*sealed, kTokenContext);
  if (!text) return std::nullopt;
  try {
    auto json = nlohmann::json::parse(*text);
    if (json.at("v") != 1) return std::nullopt;
    return Session{json.at("key").get<std::string>(),
                   json.at("secret").get<std::string>(),
                   json.at("role").get<std::string>(),
                   json.at("role_id").get<std::string>(),
                   json.at("name").get<std::string>(),
                   json.at("policy").get<std::string>(),
                   Time(std::chrono::microseconds(json.at("expires").get<std::int64_t>())),
                   json.at("account").get<std::string>()};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace lakeside::ram
