// Everything that RAM keeps of one account. All of it is in memory, so that lookups never block; a
// change is durable before it is seen, and holds from the next request on.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/clock.h"
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
  template <class T>
  struct Removal {
    std::string name;
  };
  template <class T>
  using Put = std::shared_ptr<const T>;
  using Write = std::variant<Put<User>, Put<Group>, Put<Role>, Put<Policy>, Removal<User>,
                             Removal<Group>, Removal<Role>, Removal<Policy>>;
  std::vector<Write> writes_;
};

// A session of a role, as its token carries it.
struct Session {
  std::string access_key_id;
  std::string access_key_secret;
  std::string role;
  std::string role_id;
  std::string name;
  std::string policy;  // document; empty: none
  Time expires{};
  std::string account = {};  // the role's
};

class IdentityStore {
 public:
  // Reads what is there. Kv outlives the store. Errors: the engine's; kCorrupt; kUnsupported (the
  // master key is another one than at last).
  [[nodiscard]] static Task<Result<std::unique_ptr<IdentityStore>>> open(engines::Kv& kv,
                                                                         std::string account_id,
                                                                         const SealingKey& master);

  [[nodiscard]] const std::string& account_id() const { return account_id_; }

  // Null where there is none. T: User, Group, Role, Policy (custom ones).
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

  // Changes are made by one after another: take a turn, look, commit.
  [[nodiscard]] WriteQueue::Waiting turn() { return queue_.turn(); }
  // Errors: the engine's; nothing has changed then.
  Task<Status> commit(const Change& change);

  struct KeyOwner {
    std::shared_ptr<const User> user;
    AccessKey key;
  };
  [[nodiscard]] std::optional<KeyOwner> key_owner(std::string_view access_key_id) const;
  // As they are now, made once and kept until something changes.
  [[nodiscard]] std::shared_ptr<const PolicyGrants> grants_of(const User& user) const;
  [[nodiscard]] std::shared_ptr<const PolicyGrants> grants_of(const Role& role) const;

  // Tokens are sealed sessions: nothing is kept of them.
  [[nodiscard]] std::string token_of(const Session& session) const;
  // Of any account here, whichever's store is asked. Nothing where the token is none of ours.
  [[nodiscard]] std::optional<Session> read_token(std::string_view token) const;

 private:
  IdentityStore(engines::Kv& kv, std::string account_id, const SealingKey& master);
  Task<Status> load();
  Status load_record(std::string_view key, std::string_view record);
  template <class T>
  [[nodiscard]] Table<T>& table();
  template <class T>
  [[nodiscard]] const Table<T>& table() const {
    return const_cast<IdentityStore*>(this)->table<T>();
  }
  template <class T>
  void apply(const std::shared_ptr<const T>& record);
  void index(const User& user, bool add);
  void add_held(const std::vector<Attachment>& attachments, std::string_view to,
                std::vector<PolicyGrants::Held>& held) const;

  engines::Kv& kv_;
  const std::string account_id_;
  const engines::Partition partition_;
  const SealingKey sealing_;
  const SealingKey token_key_;
  WriteQueue queue_;

  mutable std::shared_mutex mutex_;
  Table<User> users_;
  Table<Group> groups_;
  Table<Role> roles_;
  Table<Policy> policies_;
  std::unordered_map<std::string, std::string> key_users_;  // access key id → user
  mutable std::unordered_map<std::string, std::shared_ptr<const PolicyGrants>> grants_;
};

// AdministratorAccess and the others that every account has, by name.
[[nodiscard]] const Table<Policy>& system_policies();

}  // namespace lakeside::ram
