#include "services/modelstudio/core/model_tasks.h"

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/executor.h"
#include "base/log.h"
#include "services/modelstudio/core/model_task_records.h"

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
      all.save(task);
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
      return task.discard;
    }

    Impl& all;
    ModelTask task;
    ModelWork work;
    std::stop_source stop;
    bool resumed = false;  // some of it may be here
  };

  Impl(const Clock& c, ModelTaskLimits l, ModelTaskRecords* r)
      : clock(c), limits(l), records(r), pool("model-fetch", l.running) {}

  std::shared_ptr<Entry> take_next();
  void run();
  void end(Entry& entry, const Result<std::string>& result);
  // All with the lock, so that records are written in the order in which things happened.
  void save(const ModelTask& task);
  void forget_old();
  void add(ModelTask task, ModelWork work, bool resumed);
  Entry* find(const std::string& id);

  const Clock& clock;
  const ModelTaskLimits limits;
  ModelTaskRecords* const records;
  mutable std::mutex mutex;
  std::deque<std::shared_ptr<Entry>> entries;  // the latest last
  std::size_t threads = 0;                     // that look for tasks
  bool closing = false;                        // what ends now is for the next process
  ThreadPool writer{"model-tasks", 1};
  ThreadPool pool;  // last: its jobs use the rest
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
  if (closing && !result && !task.stopping) return;
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
  save(task);
  forget_old();
}

void ModelTasks::Impl::save(const ModelTask& task) {
  if (records == nullptr) return;
  writer.submit([this, task] {
    if (Status saved = records->save(task); !saved) {
      log(LogLevel::kWarn, "a task of a model will not be known after a restart",
          {{"task", task.id}, {"why", saved.error().detail}});
    }
  });
}

void ModelTasks::Impl::add(ModelTask task, ModelWork work, bool resumed) {
  auto entry = std::make_shared<Entry>(*this, std::move(task), std::move(work));
  entry->resumed = resumed;
  if (entry->task.stopping) entry->stop.request_stop();
  entries.push_back(entry);
  if (entry->task.has_ended() || threads >= limits.running) return;
  ++threads;
  pool.submit([this] { run(); });
}

void ModelTasks::Impl::forget_old() {
  auto ended = static_cast<std::size_t>(
      std::ranges::count_if(entries, [](const auto& one) { return one->task.has_ended(); }));
  for (auto one = entries.begin(); ended > limits.kept && one != entries.end();) {
    const bool goes = (*one)->task.has_ended();
    if (goes && records != nullptr) {
      writer.submit([this, task = (*one)->task] {
        if (Status removed = records->remove(task); !removed) {
          log(LogLevel::kWarn, "a task of a model stays in the records",
              {{"task", task.id}, {"why", removed.error().detail}});
        }
      });
    }
    one = goes ? entries.erase(one) : std::next(one);
    if (goes) --ended;
  }
}

ModelTasks::Impl::Entry* ModelTasks::Impl::find(const std::string& id) {
  auto found = std::ranges::find_if(entries, [&](const auto& one) { return one->task.id == id; });
  return found == entries.end() ? nullptr : found->get();
}

ModelTasks::ModelTasks(const Clock& clock, ModelTaskLimits limits, ModelTaskRecords* records)
    : impl_(std::make_unique<Impl>(clock, limits, records)) {}

ModelTasks::~ModelTasks() {
  std::lock_guard lock(impl_->mutex);
  impl_->closing = true;
  for (auto& one : impl_->entries) {
    one->stop.request_stop();
    if (one->task.state == ModelTask::State::kPending)
      one->task.state = ModelTask::State::kCanceled;
  }
}

Status ModelTasks::take_up(const ModelWorkMaker& work_of) {
  if (impl_->records == nullptr) return {};
  auto left = impl_->records->load();
  if (!left) return std::unexpected(std::move(left.error()));
  std::lock_guard lock(impl_->mutex);
  for (ModelTask& task : *left) {
    ModelWork work;
    if (!task.has_ended()) {
      work = work_of(task);
      task.state = ModelTask::State::kPending;
      task.note = "goes on after a restart";
    }
    impl_->add(std::move(task), std::move(work), true);
  }
  impl_->forget_old();
  return {};
}

Task<void> ModelTasks::saved() {
  co_await run_on(impl_->writer, [] {});
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
  impl_->forget_old();
  impl_->save(task);
  impl_->add(task, std::move(work), false);
  return task;
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
    found->task.stopping = true;
    found->task.discard = discard;
    found->task.changed = impl_->clock.now();
    // What an earlier process left of it goes only with its work.
    if (found->task.state == ModelTask::State::kPending && !found->resumed) {
      found->task.state = ModelTask::State::kCanceled;
      found->work = nullptr;
    } else {
      found->task.note = "stopping";
    }
    impl_->save(found->task);
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
