// Counts what requests move, and writes it down every few seconds.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/metering.h"
#include "base/write_queue.h"
#include "services/cms/core/sums.h"

namespace lakeside::cms {

// A process that is killed loses what it counted since the last write; nothing is counted twice.
class Meter final : public MeterSink {
 public:
  explicit Meter(engines::Kv& kv) : kv_(kv) {}

  void record(const MeteredCall& call) override;

  // Writes what was counted; how many sums. What could not be written is kept for the next time.
  // Errors: the engine's; kCorrupt.
  Task<Result<std::size_t>> write();
  // What was counted since the last write is not written any more.
  void forget();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  struct Entry {
    Time hour;
    Label label;
    Counts counts;
  };
  // Threads share no shard, as long as there are not more of them.
  struct alignas(64) Shard {
    std::mutex mutex;
    Entry* last = nullptr;  // in `entries`; most calls are like the one before
    std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries;
  };
  static constexpr std::size_t kShards = 16;

  static Entry& entry_of(Shard& shard, Time hour, const MeteredCall& call);
  std::map<HourLabel, Counts> take();

  engines::Kv& kv_;
  std::array<Shard, kShards> shards_;
  WriteQueue queue_;
  std::map<HourLabel, Counts> unwritten_;  // of whose turn it is
};

}  // namespace lakeside::cms
