#include "services/oss/core/object_cache.h"

#include <utility>

namespace lakeside::oss {
namespace {

// What an entry takes besides its texts: strings' own storage, list and index.
constexpr std::size_t kOverhead = 1024;

// Bucket ids have no slash.
std::string_view name_of(std::string_view bucket_id, std::string_view key) {
  thread_local std::string name;
  name = bucket_id;
  name += '/';
  name += key;
  return name;
}

}  // namespace

void ObjectCache::Shard::erase(std::list<Entry>::iterator entry) {
  bytes -= entry->bytes;
  index.erase(entry->name);
  entries.erase(entry);
}

StoredObjectRef ObjectCache::find(std::string_view bucket_id, std::string_view key) {
  if (shard_capacity_ == 0) return nullptr;
  std::string_view name = name_of(bucket_id, key);
  Shard& shard = shard_of(name);
  std::lock_guard lock(shard.mutex);
  auto found = shard.index.find(name);
  if (found == shard.index.end()) return nullptr;
  shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
  return found->second->object;
}

std::uint64_t ObjectCache::generation(std::string_view bucket_id, std::string_view key) {
  if (shard_capacity_ == 0) return 0;
  Shard& shard = shard_of(name_of(bucket_id, key));
  std::lock_guard lock(shard.mutex);
  return shard.generation;
}

void ObjectCache::insert(std::string_view bucket_id, std::string_view key,
                         const StoredObjectRef& object, std::uint64_t generation) {
  std::string_view name = name_of(bucket_id, key);
  std::size_t bytes = object->bytes.size() + object->tail.size() + name.size() + kOverhead;
  if (bytes > shard_capacity_) return;
  Shard& shard = shard_of(name);
  std::lock_guard lock(shard.mutex);
  if (shard.changes != 0 || shard.generation != generation) return;
  if (auto found = shard.index.find(name); found != shard.index.end()) shard.erase(found->second);
  while (shard.bytes + bytes > shard_capacity_) shard.erase(std::prev(shard.entries.end()));
  shard.entries.push_front({std::string(name), object, bytes});
  shard.index.emplace(shard.entries.front().name, shard.entries.begin());
  shard.bytes += bytes;
}

ObjectCache::Change::Change(ObjectCache& cache, std::string_view bucket_id,
                            std::vector<std::string_view> keys)
    : cache_(cache), bucket_id_(bucket_id), keys_(std::move(keys)) {
  if (cache_.shard_capacity_ == 0) keys_.clear();
  for (std::string_view key : keys_) {
    std::string_view name = name_of(bucket_id_, key);
    Shard& shard = cache_.shard_of(name);
    std::lock_guard lock(shard.mutex);
    ++shard.changes;
    if (auto found = shard.index.find(name); found != shard.index.end()) shard.erase(found->second);
  }
}

ObjectCache::Change::~Change() {
  for (std::string_view key : keys_) {
    Shard& shard = cache_.shard_of(name_of(bucket_id_, key));
    std::lock_guard lock(shard.mutex);
    --shard.changes;
    ++shard.generation;
  }
}

}  // namespace lakeside::oss
