#include "services/modelstudio/core/model_keys.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <tuple>
#include <utility>

#include "base/crypto.h"
#include "base/encoding.h"
#include "services/modelstudio/core/key_records.h"

namespace lakeside::modelstudio {
namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::size_t kMaxWorkspace = 64;
constexpr std::size_t kMaxBuckets = 256;
constexpr std::size_t kMaxBucketName = 63;
constexpr std::size_t kMaxModels = 256;
constexpr std::size_t kMaxModelName = 128;
constexpr std::size_t kSecretLength = 43;  // of 62 characters: 256 bits

const engines::Partition& partition() {
  static const engines::Partition keys{"modelstudio.keys"};
  return keys;
}

// A plain hash is enough for a text of 256 random bits: there is nothing to guess.
std::string hash_of(std::string_view secret) { return hex_lower(sha256(as_bytes(secret))); }

bool is_name(std::string_view text, std::size_t most, std::string_view marks) {
  auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || marks.find(c) != marks.npos;
  };
  return !text.empty() && text.size() <= most && std::ranges::all_of(text, allowed);
}

bool may_be_bucket(std::string_view name) {
  return name == kAllBuckets || is_name(name, kMaxBucketName, "-.");
}

Status check(const KeySettings& settings) {
  if (settings.name.size() > kMaxName || !is_valid_utf8(settings.name)) {
    return fail(ErrorCode::kInvalid, "a key's name has at most 128 bytes of UTF-8");
  }
  if (!std::isfinite(settings.weight) || settings.weight <= 0) {
    return fail(ErrorCode::kInvalid, "a key's weight is above 0");
  }
  if (!is_name(settings.workspace, kMaxWorkspace, "-")) {
    return fail(ErrorCode::kInvalid, "a workspace's name has 1 to 64 of a-z, 0-9 and -");
  }
  if (settings.buckets.size() > kMaxBuckets ||
      !std::ranges::all_of(settings.buckets, may_be_bucket)) {
    return fail(ErrorCode::kInvalid, "a key has at most 256 buckets, by their names, or *");
  }
  auto may_be_model = [](const std::string& name) {
    return !name.empty() && name.size() <= kMaxModelName && is_valid_utf8(name);
  };
  if (settings.models.size() > kMaxModels || !std::ranges::all_of(settings.models, may_be_model)) {
    return fail(ErrorCode::kInvalid, "a key has at most 256 models, by their names, or *");
  }
  return {};
}

class StoredKeys final : public KeyStore {
 public:
  StoredKeys(engines::Kv& kv, const Clock& clock) : kv_(kv), clock_(clock) {}

  Task<Status> load();

  [[nodiscard]] std::optional<ModelKey> find(std::string_view bearer) const override {
    std::string hash = hash_of(bearer);
    std::shared_lock lock(mutex_);
    auto found = by_hash_.find(hash);
    if (found == by_hash_.end()) return std::nullopt;
    return found->second;
  }

  [[nodiscard]] std::optional<ModelKey> named(const std::string& id) const override {
    auto found = by_id(id);
    if (!found) return std::nullopt;
    return std::move(found->second);
  }

  Task<Result<Created>> create(const KeySettings& settings,
                               const std::optional<std::string>& secret) override;
  [[nodiscard]] std::vector<ModelKey> list() const override;
  Task<Result<Created>> reset(const std::string& id) override;
  Task<Result<ModelKey>> change(const std::string& id, const KeySettings& settings) override;
  Task<Status> revoke(const std::string& id) override;

 private:
  // The hash and the key of that id.
  [[nodiscard]] std::optional<std::pair<std::string, ModelKey>> by_id(const std::string& id) const;

  engines::Kv& kv_;
  const Clock& clock_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, ModelKey, std::less<>> by_hash_;
};

Task<Status> StoredKeys::load() {
  Status decoded;
  engines::ScanVisitor visitor = [&](std::string_view hash, std::string_view record) {
    auto key = decode_key(record);
    if (!key) {
      decoded = std::unexpected(std::move(key.error()));
      return engines::ScanStep::stop();
    }
    by_hash_.emplace(hash, std::move(*key));
    return engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), "", visitor);
  if (!scanned) co_return scanned;
  co_return decoded;
}

Task<Result<KeyStore::Created>> StoredKeys::create(const KeySettings& settings,
                                                   const std::optional<std::string>& secret) {
  if (Status fits = check(settings); !fits) co_return std::unexpected(std::move(fits.error()));
  Created made;
  made.secret = secret ? *secret : "sk-" + random_alphanumeric(kSecretLength);
  made.key = {"key-" + to_lower_ascii(random_hex_upper(8)), settings, clock_.now()};
  std::string hash = hash_of(made.secret);
  engines::Batch batch;
  batch.require_absent(hash);
  batch.put(hash, encode_key(made.key));
  Status written = co_await kv_.commit(partition(), batch);
  if (!written) co_return std::unexpected(std::move(written.error()));
  std::unique_lock lock(mutex_);
  by_hash_.emplace(std::move(hash), made.key);
  co_return made;
}

