#include "services/modelstudio/ops/job_runner.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "services/modelstudio/ops/running_job.h"

namespace lakeside::modelstudio::ops {
namespace {

constexpr std::chrono::minutes kBetweenCleanings{10};
constexpr std::size_t kTasksAtOnce = 1000;

void warn(std::string_view what, const Error& error) {
  log(LogLevel::kWarn, what,
      {{"error", std::string(to_string(error.code))}, {"detail", error.detail}});
}

}  // namespace

JobRunner::~JobRunner() {
  context_.loop.run([this] {
    context_.stopping = true;
    for (const auto& job : all_active()) job->abort();
    context_.loop.wake_sleepers();
    std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopped_ && coroutines_ == 0; });
}

void JobRunner::start() {
  {
    std::lock_guard lock(mutex_);
    taking_up_ = true;
  }
  context_.loop.run([this] {
    launch(take_up());
    launch(clean_up());
  });
}

void JobRunner::submit(const JobName& name) {
  if (!add(name)) return;
  context_.loop.run([this, id = name.id] {
    if (auto job = find(id)) launch(run(std::move(job)));
  });
}

void JobRunner::cancel(const std::string& id) {
  if (auto job = find(id)) job->cancel();
  context_.loop.wake_sleepers();  // a line may be waiting for its next try
}

void JobRunner::abort(const std::string& id) {
  if (auto job = find(id)) job->abort();
  context_.loop.wake_sleepers();
}

std::optional<JobCounts> JobRunner::progress(const std::string& id) const {
  auto job = find(id);
  if (!job) return std::nullopt;
  return job->progress();
}

bool JobRunner::has_room() const {
  std::lock_guard lock(mutex_);
  return active_.size() < context_.options.most_active;
}

void JobRunner::wait_until_idle() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return active_.empty() && !taking_up_; });
}

bool JobRunner::add(const JobName& name) {
  std::lock_guard lock(mutex_);
  return active_.try_emplace(name.id, std::make_shared<RunningJob>(context_, name)).second;
}

std::vector<std::shared_ptr<RunningJob>> JobRunner::all_active() const {
  std::vector<std::shared_ptr<RunningJob>> all;
  std::lock_guard lock(mutex_);
  for (const auto& [id, job] : active_) all.push_back(job);
  return all;
}

std::shared_ptr<RunningJob> JobRunner::find(const std::string& id) const {
  std::lock_guard lock(mutex_);
  auto found = active_.find(id);
  return found == active_.end() ? nullptr : found->second;
}

void JobRunner::launch(Task<void> coroutine) {
  {
    std::lock_guard lock(mutex_);
    ++coroutines_;
  }
  lakeside::start(std::move(coroutine), [this] {
    // Under the lock, so that the destructor cannot end before this does.
    std::lock_guard lock(mutex_);
    --coroutines_;
    changed_.notify_all();
  });
}

Task<void> JobRunner::take_up() {
  while (!context_.stopping) {
    auto names = co_await context_.parts.jobs.active();
    if (names) {
      for (const JobName& name : *names) submit(name);
      break;
    }
    warn("jobs could not be read", names.error());
    co_await context_.loop.sleep_for(context_.options.retry_most);
  }
  std::lock_guard lock(mutex_);
  taking_up_ = false;
  changed_.notify_all();
}

Task<void> JobRunner::clean_up() {
  while (!context_.stopping) {
    Status cleaned = co_await remove_old_tasks();
    if (!cleaned) warn("old tasks were not removed", cleaned.error());
    if (!context_.stopping) co_await context_.loop.sleep_for(kBetweenCleanings);
  }
}

Task<Status> JobRunner::remove_old_tasks() {
  const Time before = context_.parts.clock.now() - kTaskKept;
  while (!context_.stopping) {
    auto names = co_await context_.parts.jobs.tasks_before(before, kTasksAtOnce);
    if (!names) co_return std::unexpected(std::move(names.error()));
    std::size_t removed = 0;
    for (const JobName& name : *names) {
      if (find(name.id)) continue;  // it is about to end
      Status done = co_await context_.parts.jobs.remove(name);
      if (!done) co_return done;
      ++removed;
    }
    if (removed == 0) break;
  }
  co_return Status{};
}

Task<void> JobRunner::run(std::shared_ptr<RunningJob> job) {
  auto pause = context_.options.retry_least;
  while (!context_.stopping) {
    Status worked = co_await job->work();
    if (worked) break;
    log(LogLevel::kWarn, "a job waits for storage",
        {{"job", job->name().id}, {"detail", worked.error().detail}});
    if (context_.stopping) break;
    co_await context_.loop.sleep_for(pause);
    pause = std::min(pause * 2, context_.options.retry_most);
  }
  std::lock_guard lock(mutex_);
  active_.erase(job->name().id);
  changed_.notify_all();
}

}  // namespace lakeside::modelstudio::ops
