// Everything that KMS keeps, of all accounts. Keys, aliases and secrets are in memory, their
// material sealed; values of secrets are in the engine alone. A change is durable before it is
// seen.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/seal.h"
#include "base/task.h"
#include "base/write_queue.h"
#include "engines/kv.h"
#include "services/kms/core/types.h"
#include "services/kms/core/wiped.h"

namespace lakeside::kms {

// By "ACCOUNT/NAME".
template <class T>
using Table = std::map<std::string, std::shared_ptr<const T>, std::less<>>;

// What changes at once: all of it or nothing.
class Change {
 public:
  template <class T>
  void put(T record) {
    writes_.emplace_back(std::make_shared<const T>(std::move(record)));
  }
  // A secret goes with its values.
  template <class T>
  void remove(std::shared_ptr<const T> record) {
    writes_.emplace_back(Removal<T>{std::move(record)});
  }
  // A value of a secret, sealed by Store::seal_value.
  void put_value(const Secret& secret, std::uint64_t serial, std::string sealed);
  void remove_value(const Secret& secret, std::uint64_t serial);

 private:
  friend class Store;
  template <class T>
  struct Removal {
    std::shared_ptr<const T> record;
  };
  template <class T>
  using Put = std::shared_ptr<const T>;
  using Write = std::variant<Put<Key>, Put<Alias>, Put<Secret>, Removal<Key>, Removal<Alias>,
                             Removal<Secret>>;
  struct Value {
    std::string key;
    std::optional<std::string> sealed;  // nothing: remove
  };
  std::vector<Write> writes_;
  std::vector<Value> values_;
};

class Store {
 public:
  // Reads what is there, and seals anew what is not sealed with the first key, where there are
  // several or a rotation was cut off. Kv outlives the store. Errors: the engine's; kCorrupt;
  // kUnsupported (something was sealed with a key that is not among these).
  [[nodiscard]] static Task<Result<std::unique_ptr<Store>>> open(engines::Kv& kv,
                                                                 const SealingKeys& master);

  // Null where the account has none. T: Key (by id), Alias, Secret.
  template <class T>
  [[nodiscard]] std::shared_ptr<const T> find(std::string_view account,
                                              std::string_view name) const {
    std::shared_lock lock(mutex_);
    auto found = table<T>().find(full_name(account, name));
    return found == table<T>().end() ? nullptr : found->second;
  }
  // Of the account, by name.
  template <class T>
  [[nodiscard]] std::vector<std::shared_ptr<const T>> list(std::string_view account) const {
    std::shared_lock lock(mutex_);
    const std::string prefix = full_name(account, "");
    std::vector<std::shared_ptr<const T>> all;
    for (auto at = table<T>().lower_bound(prefix);
         at != table<T>().end() && at->first.starts_with(prefix); ++at) {
      all.push_back(at->second);
    }
    return all;
  }

  // Changes are made by one after another: take a turn, look, commit.
  [[nodiscard]] WriteQueue::Waiting turn() { return queue_.turn(); }
  // Errors: the engine's; nothing has changed then.
  Task<Status> commit(const Change& change);

  // Material of a key's version, and back. Errors of the latter: kCorrupt, kUnsupported.
  [[nodiscard]] std::string seal_material(const Key& key, std::string_view version_id,
                                          std::string_view material) const;
  [[nodiscard]] Result<Wiped> open_material(const Key& key, const KeyVersion& version) const;
  // What tells whether imported material is what it was before.
  [[nodiscard]] std::string print_of(const Key& key, std::string_view material) const;
  [[nodiscard]] bool is_same_material(const Key& key, std::string_view material) const;

  [[nodiscard]] std::string seal_value(const Secret& secret, std::uint64_t serial,
                                       std::string_view value) const;
  // Errors: the engine's; kNotFound, kCorrupt, kUnsupported.
  Task<Result<Wiped>> value(const Secret& secret, std::uint64_t serial) const;

  // Tokens for imports are sealed and not kept.
  [[nodiscard]] std::string seal_token(std::string_view text) const;
  [[nodiscard]] std::optional<Wiped> read_token(std::string_view token) const;

  // From now on seals with the first of these keys, with which all that rests is sealed anew, piece
  // by piece; the others, and those of before, open it until then. What is cut off goes on with the
  // next open() or rotate(). Errors: the engine's; kUnsupported (sealed with none of them).
  Task<Status> rotate(const SealingKeys& master);
  // Everything of every account is gone.
  Task<Status> reset();

  // Does some of what is due: rotates keys, removes those whose time has come with their aliases,
  // secrets likewise, and imported material that has expired. How many things it did.
  Task<Result<std::size_t>> do_what_is_due(Time now);

 private:
  Store(engines::Kv& kv, const SealingKeys& master);
  static std::string full_name(std::string_view account, std::string_view name) {
    return std::string(account) + "/" + std::string(name);
  }
  Task<Status> load();
  Status load_record(std::string_view key, std::string_view record);
  [[nodiscard]] Status check_material() const;
  template <class T>
  [[nodiscard]] Table<T>& table();
  template <class T>
  [[nodiscard]] const Table<T>& table() const {
    return const_cast<Store*>(this)->table<T>();
  }
  template <class T>
  [[nodiscard]] std::vector<std::shared_ptr<const T>> everybodys() const {
    std::shared_lock lock(mutex_);
    std::vector<std::shared_ptr<const T>> all;
    for (const auto& [name, one] : table<T>()) all.push_back(one);
    return all;
  }
  bool add_due(const std::shared_ptr<const Key>& key, Time now, Change& change) const;

  // reseal.cc. Keys are changed by whose turn it is: what is sealed is sealed within the turn that
  // writes it.
  struct Keyring {
    explicit Keyring(const SealingKeys& master);
    SealingKeys records;
    SealingKeys tokens;
  };
  using KeyringPtr = std::shared_ptr<const Keyring>;
  [[nodiscard]] KeyringPtr keyring() const {
    std::shared_lock lock(mutex_);
    return keyring_;
  }
  void use(KeyringPtr ring) {
    std::unique_lock lock(mutex_);
    keyring_ = std::move(ring);
  }
  Status read_mark(std::string_view record);
  Task<Status> write_mark(const KeyringPtr& ring, bool all_sealed);
  [[nodiscard]] bool needs_resealing() const;
  Task<Status> seal_anew();
  Task<Status> seal_keys_anew();
  Task<Result<std::string>> seal_values_anew(std::string from);

  engines::Kv& kv_;
  WriteQueue queue_;
  bool all_sealed_ = false;  // with the first key; where there is but one, it need not be known
  bool cut_off_ = false;     // a rotation was

  mutable std::shared_mutex mutex_;
  KeyringPtr keyring_;
  Table<Key> keys_;
  Table<Alias> aliases_;
  Table<Secret> secrets_;
};

// A symmetric key with one more version of random material, its primary from now on.
[[nodiscard]] Key with_new_version(const Store& store, Key key, Time now);

}  // namespace lakeside::kms
