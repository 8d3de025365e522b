// An ordered map of bytes, split into partitions: where every record of the cloud rests.
//
// The interface is what RocksDB, RADOS omap objects and plain memory can all keep:
// - a batch is atomic and durable within ONE partition, nothing spans two;
// - values are never empty (RADOS cannot tell an empty value from an absent key);
// - order is by unsigned bytes.
// Every engine passes engines/contract/kv_contract.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/task.h"

namespace lakeside::engines {

inline constexpr std::size_t kMaxKeySize = 4096;
inline constexpr std::size_t kMaxValueSize = 16 << 20;
inline constexpr std::size_t kMaxPartitionName = 64;

// The name of a partition: 1 to kMaxPartitionName bytes of [a-z0-9._-]. Partitions need no
// creation; one without keys does not exist.
struct Partition {
  std::string name;
  friend bool operator==(const Partition&, const Partition&) = default;
};

// What must still be true when a batch is applied: `key` has exactly `value`, or is absent.
struct Guard {
  std::string key;
  std::optional<std::string> value;
};

// Writes and guards of one partition. Later writes to a key win over earlier ones.
class Batch {
 public:
  void put(std::string key, std::string value) {
    writes_.push_back({std::move(key), std::move(value)});
  }
  void remove(std::string key) { writes_.push_back({std::move(key), std::nullopt}); }
  void require(std::string key, std::string value) {
    guards_.push_back({std::move(key), std::move(value)});
  }
  void require_absent(std::string key) { guards_.push_back({std::move(key), std::nullopt}); }

  struct Write {
    std::string key;
    std::optional<std::string> value;  // nothing: remove
  };
  [[nodiscard]] std::span<const Write> writes() const { return writes_; }
  [[nodiscard]] std::span<const Guard> guards() const { return guards_; }

 private:
  std::vector<Write> writes_;
  std::vector<Guard> guards_;
};

// What a scan does after a key.
struct ScanStep {
  enum class Kind { kNext, kSeek, kStop };
  Kind kind = Kind::kNext;
  std::string seek_to;  // kSeek: go on at the first key >= this, which must lie ahead

  static ScanStep next() { return {}; }
  static ScanStep stop() { return {Kind::kStop, {}}; }
  static ScanStep seek(std::string key) { return {Kind::kSeek, std::move(key)}; }
};

// Called for each key in order, on a thread of the engine, while the scanning coroutine is
// suspended: it may use that coroutine's locals, and must neither block nor throw. The
// views are valid during the call.
using ScanVisitor = std::function<ScanStep(std::string_view key, std::string_view value)>;

class Kv {
 public:
  virtual ~Kv() = default;

  // All methods are thread-safe and are called on an executor (base/executor.h), on which
  // the awaiting coroutine resumes. Arguments must live until then.
  // Errors: kIo, kCorrupt (a checksum did not match), kNoSpace, kUnavailable (shutting down).

  // The values of `keys` in the same order, nothing for an absent one, all as of one moment.
  virtual Task<Result<std::vector<std::optional<std::string>>>> get(
      const Partition& partition, std::span<const std::string> keys) = 0;

  // Applies the batch whole or not at all. When it returns success, the batch survives a
  // power cut (unless durability is relaxed). An empty batch with guards only checks them.
  // Errors: kGuardFailed and nothing is written; kTooLarge; kInvalid (an empty key or value).
  // After kIo or kNoSpace the batch is not applied; when storage recovers, writing resumes.
  virtual Task<Status> commit(const Partition& partition, const Batch& batch) = 0;

  // Visits the keys of one partition from the first key >= `from` on, as of one moment.
  virtual Task<Status> scan(const Partition& partition, std::string_view from,
                            const ScanVisitor& visitor) = 0;
};

// One key of `get`.
[[nodiscard]] inline Task<Result<std::optional<std::string>>> get_one(Kv& kv,
                                                                      const Partition& partition,
                                                                      std::string key) {
  auto values = co_await kv.get(partition, {&key, 1});
  if (!values) co_return std::unexpected(std::move(values.error()));
  co_return std::move(values->front());
}

}  // namespace lakeside::engines
