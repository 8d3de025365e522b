// The accounts of one installation: the one that its data folder was made with, and those that were
// made since. Each has a root key, and users, roles and policies of its own.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/seal.h"
#include "base/task.h"
#include "base/write_queue.h"
#include "engines/kv.h"
#include "services/ram/core/identity_store.h"

namespace lakeside::ram {

inline constexpr std::size_t kMaxAccounts = 1000;
inline constexpr std::size_t kMaxAccountName = 128;

struct Account {
  std::string id;    // 16 digits
  std::string name;  // for people
  std::string access_key_id;
  std::string access_key_secret;  // sealed at rest
  Time created{};
  bool disabled = false;
};

class Accounts {
 public:
  // `main`: the data folder's account, of which nothing is kept here but its identities. Kv
  // outlives it. Errors: the engine's; kCorrupt; kUnsupported (another master key).
  [[nodiscard]] static Task<Result<std::unique_ptr<Accounts>>> open(engines::Kv& kv,
                                                                    std::string main,
                                                                    const SealingKeys& master);

  [[nodiscard]] IdentityStore& main() const { return *main_; }
  // Null where there is no such account.
  [[nodiscard]] IdentityStore* find(std::string_view id) const;
  // The same by an account's id or its alias.
  [[nodiscard]] IdentityStore* named(std::string_view id_or_alias) const;
  // The main one first.
  [[nodiscard]] std::vector<IdentityStore*> stores() const;
  // Of what find knows.
  [[nodiscard]] bool is_disabled(std::string_view id) const;

  // Oldest first, without the main one.
  [[nodiscard]] std::vector<Account> list() const;
  // With a new root key, whose secret is shown now and never again. Errors: kInvalid (the name),
  // kNoSpace (there are as many as may be), the engine's.
  Task<Result<Account>> create(std::string name, Time now);
  // Holds from the next request on. Errors: kNotFound, kInvalid (the main account), the engine's.
  Task<Status> set_disabled(const std::string& id, bool disabled);

  // Whose root key it is; the main account's is not kept here.
  [[nodiscard]] std::optional<Account> root_of(std::string_view access_key_id) const;
  // Whose user has that key; null: nobody's.
  [[nodiscard]] IdentityStore* holder_of(std::string_view access_key_id) const;

  // That a user's key was used.
  void note_use(std::string_view access_key_id, Time now, std::string_view service) const;
  // Makes durable when keys were last used. How many it wrote.
  Task<Result<std::size_t>> save_key_uses();
  // From now on seals with the first of these keys, with which everything is sealed anew.
  Task<Status> rotate(const SealingKeys& master);
  // Users, roles and policies are gone, and so is every account but the main one.
  Task<Status> reset();

 private:
  struct Entry {
    Account account;
    std::unique_ptr<IdentityStore> store;
  };

  Accounts(engines::Kv& kv, const SealingKeys& master);
  Task<Status> load();
  [[nodiscard]] Task<Result<std::unique_ptr<Entry>>> open_entry(Account account);
  void add(std::unique_ptr<Entry> entry);
  [[nodiscard]] std::string encode(const Account& account) const;
  [[nodiscard]] Result<Account> decode(std::string_view id, std::string_view record) const;

  engines::Kv& kv_;
  SealingKeys master_;  // whose turn it is may change both
  SealingKeys sealing_;
  WriteQueue queue_;
  std::unique_ptr<IdentityStore> main_;
  // With one account, which is the rule, nobody takes the lock.
  std::atomic<bool> has_others_ = false;
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::unique_ptr<Entry>, std::less<>> others_;
  std::unordered_map<std::string, Entry*> root_keys_;
  // Of accounts that a reset removed: requests may still have them in hand. Until the end.
  std::vector<std::unique_ptr<Entry>> removed_;
  // Where keys of users were found last, so that not every account is asked each time.
  mutable std::unordered_map<std::string, IdentityStore*> holders_;
};

}  // namespace lakeside::ram
