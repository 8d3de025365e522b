// Bucket records in memory: every request asks for one.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engines/kv.h"
#include "services/oss/core/records.h"

namespace lakeside::oss {

// A bucket as an operation sees it: shared, never changed.
struct BucketEntry {
  BucketRecord record;
  engines::Partition partition;
  std::string bytes;  // of the record, for guards
  [[nodiscard]] const Bucket& bucket() const { return record.bucket; }
  [[nodiscard]] const std::string& id() const { return record.bucket.id; }
};
using BucketRef = std::shared_ptr<const BucketEntry>;

// Bounded. An entry may be stale where another process changes buckets too: writes are guarded
// by the state in the bucket's partition, and reads that find nothing ask for it.
class BucketCache {
 public:
  [[nodiscard]] BucketRef find(std::string_view name);

  // A reader that loads a record asks for the generation first and hands it to `insert`, which
  // does nothing when `forget` was called between: else an old record could come to stay.
  [[nodiscard]] std::uint64_t generation(std::string_view name);
  void insert(const BucketRef& entry, std::uint64_t generation);

  void forget(std::string_view name);
  void forget_all();

 private:
  static constexpr std::size_t kShards = 16;
  static constexpr std::size_t kMaxPerShard = 1024;
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::uint64_t generation = 0;
    std::unordered_map<std::string, BucketRef, Hash, std::equal_to<>> entries;
  };
  Shard& shard_of(std::string_view name) { return shards_[Hash{}(name) % kShards]; }

  std::array<Shard, kShards> shards_;
};

}  // namespace lakeside::oss
