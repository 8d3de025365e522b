// Everything that RAM keeps of one account. All of it is in memory, so that lookups never block; a
// change is durable before it is seen, and holds from the next request on.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/key_use.h"
#include "base/result.h"
#include "base/seal.h"
#include "base/task.h"
#include "base/write_queue.h"
#include "engines/kv.h"
#include "services/ram/core/grants.h"
#include "services/ram/core/types.h"

namespace lakeside::ram {

template <class T>
using Table = std::map<std::string, std::shared_ptr<const T>, std::less<>>;

template <class T>
using Put = std::shared_ptr<const T>;
template <class T>
struct Removal {
  std::string name;
};
template <class... T>
struct KindsOf {
  using Write = std::variant<Put<T>..., Removal<T>...>;
  using Tables = std::tuple<Table<T>...>;
};
using Kinds =
    KindsOf<User, Group, Role, Policy, MfaDevice, AccountSettings, OidcProvider, EndedSession>;

// What changes at once: all of it or nothing.
class Change {
 public:
  template <class T>
  void put(T record) {
    writes_.emplace_back(std::make_shared<const T>(std::move(record)));
  }
  template <class T>
  void remove(std::string name) {
    writes_.emplace_back(Removal<T>{std::move(name)});
  }

 private:
  friend class IdentityStore;
  std::vector<Kinds::Write> writes_;
};

// A session of a role, of a user, or of the root account, as its token carries it.
struct Session {
  std::string access_key_id;
  std::string access_key_secret;
  std::string role;  // empty: of a user, or of the root
  std::string role_id;
  std::string name;
  std::string policy;  // document; empty: none
  Time expires{};
  std::string account = {};  // the role's, the user's
  std::string user = {};
  std::string user_id = {};
  Time password_set = {};  // of that user: a later password ends the session
  bool mfa = false;
  // Of users and the root: when the password or the key was shown. Renewing does not move it.
  Time began = {};
  std::string made_with = {};  // the access key with which the session ends; empty: a password
  std::string key_mark = {};   // of the root's key: another secret under its id ends the session

  [[nodiscard]] bool of_role() const { return !role.empty(); }
  [[nodiscard]] bool of_user() const { return !user.empty(); }
};

// Tells a secret from others, and does not tell it.
[[nodiscard]] std::string key_mark(std::string_view secret);

class IdentityStore {
 public:
  // Reads what is there. Kv outlives the store. Errors: the engine's; kCorrupt; kUnsupported (the
  // master key is another one than at last).
  [[nodiscard]] static Task<Result<std::unique_ptr<IdentityStore>>> open(engines::Kv& kv,
                                                                         std::string account_id,
                                                                         const SealingKeys& master);

  [[nodiscard]] const std::string& account_id() const { return account_id_; }

  // Null where there is none. T: one of Kinds; of policies, custom ones.
  template <class T>
  [[nodiscard]] std::shared_ptr<const T> find(std::string_view name) const {
    std::shared_lock lock(mutex_);
    const Table<T>& all = table<T>();
    auto found = all.find(name);
    return found == all.end() ? nullptr : found->second;
  }
  // By name.
  template <class T>
  [[nodiscard]] std::vector<std::shared_ptr<const T>> list() const {
    std::shared_lock lock(mutex_);
    std::vector<std::shared_ptr<const T>> all;
    for (const auto& [name, one] : table<T>()) all.push_back(one);
    return all;
  }
  // A custom policy or one of the system's.
  [[nodiscard]] std::shared_ptr<const Policy> policy(const PolicyName& name) const;
  // As they were set, or as they are at first.
  [[nodiscard]] std::shared_ptr<const AccountSettings> settings() const;
  // Null where there is none of that id.
  [[nodiscard]] std::shared_ptr<const User> user_of_id(std::string_view id) const;

  // Changes are made by one after another: take a turn, look, commit.
  [[nodiscard]] WriteQueue::Waiting turn() { return queue_.turn(); }
  // Errors: the engine's; nothing has changed then.
  Task<Status> commit(const Change& change);

  struct KeyOwner {
    std::shared_ptr<const User> user;
    AccessKey key;
    std::shared_ptr<KeyUse> use;
  };
  [[nodiscard]] std::optional<KeyOwner> key_owner(std::string_view access_key_id) const;
  // That the key was used; nothing for keys that are not users'. Cheap, and never blocks long.
  void note_use(std::string_view access_key_id, Time now, std::string_view service) const;
  // Makes durable when keys were last used, as far as that is not yet. How many it wrote.
  Task<Result<std::size_t>> save_key_uses();
  // As they are now, made once and kept until something changes.
  [[nodiscard]] std::shared_ptr<const PolicyGrants> grants_of(const User& user) const;
  [[nodiscard]] std::shared_ptr<const PolicyGrants> grants_of(const Role& role) const;

  // From now on seals with the first of these keys, with which all secrets are sealed anew. The
  // others open what they sealed: tokens, until they end.
  Task<Status> rotate(const SealingKeys& master);
  // Everything is gone: as at first.
  Task<Status> reset();

  // Tokens are sealed sessions: nothing is kept of them.
  [[nodiscard]] std::string token_of(const Session& session) const;
  // Of any account here, whichever's store is asked. Nothing where the token is none of ours.
  [[nodiscard]] std::optional<Session> read_token(std::string_view token) const;

 private:
  IdentityStore(engines::Kv& kv, std::string account_id, const SealingKeys& master);
  Task<Status> load();
  Status load_record(std::string_view key, std::string_view record);
  Status load_use(std::string_view key, std::string_view record);
  template <class T>
  [[nodiscard]] Table<T>& table() {
    return std::get<Table<T>>(tables_);
  }
  template <class T>
  [[nodiscard]] const Table<T>& table() const {
    return std::get<Table<T>>(tables_);
  }
  template <class T>
  void apply(const Put<T>& record);
  template <class T>
  void apply(const Removal<T>& removal);
  void index(const User& user, bool add);
  void forget_uses(const Change& change, engines::Batch& batch) const;
  void add_held(const std::vector<Attachment>& attachments, std::string_view to,
                std::vector<PolicyGrants::Held>& held) const;

  engines::Kv& kv_;
  const std::string account_id_;
  const engines::Partition partition_;
  SealingKeys sealing_;  // whose turn it is may change it
  WriteQueue queue_;

  mutable std::shared_mutex mutex_;
  SealingKeys token_key_;
  Kinds::Tables tables_;
  struct IndexedKey {
    std::string user;
    std::shared_ptr<KeyUse> use;
  };
  std::unordered_map<std::string, IndexedKey> keys_;    // by access key id
  std::unordered_map<std::string, KeyUse::Seen> uses_;  // read, of keys that are not yet
  mutable std::unordered_map<std::string, std::shared_ptr<const PolicyGrants>> grants_;
};

// AdministratorAccess and the others that every account has, by name.
[[nodiscard]] const Table<Policy>& system_policies();

}  // namespace lakeside::ram
