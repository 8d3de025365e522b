#include "services/kms/core/store.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/crypto.h"
#include "base/encoding.h"
#include "services/kms/core/ciphertext.h"
#include "services/kms/core/records.h"
#include "services/kms/core/sealed.h"

namespace lakeside::kms {
namespace {

constexpr std::string_view kTokenContext = "kms-import-token";
constexpr std::size_t kMaxToken = 8192;
constexpr std::size_t kMostDueAtOnce = 32;

template <class T>
constexpr std::string_view kPrefix = "";
template <>
constexpr std::string_view kPrefix<Key> = "key/";
template <>
constexpr std::string_view kPrefix<Alias> = "alias/";
template <>
constexpr std::string_view kPrefix<Secret> = "secret/";

template <class T>
std::string key_of(const T& record) {
  return std::string(kPrefix<T>) + record.account + "/" + name_in_account(record);
}

std::string value_key(const Secret& secret, std::uint64_t serial) {
  return std::string(kValuePrefix) + secret.account + "/" + secret.id + "/" +
         std::to_string(serial);
}

std::string context_of(const Secret& secret, std::uint64_t serial) {
  return value_context(value_key(secret, serial));
}

}  // namespace

void Change::put_value(const Secret& secret, std::uint64_t serial, std::string sealed) {
  values_.push_back({value_key(secret, serial), std::move(sealed)});
}
void Change::remove_value(const Secret& secret, std::uint64_t serial) {
  values_.push_back({value_key(secret, serial), std::nullopt});
}

template <>
Table<Key>& Store::table<Key>() {
  return keys_;
}
template <>
Table<Alias>& Store::table<Alias>() {
  return aliases_;
}
template <>
Table<Secret>& Store::table<Secret>() {
  return secrets_;
}

Store::Store(engines::Kv& kv, const SealingKeys& master)
    : kv_(kv), keyring_(std::make_shared<const Keyring>(master)) {}

Task<Result<std::unique_ptr<Store>>> Store::open(engines::Kv& kv, const SealingKeys& master) {
  std::unique_ptr<Store> store(new Store(kv, master));
  Status loaded = co_await store->load();
  if (loaded) loaded = store->check_material();
  if (loaded && store->needs_resealing()) loaded = co_await store->rotate(master);
  if (!loaded) co_return std::unexpected(std::move(loaded.error()));
  co_return std::move(store);
}

Task<Status> Store::load() {
  Status read;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    if (key.starts_with(kValuePrefix)) return engines::ScanStep::stop();
    read = load_record(key, record);
    return read ? engines::ScanStep::next() : engines::ScanStep::stop();
  };
  Status scanned = co_await kv_.scan(partition(), "", visitor);
  if (!scanned) co_return scanned;
  co_return read;
}

Status Store::load_record(std::string_view key, std::string_view record) {
  auto load_as = [&]<class T>(T value) -> Status {
    Status decoded = decode(record, value);
    if (decoded && key != key_of(value)) {
      return fail(ErrorCode::kCorrupt, "a record of KMS is another's: " + std::string(key));
    }
    if (!decoded) return decoded;
    std::string name = full_name(value.account, name_in_account(value));
    table<T>()[name] = std::make_shared<const T>(std::move(value));
    return decoded;
  };
  if (key.starts_with(kPrefix<Key>)) return load_as(Key());
  if (key.starts_with(kPrefix<Alias>)) return load_as(Alias());
  if (key.starts_with(kPrefix<Secret>)) return load_as(Secret());
  if (key == kMarkKey) return read_mark(record);
  return fail(ErrorCode::kUnsupported, "a record of KMS is of an unknown kind: " +
                                           std::string(key.substr(0, key.find('/'))));
}

// A wrong master key stops the start, not the first request that needs it.
Status Store::check_material() const {
  for (const auto& [name, key] : keys_) {
    if (key->primary().sealed.empty()) continue;
    auto opened = open_material(*key, key->primary());
    if (!opened) return fail(opened.error().code, "key " + key->id + ": " + opened.error().detail);
  }
  return {};
}

Task<Status> Store::commit(const Change& change) {
  engines::Batch batch;
  for (const Change::Write& write : change.writes_) {
    std::visit(
        [&]<class W>(const W& one) {
          if constexpr (requires { one.record; }) {
            batch.remove(key_of(*one.record));
            if constexpr (std::is_same_v<W, Change::Removal<Secret>>) {
              for (const SecretVersion& version : one.record->versions) {
                batch.remove(value_key(*one.record, version.serial));
              }
            }
          } else {
            batch.put(key_of(*one), encode(*one));
          }
        },
        write);
  }
  for (const Change::Value& value : change.values_) {
    if (value.sealed) {
      batch.put(value.key, *value.sealed);
    } else {
      batch.remove(value.key);
    }
  }
  Status written = co_await kv_.commit(partition(), batch);
  if (!written) co_return written;
  std::unique_lock lock(mutex_);
  for (const Change::Write& write : change.writes_) {
    std::visit(
        [&]<class W>(const W& one) {
          if constexpr (requires { one.record; }) {
            [&]<class T>(const Change::Removal<T>& gone) {
              table<T>().erase(full_name(gone.record->account, name_in_account(*gone.record)));
            }(one);
          } else {
            using T = std::remove_const_t<typename W::element_type>;
            table<T>()[full_name(one->account, name_in_account(*one))] = one;
          }
        },
        write);
  }
  co_return Status{};
}

