// A new master key: everything is sealed anew, in pieces. Which is done is seen from the seals
// themselves, and a mark says whether all of it is, so that a process that is killed goes on.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "services/kms/core/sealed.h"
#include "services/kms/core/store.h"

namespace lakeside::kms {
namespace {

constexpr std::string_view kMarkContext = "kms-sealing";
constexpr std::string_view kAllSealed = "all";
constexpr std::string_view kUnderWay = "under way";
// Of one commit, which other changes wait for.
constexpr std::size_t kKeysAtOnce = 32;
constexpr std::size_t kValuesAtOnce = 128;
constexpr std::size_t kBytesAtOnce = 1 << 20;

// Sealed with the first of the keys; nothing where it is already. Errors: kUnsupported.
Result<std::optional<std::string>> sealed_anew(const SealingKeys& keys, std::string_view sealed,
                                               const std::string& context) {
  if (sealed.empty()) return std::nullopt;
  if (wiped(keys.keys().front().open(sealed, context))) return std::nullopt;
  auto opened = wiped(keys.open(sealed, context));
  if (opened) return keys.seal(opened->view(), context);
  if (opened.error().code == ErrorCode::kUnsupported) {
    return fail(ErrorCode::kUnsupported, context + ": " + opened.error().detail);
  }
  // It does not open any more, whatever it is sealed with: no reason to keep the others back.
  log(LogLevel::kError, "what KMS keeps is broken", {{"what", context}});
  return std::nullopt;
}

// Whether something of the key was.
Result<bool> renew(const SealingKeys& keys, Key& key) {
  bool changed = false;
  for (KeyVersion& version : key.versions) {
    auto anew = sealed_anew(keys, version.sealed, context_of(key, version.id));
    if (!anew) return std::unexpected(std::move(anew.error()));
    if (!*anew) continue;
    version.sealed = std::move(**anew);
    changed = true;
  }
  auto print = sealed_anew(keys, key.material_print, print_context(key));
  if (!print) return std::unexpected(std::move(print.error()));
  if (!*print) return changed;
  key.material_print = std::move(**print);
  return true;
}

// The keys of `ring`, and behind them those of `earlier` that are not among them.
SealingKeys with_earlier(const SealingKeys& ring, const SealingKeys& earlier) {
  std::vector<SealingKey> keys = ring.keys();
  for (const SealingKey& key : earlier.keys()) {
    if (!ring.open(key.seal("", kMarkContext), kMarkContext)) keys.push_back(key);
  }
  return SealingKeys(std::move(keys));
}

}  // namespace

Store::Keyring::Keyring(const SealingKeys& master)
    : records(master.derive("kms records")), tokens(master.derive("kms import tokens")) {}

Status Store::read_mark(std::string_view record) {
  const SealingKeys& keys = keyring_->records;
  auto mark = keys.open(record, kMarkContext);
  if (!mark) return fail(mark.error().code, "the mark of KMS's seals: " + mark.error().detail);
  cut_off_ = *mark != kAllSealed;
  all_sealed_ = !cut_off_ && keys.keys().front().open(record, kMarkContext).has_value();
  return {};
}

Task<Status> Store::write_mark(const KeyringPtr& ring, bool all_sealed) {
  engines::Batch batch;
  batch.put(std::string(kMarkKey),
            ring->records.seal(all_sealed ? kAllSealed : kUnderWay, kMarkContext));
  co_return co_await kv_.commit(partition(), batch);
}

bool Store::needs_resealing() const {
  return cut_off_ || (keyring_->records.keys().size() > 1 && !all_sealed_);
}

Task<Status> Store::rotate(const SealingKeys& master) {
  const auto wanted = std::make_shared<const Keyring>(master);
  // Somebody may take a key away before all that it sealed is sealed anew.
  auto both = std::make_shared<Keyring>(*wanted);
  {
    // Who sealed in an earlier turn has committed: what is read from now on is all there is.
    auto turn = co_await queue_.turn();
    both->records = with_earlier(wanted->records, keyring()->records);
    Status begun = co_await write_mark(both, false);
    if (!begun) co_return begun;
    use(both);
  }
  Status sealed = co_await seal_anew();
  if (!sealed) co_return sealed;
  // The earlier keys stay for as long as the process runs: a request that found its key's record
  // before may open it only now.
  auto turn = co_await queue_.turn();
  co_return co_await write_mark(wanted, true);
}

Task<Status> Store::seal_anew() {
  Status keys = co_await seal_keys_anew();
  if (!keys) co_return keys;
  std::string from(kValuePrefix);
  while (!from.empty()) {
    auto next = co_await seal_values_anew(std::move(from));
    if (!next) co_return std::unexpected(std::move(next.error()));
    from = std::move(*next);
  }
  co_return Status{};
}

Task<Status> Store::seal_keys_anew() {
  const auto all = everybodys<Key>();
  for (std::size_t first = 0; first < all.size(); first += kKeysAtOnce) {
    auto turn = co_await queue_.turn();
    Change change;
    bool any = false;
    for (std::size_t i = first; i < std::min(first + kKeysAtOnce, all.size()); ++i) {
      auto now = find<Key>(all[i]->account, all[i]->id);
      if (now == nullptr) continue;
      Key key = *now;
      auto changed = renew(keyring()->records, key);
      if (!changed) co_return std::unexpected(std::move(changed.error()));
      if (!*changed) continue;
      change.put(std::move(key));
      any = true;
    }
    if (!any) continue;
    Status written = co_await commit(change);
    if (!written) co_return written;
  }
  co_return Status{};
}

// Some of them, from this key on: where to go on, empty at the end.
Task<Result<std::string>> Store::seal_values_anew(std::string from) {
  auto turn = co_await queue_.turn();
  std::string next;
  std::size_t bytes = 0;
  std::vector<std::pair<std::string, std::string>> read;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    if (!key.starts_with(kValuePrefix)) return engines::ScanStep::stop();
    if (read.size() == kValuesAtOnce || bytes >= kBytesAtOnce) {
      next = key;
      return engines::ScanStep::stop();
    }
    bytes += record.size();
    read.emplace_back(key, record);
    return engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), from, visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  engines::Batch batch;
  for (auto& [key, record] : read) {
    auto anew = sealed_anew(keyring()->records, record, value_context(key));
    if (!anew) co_return std::unexpected(std::move(anew.error()));
    if (*anew) batch.put(std::move(key), std::move(**anew));
  }
  if (batch.writes().empty()) co_return next;
  Status written = co_await kv_.commit(partition(), batch);
  if (!written) co_return std::unexpected(std::move(written.error()));
  co_return next;
}

}  // namespace lakeside::kms
