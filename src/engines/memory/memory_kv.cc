#include "engines/memory/memory_kv.h"

#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "engines/validate.h"

namespace lakeside::engines {
namespace {

// std::string compares by unsigned bytes, as kv.h wants.
using Map = std::map<std::string, std::string, std::less<>>;

bool holds(const Map& map, const Guard& guard) {
  auto found = map.find(guard.key);
  if (found == map.end()) return !guard.value;
  return guard.value == found->second;
}

void apply(Map& map, const Batch& batch) {
  for (const Batch::Write& write : batch.writes()) {
    if (write.value) {
      map.insert_or_assign(write.key, *write.value);
    } else {
      map.erase(write.key);
    }
  }
}

Status visit_from(const Map& map, std::string_view from, const ScanVisitor& visitor) {
  auto at = map.lower_bound(from);
  while (at != map.end()) {
    ScanStep step = visitor(at->first, at->second);
    if (step.kind == ScanStep::Kind::kStop) return {};
    if (step.kind == ScanStep::Kind::kNext) {
      ++at;
      continue;
    }
    if (step.seek_to <= at->first) return fail(ErrorCode::kInvalid, "scan: seek backwards");
    at = map.lower_bound(step.seek_to);
  }
  return {};
}

class MemoryKv final : public Kv {
 public:
  Task<Result<std::vector<std::optional<std::string>>>> get(
      const Partition& partition, std::span<const std::string> keys) override {
    if (auto valid = validate(partition); !valid) co_return std::unexpected(valid.error());
    std::vector<std::optional<std::string>> values(keys.size());
    std::shared_lock lock(mutex_);
    auto map = partitions_.find(partition.name);
    if (map == partitions_.end()) co_return std::move(values);
    for (std::size_t i = 0; i < keys.size(); ++i) {
      auto found = map->second.find(keys[i]);
      if (found != map->second.end()) values[i] = found->second;
    }
    co_return std::move(values);
  }

  Task<Status> commit(const Partition& partition, const Batch& batch) override {
    if (auto valid = validate(partition); !valid) co_return valid;
    if (auto valid = validate(batch); !valid) co_return valid;
    std::lock_guard lock(mutex_);
    Map& map = partitions_[partition.name];
    for (const Guard& guard : batch.guards()) {
      if (!holds(map, guard)) co_return fail(ErrorCode::kGuardFailed, {});
    }
    apply(map, batch);
    co_return Status{};
  }

  Task<Status> scan(const Partition& partition, std::string_view from,
                    const ScanVisitor& visitor) override {
    if (auto valid = validate(partition); !valid) co_return valid;
    std::shared_lock lock(mutex_);
    auto map = partitions_.find(partition.name);
    if (map == partitions_.end()) co_return Status{};
    co_return visit_from(map->second, from, visitor);
  }

 private:
  std::shared_mutex mutex_;
  std::map<std::string, Map, std::less<>> partitions_;
};

}  // namespace

std::unique_ptr<Kv> make_memory_kv() { return std::make_unique<MemoryKv>(); }

}  // namespace lakeside::engines
