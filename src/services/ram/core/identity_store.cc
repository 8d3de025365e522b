#include "services/ram/core/identity_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "base/encoding.h"
#include "services/ram/core/records.h"

namespace lakeside::ram {
namespace {

constexpr std::string_view kTokenStart = "CAIS";  // as the vendor's begin
constexpr std::string_view kTokenContext = "sts-session";
constexpr std::size_t kMaxToken = 8192;
// What the master key's derived ones are for.
constexpr std::string_view kRecordKeys = "ram records";
constexpr std::string_view kTokenKeys = "sts tokens";

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
template <>
constexpr std::string_view kPrefix<MfaDevice> = "mfa/";
template <>
constexpr std::string_view kPrefix<AccountSettings> = "settings/";
template <>
constexpr std::string_view kPrefix<OidcProvider> = "oidc/";
template <>
constexpr std::string_view kPrefix<EndedSession> = "ended-session/";
constexpr std::string_view kUsePrefix = "key-use/";  // by access key id

template <class T>
std::string key_of(const T& record) {
  return std::string(kPrefix<T>) + record.name;
}
template <class T>
std::string key_of(const Removal<T>& removal) {
  return std::string(kPrefix<T>) + removal.name;
}

}  // namespace

PolicyGrants::PolicyGrants(std::vector<Held> held, policy::PolicyPtr session, bool mfa)
    : held_(std::move(held)), session_(std::move(session)), mfa_(mfa) {
  named_.reserve(held_.size());
  for (const Held& one : held_) {
    named_.push_back({one.name, one.policy.get(), one.type, one.version, one.attached_to});
  }
  named_session_ = {"the session's policy", session_.get()};
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

template <class T>
void IdentityStore::apply(const Removal<T>& removal) {
  auto found = table<T>().find(removal.name);
  if (found == table<T>().end()) return;
  if constexpr (std::is_same_v<T, User>) index(*found->second, false);
  table<T>().erase(found);
}

// Keys that nobody has any more stay until the change is made: it may give them to the same user
// under another name.
void IdentityStore::index(const User& user, bool add) {
  for (const AccessKey& key : user.keys) {
    if (!add) {
      keys_[key.id].user.clear();
      continue;
    }
    IndexedKey& indexed = keys_[key.id];
    indexed.user = user.name;
    if (indexed.use != nullptr) continue;
    auto read = uses_.find(key.id);
    indexed.use =
        read == uses_.end() ? std::make_shared<KeyUse>() : std::make_shared<KeyUse>(read->second);
  }
}

IdentityStore::IdentityStore(engines::Kv& kv, std::string account_id, const SealingKeys& master)
    : kv_(kv),
      account_id_(std::move(account_id)),
      partition_{"ram." + account_id_},
      sealing_(master.derive(kRecordKeys)),
      token_key_(master.derive(kTokenKeys)) {}

Task<Result<std::unique_ptr<IdentityStore>>> IdentityStore::open(engines::Kv& kv,
                                                                 std::string account_id,
                                                                 const SealingKeys& master) {
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
  uses_.clear();
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
  if (key.starts_with(kPrefix<MfaDevice>)) return load_as(MfaDevice());
  if (key.starts_with(kPrefix<AccountSettings>)) return load_as(AccountSettings());
  if (key.starts_with(kPrefix<OidcProvider>)) return load_as(OidcProvider());
  if (key.starts_with(kPrefix<EndedSession>)) return load_as(EndedSession());
  if (key.starts_with(kUsePrefix)) return load_use(key.substr(kUsePrefix.size()), record);
  return fail(ErrorCode::kUnsupported, "a record of RAM is of an unknown kind: " +
                                           std::string(key.substr(0, key.find('/'))));
}

// These come before the users, whose keys take them.
Status IdentityStore::load_use(std::string_view key, std::string_view record) {
  KeyUse::Seen seen;
  Status decoded = decode(record, seen);
  if (decoded) uses_.emplace(key, std::move(seen));
  return decoded;
}

std::shared_ptr<const AccountSettings> IdentityStore::settings() const {
  static const auto first = std::make_shared<const AccountSettings>();
  auto set = find<AccountSettings>(first->name);
  return set == nullptr ? first : set;
}

std::shared_ptr<const User> IdentityStore::user_of_id(std::string_view id) const {
  std::shared_lock lock(mutex_);
  for (const auto& [name, user] : table<User>()) {
    if (user->id == id) return user;
  }
  return nullptr;
}

std::shared_ptr<const Policy> IdentityStore::policy(const PolicyName& name) const {
  if (!name.system) return find<Policy>(name.name);
  auto found = system_policies().find(name.name);
  return found == system_policies().end() ? nullptr : found->second;
}

// Of keys that go with this change.
void IdentityStore::forget_uses(const Change& change, engines::Batch& batch) const {
  std::set<std::string> gone;
  auto old_keys = [&](const std::string& name) {
    auto user = find<User>(name);
    if (user == nullptr) return;
    for (const AccessKey& key : user->keys) gone.insert(key.id);
  };
  for (const Kinds::Write& write : change.writes_) {
    if (const auto* removed = std::get_if<Removal<User>>(&write)) old_keys(removed->name);
    if (const auto* kept = std::get_if<Put<User>>(&write)) old_keys((*kept)->name);
  }
  for (const Kinds::Write& write : change.writes_) {
    const auto* kept = std::get_if<Put<User>>(&write);
    if (kept == nullptr) continue;
    for (const AccessKey& key : (*kept)->keys) gone.erase(key.id);
  }
  for (const std::string& id : gone) batch.remove(std::string(kUsePrefix) + id);
}

Task<Status> IdentityStore::commit(const Change& change) {
  engines::Batch batch;
  auto write_one = [&](const auto& one) {
    if constexpr (requires { one.name; }) {
      batch.remove(key_of(one));
    } else {
      batch.put(key_of(*one), encode(*one, sealing_));
    }
  };
  for (const Kinds::Write& write : change.writes_) std::visit(write_one, write);
  forget_uses(change, batch);
  Status written = co_await kv_.commit(partition_, batch);
  if (!written) co_return written;
  std::unique_lock lock(mutex_);
  auto apply_one = [&](const auto& one) { apply(one); };
  for (const Kinds::Write& write : change.writes_) std::visit(apply_one, write);
  std::erase_if(keys_, [](const auto& entry) { return entry.second.user.empty(); });
  grants_.clear();
  co_return Status{};
}

void IdentityStore::note_use(std::string_view access_key_id, Time now,
                             std::string_view service) const {
  std::shared_lock lock(mutex_);
  auto indexed = keys_.find(std::string(access_key_id));
  if (indexed != keys_.end()) indexed->second.use->note(now, service);
}

Task<Status> IdentityStore::rotate(const SealingKeys& master) {
  auto turn = co_await queue_.turn();
  SealingKeys sealing = master.derive(kRecordKeys);
  engines::Batch batch;
  for (const auto& user : list<User>()) batch.put(key_of(*user), encode(*user, sealing));
  for (const auto& device : list<MfaDevice>()) batch.put(key_of(*device), encode(*device, sealing));
  if (!batch.writes().empty()) {
    Status written = co_await kv_.commit(partition_, batch);
    if (!written) co_return written;
  }
  sealing_ = std::move(sealing);
  std::unique_lock lock(mutex_);
  token_key_ = master.derive(kTokenKeys);
  co_return Status{};
}

Task<Status> IdentityStore::reset() {
  auto turn = co_await queue_.turn();
  engines::Batch batch;
  // The root's sessions go on, and of these what was ended stays so.
  engines::ScanVisitor visitor = [&batch](std::string_view key, std::string_view) {
    if (!key.starts_with(kPrefix<EndedSession>)) batch.remove(std::string(key));
    return engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition_, "", visitor);
  if (!scanned) co_return scanned;
  if (!batch.writes().empty()) {
    Status written = co_await kv_.commit(partition_, batch);
    if (!written) co_return written;
  }
  std::unique_lock lock(mutex_);
  Table<EndedSession> ended = std::move(table<EndedSession>());
  tables_ = {};
  table<EndedSession>() = std::move(ended);
  keys_.clear();
  grants_.clear();
  co_return Status{};
}

Task<Result<std::size_t>> IdentityStore::save_key_uses() {
  auto turn = co_await queue_.turn();
  engines::Batch batch;
  {
    std::shared_lock lock(mutex_);
    for (const auto& [id, key] : keys_) {
      if (auto seen = key.use->take_unsaved())
        batch.put(std::string(kUsePrefix) + id, encode(*seen));
    }
  }
  if (batch.writes().empty()) co_return 0;
  Status written = co_await kv_.commit(partition_, batch);
  // What could not be written is written with the key's next use.
  if (!written) co_return std::unexpected(std::move(written.error()));
  co_return batch.writes().size();
}

std::optional<IdentityStore::KeyOwner> IdentityStore::key_owner(
    std::string_view access_key_id) const {
  std::shared_lock lock(mutex_);
  auto indexed = keys_.find(std::string(access_key_id));
  if (indexed == keys_.end()) return std::nullopt;
  auto user = table<User>().find(indexed->second.user);
  if (user == table<User>().end()) return std::nullopt;
  auto key = std::ranges::find(user->second->keys, access_key_id, &AccessKey::id);
  if (key == user->second->keys.end()) return std::nullopt;
  return KeyOwner{user->second, *key, indexed->second.use};
}

// Under the lock.
void IdentityStore::add_held(const std::vector<Attachment>& attachments, std::string_view to,
                             std::vector<PolicyGrants::Held>& held) const {
  for (const Attachment& one : attachments) {
    const Table<Policy>& from = one.policy.system ? system_policies() : table<Policy>();
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
  auto now = table<User>().find(user.name);
  if (now == table<User>().end() || now->second->id != user.id) {
    return std::make_shared<PolicyGrants>(std::move(held));
  }
  add_held(now->second->policies, "RamUser", held);
  for (const Membership& membership : now->second->groups) {
    auto group = table<Group>().find(membership.group);
    if (group != table<Group>().end()) add_held(group->second->policies, "RamGroup", held);
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
  auto now = table<Role>().find(role.name);
  if (now == table<Role>().end() || now->second->id != role.id) {
    return std::make_shared<PolicyGrants>(std::move(held));
  }
  add_held(now->second->policies, "RamRole", held);
  return grants_[key] = std::make_shared<PolicyGrants>(std::move(held));
}

std::string key_mark(std::string_view secret) {
  const Sha256Digest digest = hmac_sha256(as_bytes(secret), as_bytes("lakeside session"));
  return base64_encode(ByteView(digest).first(16));
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
  if (!session.of_role()) {
    json["user"] = session.user;
    json["user_id"] = session.user_id;
    json["password_set"] = session.password_set.time_since_epoch().count();
    json["began"] = session.began.time_since_epoch().count();
    json["made_with"] = session.made_with;
    if (!session.key_mark.empty()) json["key_mark"] = session.key_mark;
  }
  if (session.mfa) json["mfa"] = true;
  std::shared_lock lock(mutex_);
  return std::string(kTokenStart) +
         base64_encode(as_bytes(token_key_.seal(json.dump(), kTokenContext)));
}

std::optional<Session> IdentityStore::read_token(std::string_view token) const {
  if (token.size() > kMaxToken || !token.starts_with(kTokenStart)) return std::nullopt;
  auto sealed = base64_decode(token.substr(kTokenStart.size()));
  if (!sealed) return std::nullopt;
  Result<std::string> text = std::string();
  {
    std::shared_lock lock(mutex_);
    text = token_key_.open(*sealed, kTokenContext);
  }
  if (!text) return std::nullopt;
  try {
    auto json = nlohmann::json::parse(*text);
    if (json.at("v") != 1) return std::nullopt;
    auto time = [](const nlohmann::json& value) {
      return Time(std::chrono::microseconds(value.get<std::int64_t>()));
    };
    Session session{json.at("key").get<std::string>(),  json.at("secret").get<std::string>(),
                    json.at("role").get<std::string>(), json.at("role_id").get<std::string>(),
                    json.at("name").get<std::string>(), json.at("policy").get<std::string>(),
                    time(json.at("expires")),           json.at("account").get<std::string>()};
    session.mfa = json.value("mfa", false);
    if (session.of_role()) return session;
    json.at("user").get_to(session.user);
    json.at("user_id").get_to(session.user_id);
    session.password_set = time(json.at("password_set"));
    // Tokens of earlier builds have neither: they cannot be renewed.
    session.began = Time(std::chrono::microseconds(json.value("began", std::int64_t{0})));
    session.made_with = json.value("made_with", "");
    session.key_mark = json.value("key_mark", "");
    return session;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace lakeside::ram