std::string Store::seal_material(const Key& key, std::string_view version_id,
                                 std::string_view material) const {
  return keyring()->records.seal(material, context_of(key, version_id));
}

Result<Wiped> Store::open_material(const Key& key, const KeyVersion& version) const {
  return wiped(keyring()->records.open(version.sealed, context_of(key, version.id)));
}

std::string Store::print_of(const Key& key, std::string_view material) const {
  Sha256Digest digest = sha256(as_bytes(material));
  return keyring()->records.seal(as_text(digest), print_context(key));
}

bool Store::is_same_material(const Key& key, std::string_view material) const {
  auto print = keyring()->records.open(key.material_print, print_context(key));
  Sha256Digest digest = sha256(as_bytes(material));
  return print && constant_time_equal(*print, as_text(digest));
}

std::string Store::seal_value(const Secret& secret, std::uint64_t serial,
                              std::string_view value) const {
  return keyring()->records.seal(value, context_of(secret, serial));
}

Task<Result<Wiped>> Store::value(const Secret& secret, std::uint64_t serial) const {
  const std::string key = value_key(secret, serial);
  auto record = co_await engines::get_one(kv_, partition(), key);
  if (!record) co_return std::unexpected(std::move(record.error()));
  if (!*record) co_return fail(ErrorCode::kNotFound, "a secret's value is gone");
  co_return wiped(keyring()->records.open(**record, context_of(secret, serial)));
}

std::string Store::seal_token(std::string_view text) const {
  return keyring()->tokens.seal(text, kTokenContext);
}

std::optional<Wiped> Store::read_token(std::string_view token) const {
  if (token.size() > kMaxToken) return std::nullopt;
  auto opened = wiped(keyring()->tokens.open(token, kTokenContext));
  if (!opened) return std::nullopt;
  return std::move(*opened);
}

// Whether something of the key is due; `change` does it then.
bool Store::add_due(const std::shared_ptr<const Key>& key, Time now, Change& change) const {
  KeyState state = state_of(*key, now);
  if (state == KeyState::kGone) {
    change.remove(key);
    for (const auto& alias : list<Alias>(key->account)) {
      if (alias->key_id == key->id) change.remove(alias);
    }
    return true;
  }
  bool expired = key->material_expires && *key->material_expires <= now;
  if (expired && !key->primary().sealed.empty()) {
    Key without = *key;
    without.versions.back().sealed.clear();
    change.put(std::move(without));
    return true;
  }
  auto rotation = next_rotation(*key);
  if (state != KeyState::kEnabled || !rotation || *rotation > now) return false;
  if (key->versions.size() >= kMaxRotatedVersions) return false;
  change.put(with_new_version(*this, *key, now));
  return true;
}

Task<Result<std::size_t>> Store::do_what_is_due(Time now) {
  auto turn = co_await queue_.turn();
  std::size_t done = 0;
  Change change;
  for (const auto& key : everybodys<Key>()) {
    if (done < kMostDueAtOnce && add_due(key, now, change)) ++done;
  }
  for (const auto& secret : everybodys<Secret>()) {
    if (done >= kMostDueAtOnce || !secret->delete_at || *secret->delete_at > now) continue;
    change.remove(secret);
    ++done;
  }
  if (done == 0) co_return done;
  Status written = co_await commit(change);
  if (!written) co_return std::unexpected(std::move(written.error()));
  co_return done;
}

Task<Status> Store::reset() {
  auto turn = co_await queue_.turn();
  engines::Batch batch;
  engines::ScanVisitor visitor = [&batch](std::string_view key, std::string_view) {
    batch.remove(std::string(key));
    return engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), "", visitor);
  if (!scanned) co_return scanned;
  if (!batch.writes().empty()) {
    Status written = co_await kv_.commit(partition(), batch);
    if (!written) co_return written;
  }
  std::unique_lock lock(mutex_);
  keys_.clear();
  aliases_.clear();
  secrets_.clear();
  co_return Status{};
}

Key with_new_version(const Store& store, Key key, Time now) {
  const Wiped material = Wiped::random(kMaterialBytes);
  KeyVersion version{random_uuid(), now, {}};
  version.sealed = store.seal_material(key, version.id, material.view());
  key.versions.push_back(std::move(version));
  return key;
}

}  // namespace lakeside::kms
