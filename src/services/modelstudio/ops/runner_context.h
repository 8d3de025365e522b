// What all jobs that run share.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/slots.h"
#include "base/timer_loop.h"
#include "services/modelstudio/core/file_store.h"
#include "services/modelstudio/core/job_store.h"
#include "services/modelstudio/core/types.h"
#include "services/modelstudio/ops/line_work.h"

namespace lakeside::modelstudio::ops {

// OpenAI's limits of a batch; a file of texts has the same.
inline constexpr std::uint32_t kMaxLines = 50'000;
inline constexpr std::uint64_t kMaxInputBytes = 200ULL << 20;
inline constexpr std::size_t kMaxLineBytes = 4 << 20;
inline constexpr std::uint64_t kMaxOutputBytes = 64ULL << 30;
inline constexpr std::size_t kMaxJobErrors = 100;
// In which a job has to finish.
inline constexpr std::chrono::hours kJobWindow{24};
// From its creation on; then nobody may ask for its answer anymore.
inline constexpr std::chrono::hours kTaskKept{48};

struct RunnerOptions {
  std::size_t lines_at_once = 16;  // of all jobs together
  std::size_t files_at_once = 64;  // jobs that read an input or write outputs
  std::size_t most_active = 10'000;
  // Between the tries of a line that met a full queue, doubled each time; and of storage.
  std::chrono::milliseconds retry_least{200};
  std::chrono::milliseconds retry_most{30'000};
};

// All outlive the runner.
struct RunnerParts {
  JobStore& jobs;
  FileStore& files;
  Objects& objects;
  ModelServer& models;
  const ModelKeys& keys;
  const LineWork& work;
  const Clock& clock;
};

struct RunnerContext {
  RunnerContext(const RunnerParts& p, const RunnerOptions& o)
      : parts(p), options(o), lines(o.lines_at_once), files(o.files_at_once) {}

  const RunnerParts parts;
  const RunnerOptions options;
  Slots lines;
  Slots files;
  std::atomic<bool> stopping = false;
  TimerLoop loop{"jobs"};
};

}  // namespace lakeside::modelstudio::ops
