// The keys that clients of models show ("Authorization: Bearer sk-…"), and what each may use.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"
#include "services/modelstudio/core/types.h"

namespace lakeside::modelstudio {

inline constexpr std::string_view kDefaultWorkspace = "default";
inline constexpr std::string_view kAllBuckets = "*";
inline constexpr std::string_view kAllModels = "*";

// What whoever creates a key says of it.
struct KeySettings {
  std::string name;  // for people
  double weight = 1.0;
  std::int32_t priority = 0;
  std::uint32_t max_concurrent = 0;     // 0: no limit of its own
  std::uint64_t tokens_per_minute = 0;  // 0: no limit
  bool share_prefixes = true;
  bool enabled = true;
  std::optional<Time> expires;
  // The keys of one workspace see the same files, batches and stored responses.
  std::string workspace = std::string(kDefaultWorkspace);
  // The buckets that it reaches through the APIs of models ("*": all), besides what they keep.
  std::vector<std::string> buckets = {};
  // The models that it may call ("*": all).
  std::vector<std::string> models = {std::string(kAllModels)};
  std::string created_by = {};  // the ARN of who made it; empty: not known
};

struct ModelKey {
  std::string id;  // "key-…": names the key without giving it away
  KeySettings settings;
  Time created;
};

// For whom the scheduler works when this key asks.
[[nodiscard]] serving::Tenant tenant_of(const ModelKey& key);

// Whether its settings name that bucket. What of kStudioBucket is its workspace's it always
// reaches, and never more than that: see object_of_url.
[[nodiscard]] bool may_reach(const ModelKey& key, std::string_view bucket);

// Whether its settings let it call that model.
[[nodiscard]] bool may_call(const ModelKey& key, std::string_view model);

// Thread-safe, never blocks: called for every request.
class ModelKeys {
 public:
  virtual ~ModelKeys() = default;
  // The key whose text this is, also one that is disabled or expired.
  [[nodiscard]] virtual std::optional<ModelKey> find(std::string_view bearer) const = 0;
  // The same by its id, for work that goes on behind its request.
  [[nodiscard]] virtual std::optional<ModelKey> named(const std::string& id) const = 0;
};

// Keys in a store, which has only their hashes. All are in memory too, so that a change holds from
// the next request on.
class KeyStore : public ModelKeys {
 public:
  // Reads the keys that are there. Kv and clock outlive the store. Errors: the engine's; kCorrupt.
  [[nodiscard]] static Task<Result<std::unique_ptr<KeyStore>>> open(engines::Kv& kv,
                                                                    const Clock& clock);

  struct Created {
    ModelKey key;
    std::string secret;  // "sk-…", 256 random bits: shown now and never again
  };
  // A key with a given secret is for set-ups that must know it beforehand. Errors: kInvalid (a
  // name of more than 128 bytes, a weight that is not above 0, a workspace or bucket that cannot be
  // one), kGuardFailed (that secret is a
  // key's already), the engine's.
  virtual Task<Result<Created>> create(const KeySettings& settings,
                                       const std::optional<std::string>& secret) = 0;
  // Oldest first.
  [[nodiscard]] virtual std::vector<ModelKey> list() const = 0;
  // Another text for the key, which stays what it is; the old one is no key any more. Errors:
  // kNotFound, the engine's.
  virtual Task<Result<Created>> reset(const std::string& id) = 0;
  // Errors: kNotFound, kInvalid, the engine's.
  virtual Task<Result<ModelKey>> change(const std::string& id, const KeySettings& settings) = 0;
  virtual Task<Status> revoke(const std::string& id) = 0;
};

}  // namespace lakeside::modelstudio
