// Models on their way here: a task for each that is pulled from a hub or copied from a bucket. They
// outlive the process: the next one lists those that ended and goes on with the others. What came
// of a model stays beside the others until it is whole.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"

namespace lakeside::modelstudio {

struct ModelTask {
  enum class Kind { kPull, kImport };
  enum class State { kPending, kRunning, kSucceeded, kFailed, kCanceled };
  std::string id = {};
  Kind kind = Kind::kPull;
  std::string source = {};      // "owner/repo:Q4_K_M", "oss://bucket/key.gguf"
  std::string hub = {};         // of a pull, as it was asked for; so that it can be asked for again
  std::string file = {};        // likewise
  std::string model = {};       // its name here; empty: not known yet
  std::string created_by = {};  // an ARN
  State state = State::kPending;
  std::uint64_t done = 0;  // bytes
  std::uint64_t total = 0;
  std::string note = {};  // what it does now, or waits for
  // Of a failed one; the detail is fit for whoever began it.
  std::optional<Error> error = {};
  Time created = {};
  Time changed = {};
  bool stopping = false;  // somebody cancelled it
  bool discard = false;   // and wants nothing of it to stay

  [[nodiscard]] bool has_ended() const { return state > State::kRunning; }
};

// What the work says meanwhile.
class ModelTaskReport {
 public:
  virtual ~ModelTaskReport() = default;
  virtual void named(const std::string& model) = 0;
  virtual void moved(std::uint64_t done, std::uint64_t total) = 0;
  virtual void said(const std::string& line) = 0;
  // Whether what came is to be removed; asked when the work was stopped.
  [[nodiscard]] virtual bool discards() const = 0;
};

// On a thread of its own, which it may block. The model's name; ends soon when it is told to stop.
using ModelWork = std::move_only_function<Result<std::string>(ModelTaskReport&, std::stop_token)>;

// The work of a task that an earlier process left.
using ModelWorkMaker = std::function<ModelWork(const ModelTask&)>;

class ModelTaskRecords;

struct ModelTaskLimits {
  std::size_t running = 2;
  std::size_t waiting = 16;
  std::size_t kept = 50;  // that have ended
};

// Thread-safe; blocks nobody but its own threads.
class ModelTasks {
 public:
  // Without records they are forgotten at the end. All outlive it.
  explicit ModelTasks(const Clock& clock, ModelTaskLimits limits = {},
                      ModelTaskRecords* records = nullptr);
  // Stops what is under way; what came stays, and the next process goes on with it.
  ~ModelTasks();
  ModelTasks(const ModelTasks&) = delete;
  ModelTasks& operator=(const ModelTasks&) = delete;

  // Once, before the first start(): what an earlier process left goes on.
  Status take_up(const ModelWorkMaker& work_of);
  // Returns when all that was said and done before is on stable storage, or was found not to get
  // there, which is logged.
  Task<void> saved();

  // `task` says kind, source, model and who. Errors: kUnavailable (too many wait), kGuardFailed
  // (that model is on its way already).
  Result<ModelTask> start(ModelTask task, ModelWork work);
  // The latest first.
  [[nodiscard]] std::vector<ModelTask> list() const;
  [[nodiscard]] std::optional<ModelTask> find(const std::string& id) const;
  // It is canceled when it says so. Errors: kNotFound, kGuardFailed (it has ended).
  Result<ModelTask> cancel(const std::string& id, bool discard);
  [[nodiscard]] bool is_coming(const std::string& model) const;

 private:
  struct Impl;
  const std::unique_ptr<Impl> impl_;
};

}  // namespace lakeside::modelstudio
