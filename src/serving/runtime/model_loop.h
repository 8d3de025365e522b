// A loaded model and its thread. Embeddings and rankings run between the steps of the scheduler.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "serving/runtime/model_metrics.h"
#include "serving/runtime/scheduler.h"
#include "serving/runtime/signal.h"
#include "serving/runtime/usage.h"

namespace lakeside::serving {

struct LoopOptions {
  std::string model;
  SchedulerOptions scheduler;
  std::uint32_t max_queue = 256;  // requests that wait; one tenant may have half of it
  const Clock* clock = nullptr;
  UsageSink* usage = nullptr;  // may be none
  Metrics* metrics = nullptr;
  std::shared_ptr<RecentSpeed> speed = {};  // may be none
};

class ModelLoop {
 public:
  using Work = std::move_only_function<void(Backend&)>;

  ModelLoop(std::shared_ptr<Backend> backend, LoopOptions options);
  // Ends what runs with kInternal.
  ~ModelLoop();
  ModelLoop(const ModelLoop&) = delete;
  ModelLoop& operator=(const ModelLoop&) = delete;

  // Thread-safe. Fault: kQueueFull.
  ModelResult<void> submit(std::unique_ptr<Job> job);
  // Runs `work` on the model's thread, soon. The same.
  ModelResult<void> run(const Tenant& tenant, Work work);
  [[nodiscard]] const std::shared_ptr<Signal>& signal() const { return signal_; }
  [[nodiscard]] const std::shared_ptr<Backend>& backend() const { return backend_; }
  [[nodiscard]] std::uint32_t queued() const { return places_.taken(); }
  [[nodiscard]] std::uint32_t running() const { return running_; }
  // See UsageSink; without one `kept` is called at once.
  void record(UsageRecord record, const Outcome& outcome, std::move_only_function<void()> kept);

 private:
  void run_thread();
  bool take_arrivals();
  bool run_work();
  void wait();
  void note_load();
  void end(const Job& job, const Outcome& outcome, std::move_only_function<void()> then);

  const std::shared_ptr<Backend> backend_;
  const LoopOptions options_;
  ModelMetrics metrics_;
  QueuePlaces places_;
  const std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
  std::mutex mutex_;
  std::vector<std::unique_ptr<Job>> arrived_;
  struct QueuedWork {
    Work work;
    std::unique_ptr<QueuePlace> place;
    std::int32_t priority = 0;
  };
  std::deque<QueuedWork> work_;
  bool stopping_ = false;
  std::atomic<std::uint32_t> running_{0};
  Scheduler scheduler_;
  std::thread thread_;
};

}  // namespace lakeside::serving
