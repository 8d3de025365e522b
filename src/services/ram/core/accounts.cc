#include "services/ram/core/accounts.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "base/encoding.h"

namespace lakeside::ram {
namespace {

constexpr std::size_t kMaxHolders = 100'000;
constexpr std::string_view kRecordKeys = "account records";  // what the derived key is for

const engines::Partition& partition() {
  static const engines::Partition accounts{"accounts"};
  return accounts;
}

std::string new_account_id() {
  std::string digits;
  while (digits.size() < 16) {
    for (char c : random_alphanumeric(16)) {
      bool first_zero = digits.empty() && c == '0';
      if (c >= '0' && c <= '9' && !first_zero && digits.size() < 16) digits += c;
    }
  }
  return digits;
}

std::string seal_context(std::string_view account) {
  return "account/" + std::string(account) + "/root-key";
}

bool is_name(std::string_view name) {
  return name.size() <= kMaxAccountName && is_valid_utf8(name) &&
         std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace

Accounts::Accounts(engines::Kv& kv, const SealingKeys& master)
    : kv_(kv), master_(master), sealing_(master.derive(kRecordKeys)) {}

Task<Result<std::unique_ptr<Accounts>>> Accounts::open(engines::Kv& kv, std::string main,
                                                       const SealingKeys& master) {
  std::unique_ptr<Accounts> accounts(new Accounts(kv, master));
  auto store = co_await IdentityStore::open(kv, std::move(main), master);
  if (!store) co_return std::unexpected(std::move(store.error()));
  accounts->main_ = std::move(*store);
  Status loaded = co_await accounts->load();
  if (!loaded) co_return std::unexpected(std::move(loaded.error()));
  co_return std::move(accounts);
}

Task<Status> Accounts::load() {
  Status read;
  std::vector<Account> found;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    auto account = decode(key, record);
    if (!account) {
      read = std::unexpected(std::move(account.error()));
      return engines::ScanStep::stop();
    }
    found.push_back(std::move(*account));
    return engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), "", visitor);
  if (!scanned) co_return scanned;
  if (!read) co_return read;
  for (Account& account : found) {
    auto entry = co_await open_entry(std::move(account));
    if (!entry) co_return std::unexpected(std::move(entry.error()));
    add(std::move(*entry));
  }
  co_return Status{};
}

Task<Result<std::unique_ptr<Accounts::Entry>>> Accounts::open_entry(Account account) {
  auto store = co_await IdentityStore::open(kv_, account.id, master_);
  if (!store) co_return std::unexpected(std::move(store.error()));
  auto entry = std::make_unique<Entry>();
  entry->account = std::move(account);
  entry->store = std::move(*store);
  co_return std::move(entry);
}

void Accounts::add(std::unique_ptr<Entry> entry) {
  std::unique_lock lock(mutex_);
  root_keys_[entry->account.access_key_id] = entry.get();
  std::string id = entry->account.id;
  others_[std::move(id)] = std::move(entry);
  has_others_.store(true, std::memory_order_release);
}

std::string Accounts::encode(const Account& account) const {
  std::string sealed = sealing_.seal(account.access_key_secret, seal_context(account.id));
  nlohmann::json json = {{"v", 1},
                         {"name", account.name},
                         {"created", account.created.time_since_epoch().count()},
                         {"disabled", account.disabled},
                         {"key", account.access_key_id},
                         {"secret", base64_encode(as_bytes(sealed))}};
  return json.dump();
}

Result<Account> Accounts::decode(std::string_view id, std::string_view record) const {
  try {
    auto json = nlohmann::json::parse(record);
    if (json.at("v") != 1) return fail(ErrorCode::kUnsupported, "account: of a later version");
    Account account;
    account.id = id;
    account.name = json.at("name").get<std::string>();
    account.created = Time(std::chrono::microseconds(json.at("created").get<std::int64_t>()));
    account.disabled = json.at("disabled").get<bool>();
    account.access_key_id = json.at("key").get<std::string>();
    auto sealed = base64_decode(json.at("secret").get_ref<const std::string&>());
    if (!sealed) return fail(ErrorCode::kCorrupt, "account: its secret is not base64");
    auto secret = sealing_.open(*sealed, seal_context(id));
    if (!secret) return std::unexpected(std::move(secret.error()));
    account.access_key_secret = std::move(*secret);
    return account;
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("account: ") + error.what());
  }
}

IdentityStore* Accounts::find(std::string_view id) const {
  if (id == main_->account_id()) return main_.get();
  if (!has_others_.load(std::memory_order_acquire)) return nullptr;
  std::shared_lock lock(mutex_);
  auto found = others_.find(id);
  return found == others_.end() ? nullptr : found->second->store.get();
}

bool Accounts::is_disabled(std::string_view id) const {
  if (id == main_->account_id() || !has_others_.load(std::memory_order_acquire)) return false;
  std::shared_lock lock(mutex_);
  auto found = others_.find(id);
  return found != others_.end() && found->second->account.disabled;
}

std::vector<Account> Accounts::list() const {
  std::shared_lock lock(mutex_);
  std::vector<Account> all;
  for (const auto& [id, entry] : others_) {
    all.push_back(entry->account);
    all.back().access_key_secret.clear();
  }
  std::ranges::sort(all, {}, [](const Account& one) { return std::pair(one.created, one.id); });
  return all;
}