Task<Result<KeyStore::Created>> StoredKeys::reset(const std::string& id) {
  auto found = by_id(id);
  if (!found) co_return fail(ErrorCode::kNotFound, "no such key");
  const std::string& old_hash = found->first;
  Created made{found->second, "sk-" + random_alphanumeric(kSecretLength)};
  std::string hash = hash_of(made.secret);
  // Of two resets at once the second finds the record gone.
  auto stored = co_await engines::get_one(kv_, partition(), old_hash);
  if (!stored) co_return std::unexpected(std::move(stored.error()));
  if (!*stored) co_return fail(ErrorCode::kNotFound, "no such key");
  engines::Batch batch;
  batch.require(old_hash, **stored);
  batch.remove(old_hash);
  batch.put(hash, **stored);
  Status written = co_await kv_.commit(partition(), batch);
  if (!written) co_return std::unexpected(std::move(written.error()));
  std::unique_lock lock(mutex_);
  by_hash_.erase(old_hash);
  by_hash_.emplace(std::move(hash), made.key);
  co_return made;
}

std::vector<ModelKey> StoredKeys::list() const {
  std::vector<ModelKey> all;
  {
    std::shared_lock lock(mutex_);
    for (const auto& [hash, key] : by_hash_) all.push_back(key);
  }
  std::ranges::sort(all, [](const ModelKey& a, const ModelKey& b) {
    return std::tie(a.created, a.id) < std::tie(b.created, b.id);
  });
  return all;
}

std::optional<std::pair<std::string, ModelKey>> StoredKeys::by_id(const std::string& id) const {
  std::shared_lock lock(mutex_);
  auto found =
      std::ranges::find_if(by_hash_, [&](const auto& entry) { return entry.second.id == id; });
  if (found == by_hash_.end()) return std::nullopt;
  return *found;
}

Task<Result<ModelKey>> StoredKeys::change(const std::string& id, const KeySettings& settings) {
  if (Status fits = check(settings); !fits) co_return std::unexpected(std::move(fits.error()));
  auto found = by_id(id);
  if (!found) co_return fail(ErrorCode::kNotFound, "no such key");
  // As it stands there: records of earlier versions have fewer members.
  auto stored = co_await engines::get_one(kv_, partition(), found->first);
  if (!stored) co_return std::unexpected(std::move(stored.error()));
  if (!*stored) co_return fail(ErrorCode::kNotFound, "no such key");
  engines::Batch batch;
  batch.require(found->first, **stored);
  found->second.settings = settings;
  batch.put(found->first, encode_key(found->second));
  Status written = co_await kv_.commit(partition(), batch);
  if (!written) co_return std::unexpected(std::move(written.error()));
  std::unique_lock lock(mutex_);
  // It may have been revoked meanwhile, and stays so.
  if (auto at = by_hash_.find(found->first); at != by_hash_.end()) at->second = found->second;
  co_return found->second;
}

Task<Status> StoredKeys::revoke(const std::string& id) {
  auto found = by_id(id);
  if (!found) co_return fail(ErrorCode::kNotFound, "no such key");
  engines::Batch batch;
  batch.remove(found->first);
  Status written = co_await kv_.commit(partition(), batch);
  if (!written) co_return written;
  std::unique_lock lock(mutex_);
  by_hash_.erase(found->first);
  co_return Status{};
}

}  // namespace

serving::Tenant tenant_of(const ModelKey& key) {
  const KeySettings& settings = key.settings;
  return {key.id,
          settings.weight,
          settings.priority,
          settings.max_concurrent,
          settings.tokens_per_minute,
          settings.share_prefixes};
}

bool may_reach(const ModelKey& key, std::string_view bucket) {
  return std::ranges::any_of(key.settings.buckets, [&](const std::string& name) {
    return name == kAllBuckets || name == bucket;
  });
}

bool may_call(const ModelKey& key, std::string_view model) {
  return std::ranges::any_of(key.settings.models, [&](const std::string& name) {
    return name == kAllModels || name == model;
  });
}

Task<Result<std::unique_ptr<KeyStore>>> KeyStore::open(engines::Kv& kv, const Clock& clock) {
  auto store = std::make_unique<StoredKeys>(kv, clock);
  Status loaded = co_await store->load();
  if (!loaded) co_return std::unexpected(std::move(loaded.error()));
  co_return std::unique_ptr<KeyStore>(std::move(store));
}

}  // namespace lakeside::modelstudio
