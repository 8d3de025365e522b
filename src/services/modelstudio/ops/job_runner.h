// Runs jobs: many at once, each with several lines under way, on one thread that waits for models
// and storage. What was done survives the process, so that the next start goes on there.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "services/modelstudio/ops/runner_context.h"

namespace lakeside::modelstudio::ops {

class RunningJob;

class JobRunner {
 public:
  JobRunner(const RunnerParts& parts, const RunnerOptions& options) : context_(parts, options) {}
  // Ends what runs; it is begun anew at the next start.
  ~JobRunner();
  JobRunner(const JobRunner&) = delete;
  JobRunner& operator=(const JobRunner&) = delete;

  // All methods are thread-safe.

  // Takes up what an earlier process left.
  void start();
  // One that was just created.
  void submit(const JobName& name);
  // Its record says kCancelling, or kCancelled.
  void cancel(const std::string& id);
  // Its response says that it is cancelled, or is gone: what runs for it ends now.
  void abort(const std::string& id);
  // Of one that is under way.
  [[nodiscard]] std::optional<JobCounts> progress(const std::string& id) const;
  // Whether another may be created.
  [[nodiscard]] bool has_room() const;
  // Returns when nothing is left to do. For tests.
  void wait_until_idle() const;

 private:
  // Counts those that this destructor waits for.
  void launch(Task<void> coroutine);
  Task<void> take_up();
  Task<void> clean_up();
  Task<Status> remove_old_tasks();
  Task<void> run(std::shared_ptr<RunningJob> job);
  // False where it runs already.
  bool add(const JobName& name);
  [[nodiscard]] std::vector<std::shared_ptr<RunningJob>> all_active() const;
  [[nodiscard]] std::shared_ptr<RunningJob> find(const std::string& id) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, std::shared_ptr<RunningJob>> active_;
  std::size_t coroutines_ = 0;
  bool taking_up_ = false;
  bool stopped_ = false;
  RunnerContext context_;
};

}  // namespace lakeside::modelstudio::ops
