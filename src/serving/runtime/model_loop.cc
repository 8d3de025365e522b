#include "serving/runtime/model_loop.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include <pthread.h>

namespace lakeside::serving {
namespace {

// How often a blocked queue is looked at for requests that did not start in time.
constexpr std::chrono::milliseconds kDeadlineLook{50};

}  // namespace

ModelLoop::ModelLoop(std::shared_ptr<Backend> backend, LoopOptions options)
    : backend_(std::move(backend)),
      options_(std::move(options)),
      metrics_(*options_.metrics, options_.model, options_.speed),
      places_(options_.max_queue),
      scheduler_(*backend_, options_.scheduler, *options_.clock,
                 [this](const Job& job, const Outcome& outcome, auto then) {
                   end(job, outcome, std::move(then));
                 }) {
  thread_ = std::thread([this] { run_thread(); });
  pthread_setname_np(thread_.native_handle(), "model");
}

ModelLoop::~ModelLoop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  signal_->raise();
  thread_.join();
  metrics_.note_load(0, 0);
}

ModelResult<void> ModelLoop::submit(std::unique_ptr<Job> job) {
  auto place = places_.take(job->tenant.id);
  if (!place) return std::unexpected(std::move(place.error()));
  job->place = std::move(*place);
  {
    std::lock_guard lock(mutex_);
    arrived_.push_back(std::move(job));
  }
  signal_->raise();
  return {};
}

ModelResult<void> ModelLoop::run(const Tenant& tenant, Work work) {
  auto place = places_.take(tenant.id);
  if (!place) return std::unexpected(std::move(place.error()));
  {
    std::lock_guard lock(mutex_);
    // Behind what has its priority, before what has a lower one.
    auto after =
        std::ranges::upper_bound(work_, tenant.priority, std::greater<>(), &QueuedWork::priority);
    work_.insert(after, {std::move(work), std::move(*place), tenant.priority});
  }
  signal_->raise();
  return {};
}

void ModelLoop::run_thread() {
  while (take_arrivals()) {
    const bool worked = run_work();
    const bool stepped = scheduler_.step();
    note_load();
    if (!worked && !stepped) wait();
  }
  while (run_work()) {
  }
  scheduler_.fail_all({ModelFault::kInternal, "the server is stopping"});
}

// False when the thread has to end.
bool ModelLoop::take_arrivals() {
  std::lock_guard lock(mutex_);
  for (auto& job : arrived_) scheduler_.add(std::move(job));
  arrived_.clear();
  return !stopping_;
}

// One piece of work; false where there is none.
bool ModelLoop::run_work() {
  QueuedWork next;
  {
    std::lock_guard lock(mutex_);
    if (work_.empty()) return false;
    next = std::move(work_.front());
    work_.pop_front();
  }
  next.place.reset();
  next.work(*backend_);
  return true;
}

void ModelLoop::wait() {
  if (scheduler_.queued() > 0) {
    signal_->wait_for(kDeadlineLook);
  } else {
    signal_->wait();
  }
}

void ModelLoop::note_load() {
  running_ = static_cast<std::uint32_t>(scheduler_.running());
  metrics_.note_load(places_.taken(), scheduler_.running());
}

void ModelLoop::end(const Job& job, const Outcome& outcome, std::move_only_function<void()> then) {
  UsageRecord record;
  record.id = job.tenant.usage_id;
  record.tenant = job.tenant.id;
  record.usage = job.usage;
  this->record(std::move(record), outcome, std::move(then));
}

void ModelLoop::record(UsageRecord record, const Outcome& outcome,
                       std::move_only_function<void()> kept) {
  metrics_.note_end(record.usage, outcome);
  if (!options_.usage) return kept();
  record.at = options_.clock->now();
  record.model = options_.model;
  record.finish = outcome.finish;
  if (outcome.error) record.fault = outcome.error->fault;
  options_.usage->record(record, std::move(kept));
}

}  // namespace lakeside::serving
