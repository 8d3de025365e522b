// Small objects that are read often, with their data, as they stand in the engine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/oss/core/records.h"

namespace lakeside::oss {

// An object as it was read: shared, never changed.
struct StoredObject {
  std::string bytes;    // of the record, for guards
  ObjectRecord record;  // with all slices
  std::string tail;     // verified; empty where it was not asked for
};
using StoredObjectRef = std::shared_ptr<const StoredObject>;

// Bounded, least recently used first out; thread-safe. Only for where this process makes all
// changes: then no reader gets what a change that it could know of has replaced. Nothing of an
// object is kept while a Change of it stands, and what was read before it ended does not come in.
class ObjectCache {
 public:
  // `capacity` in bytes; 0 keeps nothing.
  explicit ObjectCache(std::size_t capacity) : shard_capacity_(capacity / kShards) {}

  [[nodiscard]] StoredObjectRef find(std::string_view bucket_id, std::string_view key);

  // A reader asks for the generation first, reads from the engine, and hands it to `insert`.
  [[nodiscard]] std::uint64_t generation(std::string_view bucket_id, std::string_view key);
  void insert(std::string_view bucket_id, std::string_view key, const StoredObjectRef& object,
              std::uint64_t generation);

  // Stands while a commit may change the objects `keys`, whatever comes of it.
  class Change {
   public:
    Change(ObjectCache& cache, std::string_view bucket_id, std::vector<std::string_view> keys);
    ~Change();
    Change(const Change&) = delete;
    Change& operator=(const Change&) = delete;

   private:
    ObjectCache& cache_;
    std::string_view bucket_id_;
    std::vector<std::string_view> keys_;
  };

 private:
  static constexpr std::size_t kShards = 16;
  struct Entry {
    std::string name;
    StoredObjectRef object;
    std::size_t bytes;
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::uint64_t generation = 0;
    std::size_t changes = 0;  // that stand
    std::size_t bytes = 0;
    std::list<Entry> entries;                                                // the last used first
    std::unordered_map<std::string_view, std::list<Entry>::iterator> index;  // names in entries
    void erase(std::list<Entry>::iterator entry);
  };

  Shard& shard_of(std::string_view name) {
    return shards_[std::hash<std::string_view>{}(name) % kShards];
  }

  const std::size_t shard_capacity_;
  std::array<Shard, kShards> shards_;
};

}  // namespace lakeside::oss
