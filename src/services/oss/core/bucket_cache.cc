#include "services/oss/core/bucket_cache.h"

namespace lakeside::oss {

BucketRef BucketCache::find(std::string_view name) {
  Shard& shard = shard_of(name);
  std::lock_guard lock(shard.mutex);
  auto found = shard.entries.find(name);
  return found == shard.entries.end() ? nullptr : found->second;
}

std::uint64_t BucketCache::generation(std::string_view name) {
  Shard& shard = shard_of(name);
  std::lock_guard lock(shard.mutex);
  return shard.generation;
}

void BucketCache::insert(const BucketRef& entry, std::uint64_t generation) {
  const std::string& name = entry->bucket().name;
  Shard& shard = shard_of(name);
  std::lock_guard lock(shard.mutex);
  if (shard.generation != generation) return;
  if (shard.entries.size() >= kMaxPerShard) shard.entries.clear();
  shard.entries.insert_or_assign(name, entry);
}

void BucketCache::forget(std::string_view name) {
  Shard& shard = shard_of(name);
  std::lock_guard lock(shard.mutex);
  ++shard.generation;
  if (auto found = shard.entries.find(name); found != shard.entries.end()) {
    shard.entries.erase(found);
  }
}

void BucketCache::forget_all() {
  for (Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    ++shard.generation;
    shard.entries.clear();
  }
}

}  // namespace lakeside::oss
