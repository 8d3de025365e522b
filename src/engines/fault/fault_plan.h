// A script of failures for the wrappers of engines: which call fails, and how.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"

namespace lakeside::engines {

enum class FaultPoint {
  // Kv
  kGet,
  kCommit,
  kScan,
  // BlobStore, BlobWriter, SegmentSource
  kCreate,
  kAppend,
  kFinish,
  kOpen,
  kNext,
  kRemove,
  kList,
  kVerify,
};
inline constexpr std::size_t kFaultPoints = 11;

struct Fault {
  static constexpr std::size_t kForEver = std::numeric_limits<std::size_t>::max();

  FaultPoint point;
  std::size_t after = 0;  // so many calls from now pass first
  std::size_t times = 1;  // then so many fail
  ErrorCode code = ErrorCode::kIo;
  // kCommit and kFinish: the change is made all the same, as when the answer is lost.
  bool applied = false;
};

// Thread-safe. What is not planned to fail passes.
class FaultPlan {
 public:
  void add(const Fault& fault);
  void clear();  // nothing fails any more
  [[nodiscard]] std::size_t calls(FaultPoint point) const;

  // For the wrappers: counts a call, and says how it is to fail.
  [[nodiscard]] std::optional<Fault> on_call(FaultPoint point);

 private:
  mutable std::mutex mutex_;
  std::vector<Fault> faults_;
  std::array<std::size_t, kFaultPoints> calls_{};
};

}  // namespace lakeside::engines