Task<Result<Account>> Accounts::create(std::string name, Time now) {
  if (!is_name(name)) {
    co_return fail(ErrorCode::kInvalid, "a name is UTF-8 of at most " +
                                            std::to_string(kMaxAccountName) +
                                            " bytes, without control characters");
  }
  auto turn = co_await queue_.turn();
  if (list().size() + 1 >= kMaxAccounts) {
    co_return fail(ErrorCode::kNoSpace,
                   "there are " + std::to_string(kMaxAccounts) + " accounts already");
  }
  Account account;
  do {
    account.id = new_account_id();
  } while (find(account.id) != nullptr);
  account.name = std::move(name);
  account.access_key_id = "LTAI5t" + random_alphanumeric(18);
  account.access_key_secret = random_alphanumeric(30);
  account.created = now;
  auto entry = co_await open_entry(account);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  engines::Batch batch;
  batch.require_absent(account.id);
  batch.put(account.id, encode(account));
  Status written = co_await kv_.commit(partition(), batch);
  if (!written) co_return std::unexpected(std::move(written.error()));
  add(std::move(*entry));
  co_return std::move(account);
}

Task<Status> Accounts::set_disabled(const std::string& id, bool disabled) {
  if (id == main_->account_id()) {
    co_return fail(ErrorCode::kInvalid, "the account of the data folder cannot be disabled");
  }
  auto turn = co_await queue_.turn();
  Account account;
  {
    std::shared_lock lock(mutex_);
    auto found = others_.find(id);
    if (found == others_.end()) co_return fail(ErrorCode::kNotFound, "there is no such account");
    account = found->second->account;
  }
  account.disabled = disabled;
  engines::Batch batch;
  batch.put(id, encode(account));
  Status written = co_await kv_.commit(partition(), batch);
  if (!written) co_return written;
  std::unique_lock lock(mutex_);
  others_.find(id)->second->account.disabled = disabled;
  co_return Status{};
}

std::optional<Account> Accounts::root_of(std::string_view access_key_id) const {
  if (!has_others_.load(std::memory_order_acquire)) return std::nullopt;
  std::shared_lock lock(mutex_);
  auto found = root_keys_.find(std::string(access_key_id));
  if (found == root_keys_.end()) return std::nullopt;
  return found->second->account;
}

IdentityStore* Accounts::holder_of(std::string_view access_key_id) const {
  if (main_->key_owner(access_key_id)) return main_.get();
  if (!has_others_.load(std::memory_order_acquire)) return nullptr;
  std::string key(access_key_id);
  IdentityStore* holder = nullptr;
  {
    std::shared_lock lock(mutex_);
    if (auto known = holders_.find(key); known != holders_.end()) return known->second;
    for (const auto& [id, entry] : others_) {
      if (entry->store->key_owner(access_key_id)) {
        holder = entry->store.get();
        break;
      }
    }
  }
  if (holder == nullptr) return nullptr;
  std::unique_lock lock(mutex_);
  if (holders_.size() >= kMaxHolders) holders_.clear();
  // Keys have random names: one that is deleted is never another account's.
  return holders_[std::move(key)] = holder;
}

std::vector<IdentityStore*> Accounts::stores() const {
  std::vector<IdentityStore*> all{main_.get()};
  if (!has_others_.load(std::memory_order_acquire)) return all;
  std::shared_lock lock(mutex_);
  for (const auto& [id, entry] : others_) all.push_back(entry->store.get());
  return all;
}

IdentityStore* Accounts::named(std::string_view id_or_alias) const {
  if (IdentityStore* found = find(id_or_alias)) return found;
  if (id_or_alias.empty()) return nullptr;
  for (IdentityStore* store : stores()) {
    if (store->settings()->alias == id_or_alias) return store;
  }
  return nullptr;
}

void Accounts::note_use(std::string_view access_key_id, Time now, std::string_view service) const {
  if (!has_others_.load(std::memory_order_acquire)) {
    main_->note_use(access_key_id, now, service);
  } else if (const IdentityStore* store = holder_of(access_key_id)) {
    store->note_use(access_key_id, now, service);
  }
}

Task<Result<std::size_t>> Accounts::save_key_uses() {
  std::size_t written = 0;
  for (IdentityStore* store : stores()) {
    auto of_store = co_await store->save_key_uses();
    if (!of_store) co_return of_store;
    written += *of_store;
  }
  co_return written;
}

Task<Status> Accounts::rotate(const SealingKeys& master) {
  auto turn = co_await queue_.turn();
  master_ = master;
  sealing_ = master.derive(kRecordKeys);
  engines::Batch batch;
  {
    std::shared_lock lock(mutex_);
    for (const auto& [id, entry] : others_) batch.put(id, encode(entry->account));
  }
  if (!batch.writes().empty()) {
    Status written = co_await kv_.commit(partition(), batch);
    if (!written) co_return written;
  }
  for (IdentityStore* store : stores()) {
    Status rotated = co_await store->rotate(master);
    if (!rotated) co_return rotated;
  }
  co_return Status{};
}

Task<Status> Accounts::reset() {
  auto turn = co_await queue_.turn();
  const std::vector<IdentityStore*> all = stores();
  for (IdentityStore* store : all) {
    Status done = co_await store->reset();
    if (!done) co_return done;
  }
  engines::Batch batch;
  for (IdentityStore* store : all) {
    if (store != main_.get()) batch.remove(store->account_id());
  }
  if (!batch.writes().empty()) {
    Status written = co_await kv_.commit(partition(), batch);
    if (!written) co_return written;
  }
  std::unique_lock lock(mutex_);
  for (auto& [id, entry] : others_) removed_.push_back(std::move(entry));
  others_.clear();
  root_keys_.clear();
  holders_.clear();
  co_return Status{};
}

}  // namespace lakeside::ram
