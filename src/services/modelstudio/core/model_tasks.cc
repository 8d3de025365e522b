#include "services/modelstudio/core/model_tasks.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/executor.h"
#include "base/log.h"

namespace lakeside::modelstudio {
namespace {

constexpr std::size_t kLongestNote = 1000;

}  // namespace

struct ModelTasks::Impl {
  struct Entry final : ModelTaskReport {
    Entry(Impl& to, ModelTask begun, ModelWork what)
        : all(to), task(std::move(begun)), work(std::move(what)) {}

    void named(const std::string& model) override {
      std::lock_guard lock(all.mutex);
      task.model = model;
    }
    void moved(std::uint64_t done, std::uint64_t total) override {
      std::lock_guard lock(all.mutex);
      task.done = done;
      task.total = total;
      task.changed = all.clock.now();
    }
    void said(const std::string& line) override {
      std::lock_guard lock(all.mutex);
      task.note = line.substr(0, kLongestNote);
      task.changed = all.clock.now();
    }
    [[nodiscard]] bool discards() const override {
      std::lock_guard lock(all.mutex);
      return discard;
    }

    Impl& all;
    ModelTask task;
    ModelWork work;
    std::stop_source stop;
    bool discard = false;
  };

  Impl(const Clock& c, ModelTaskLimits l) : clock(c), limits(l), pool("model-fetch", l.running) {}

  std::shared_ptr<Entry> take_next();
  void run();
  void end(Entry& entry, const Result<std::string>& result);
  void forget_old();
  Entry* find(const std::string& id);

  const Clock& clock;
  const ModelTaskLimits limits;
  mutable std::mutex mutex;
  std::deque<std::shared_ptr<Entry>> entries;  // the latest last
  std::size_t threads = 0;                     // that look for tasks
  ThreadPool pool;                             // last: its jobs use the rest
};

// The next in turn, running; without one this thread has no more to do.
std::shared_ptr<ModelTasks::Impl::Entry> ModelTasks::Impl::take_next() {
  std::lock_guard lock(mutex);
  auto next = std::ranges::find_if(
      entries, [](const auto& one) { return one->task.state == ModelTask::State::kPending; });
  if (next == entries.end()) {
    --threads;
    return nullptr;
  }
  (*next)->task.state = ModelTask::State::kRunning;
  (*next)->task.changed = clock.now();
  return *next;
}

void ModelTasks::Impl::run() {
  while (auto entry = take_next()) {
    auto result = entry->work(*entry, entry->stop.get_token());
    end(*entry, result);
  }
}

void ModelTasks::Impl::end(Entry& entry, const Result<std::string>& result) {
  std::lock_guard lock(mutex);
  ModelTask& task = entry.task;
  entry.work = nullptr;
  task.changed = clock.now();
  if (result) {
    task.state = ModelTask::State::kSucceeded;
    task.model = *result;
    task.done = std::max(task.done, task.total);
  } else if (entry.stop.stop_requested()) {
    task.state = ModelTask::State::kCanceled;
  } else {
    task.state = ModelTask::State::kFailed;
    task.error = result.error();
    log(LogLevel::kWarn, "a model could not be fetched",
        {{"source", task.source}, {"model", task.model}, {"why", result.error().detail}});
  }
  forget_old();
}

void ModelTasks::Impl::forget_old() {
  auto ended = static_cast<std::size_t>(
      std::ranges::count_if(entries, [](const auto& one) { return one->task.has_ended(); }));
  for (auto one = entries.begin(); ended > limits.kept && one != entries.end();) {
    const bool goes = (*one)->task.has_ended();
    one = goes ? entries.erase(one) : std::next(one);
    if (goes) --ended;
  }
}

ModelTasks::Impl::Entry* ModelTasks::Impl::find(const std::string& id) {
  auto found = std::ranges::find_if(entries, [&](const auto& one) { return one->task.id == id; });
  return found == entries.end() ? nullptr : found->get();
}

ModelTasks::ModelTasks(const Clock& clock, ModelTaskLimits limits)
    : impl_(std::make_unique<Impl>(clock, limits)) {}

ModelTasks::~ModelTasks() {
  std::lock_guard lock(impl_->mutex);
  for (auto& one : impl_->entries) {
    one->stop.request_stop();
    if (one->task.state == ModelTask::State::kPending)
      one->task.state = ModelTask::State::kCanceled;
  }
}

Result<ModelTask> ModelTasks::start(ModelTask task, ModelWork work) {
  task.id = to_lower_ascii(random_hex_upper(8));
  task.created = task.changed = impl_->clock.now();
  std::lock_guard lock(impl_->mutex);
  std::size_t under_way = 0;
  for (const auto& one : impl_->entries) {
    if (one->task.has_ended()) continue;
    ++under_way;
    if (!task.model.empty() && one->task.model == task.model) {
      return fail(ErrorCode::kGuardFailed, "the model " + task.model + " is on its way already");
    }
  }
  if (under_way >= impl_->limits.running + impl_->limits.waiting) {
    return fail(ErrorCode::kUnavailable, "too many models are on their way; try again later");
  }
  auto entry = std::make_shared<Impl::Entry>(*impl_, std::move(task), std::move(work));
  impl_->forget_old();
  impl_->entries.push_back(entry);
  if (impl_->threads < impl_->limits.running) {
    ++impl_->threads;
    impl_->pool.submit([impl = impl_.get()] { impl->run(); });
  }
  return entry->task;
}

std::vector<ModelTask> ModelTasks::list() const {
  std::vector<ModelTask> list;
  std::lock_guard lock(impl_->mutex);
  for (auto one = impl_->entries.rbegin(); one != impl_->entries.rend(); ++one) {
    list.push_back((*one)->task);
  }
  return list;
}

std::optional<ModelTask> ModelTasks::find(const std::string& id) const {
  std::lock_guard lock(impl_->mutex);
  const Impl::Entry* found = impl_->find(id);
  return found == nullptr ? std::nullopt : std::optional(found->task);
}

Result<ModelTask> ModelTasks::cancel(const std::string& id, bool discard) {
  std::stop_source stop(std::nostopstate);
  ModelTask task;
  {
    std::lock_guard lock(impl_->mutex);
    Impl::Entry* found = impl_->find(id);
    if (found == nullptr) return fail(ErrorCode::kNotFound, "there is no task " + id);
    if (found->task.has_ended()) return fail(ErrorCode::kGuardFailed, "the task has ended");
    found->discard = discard;
    found->task.changed = impl_->clock.now();
    if (found->task.state == ModelTask::State::kPending) {
      found->task.state = ModelTask::State::kCanceled;
      found->work = nullptr;
    } else {
      found->task.note = "stopping";
    }
    stop = found->stop;
    task = found->task;
  }
  stop.request_stop();  // what listens to it is called here: without the lock
  return task;
}

bool ModelTasks::is_coming(const std::string& model) const {
  std::lock_guard lock(impl_->mutex);
  return std::ranges::any_of(impl_->entries, [&](const auto& one) {
    return !one->task.has_ended() && one->task.model == model;
  });
}

}  // namespace lakeside::modelstudio
