#include "serving/runtime/registry.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/log.h"
#include "serving/runtime/prepare.h"

namespace lakeside::serving {
namespace {

constexpr std::chrono::seconds kRetryMemory{5};

std::uint64_t memory_of(const ModelFile& file) {
  // A guess for caches whose size nobody told.
  return file.file_bytes + (file.cache_bytes != 0 ? file.cache_bytes : file.file_bytes / 4);
}

bool is_final(ErrorCode code) {
  return code == ErrorCode::kCorrupt || code == ErrorCode::kInvalid ||
         code == ErrorCode::kUnsupported || code == ErrorCode::kNotFound;
}

ModelError no_memory(const std::string& name) {
  return {ModelFault::kNoMemory, "there is no memory for the model " + name + " now", kRetryMemory};
}

ModelError broken(const std::string& name) {
  return {ModelFault::kBroken, "the model " + name + " cannot be loaded: its file is damaged"};
}

// Of a model whose file is not here.
ModelError not_here(const std::string& name, bool failed) {
  if (failed) return {ModelFault::kBroken, "the model " + name + " could not be fetched", {}};
  return {ModelFault::kNoMemory, "the model " + name + " is still being fetched", kRetryMemory};
}

Gauge& state_gauge(Metrics& metrics, const std::string& label, std::string_view state) {
  return metrics.gauge("lakeside_model_state", "1 for the state that the model is in.",
                       label + ",state=\"" + std::string(state) + "\"");
}

}  // namespace

struct Registry::Entry {
  ModelFile file;
  ModelStatus::State state = ModelStatus::State::kUnloaded;
  std::string problem;              // why it is broken
  std::optional<ModelError> error;  // of the last attempt to load
  std::optional<ModelCard> card;
  const std::shared_ptr<RecentSpeed> speed = std::make_shared<RecentSpeed>();
  std::unique_ptr<ModelLoop> loop;
  std::uint32_t users = 0;
  std::uint64_t used = 0;  // when last, in turn
  Time used_at;            // and by the clock
  bool absent = false;     // expected, without a file
  bool removed = false;
  std::vector<std::shared_ptr<Event>> waiting;
};

Registry::Lease::Lease(Registry& registry, std::shared_ptr<Entry> entry)
    : registry_(registry), entry_(std::move(entry)) {}
Registry::Lease::~Lease() { registry_.release(entry_); }
ModelLoop& Registry::Lease::loop() const { return *entry_->loop; }

Registry::Registry(const RuntimeOptions& options)
    : options_(options), loaders_("model-load", options.loaders) {}

Registry::~Registry() {
  std::vector<std::unique_ptr<ModelLoop>> loops;
  std::lock_guard lock(mutex_);
  loops.reserve(entries_.size());
  for (auto& [name, entry] : entries_) loops.push_back(std::move(entry->loop));
}

void Registry::add(ModelFile file) {
  remove(file.name);
  auto entry = std::make_shared<Entry>();
  entry->file = std::move(file);
  entry->card = entry->file.card;
  std::lock_guard lock(mutex_);
  show(*entry);
  entries_[entry->file.name] = std::move(entry);
}

void Registry::expect(const std::string& name, const std::string& problem) {
  std::lock_guard lock(mutex_);
  auto& entry = entries_[name];
  if (entry && !entry->absent) {
    entry->problem = problem;
    return;
  }
  if (!entry) entry = std::make_shared<Entry>();
  entry->absent = true;
  entry->file.name = name;
  entry->file.added = options_.clock->now();
  entry->problem = problem;
  entry->state = problem.empty() ? ModelStatus::State::kFetching : ModelStatus::State::kBroken;
  show(*entry);
}

bool Registry::remove(const std::string& name) {
  std::shared_ptr<Entry> entry;
  {
    std::lock_guard lock(mutex_);
    auto found = entries_.find(name);
    if (found == entries_.end()) return false;
    entry = std::move(found->second);
    entries_.erase(found);
    entry->removed = true;
    hide(*entry);
    if (entry->users > 0 || !entry->loop) return true;
  }
  drop(entry);
  return true;
}

bool Registry::pin(const std::string& name, bool pinned) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(name);
  if (found == entries_.end()) return false;
  found->second->file.pinned = pinned;
  return true;
}

std::vector<ModelStatus> Registry::list() const {
  std::vector<ModelStatus> list;
  std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    ModelStatus status;
    status.name = name;
    status.state = entry->state;
    status.problem = entry->problem;
    const bool failed = entry->error && entry->state == ModelStatus::State::kUnloaded;
    if (failed && status.problem.empty()) status.problem = entry->error->message;
    status.pinned = entry->file.pinned;
    status.file_bytes = entry->file.file_bytes;
    status.memory_bytes = memory_of(entry->file);
    status.card = entry->card;
    if (status.card) status.context_tokens = context_of(*status.card, options_.load);
    status.speed = entry->speed->now();
    status.added = entry->file.added;
    if (entry->loop) {
      status.running = entry->loop->running();
      status.queued = entry->loop->queued();
    }
    list.push_back(std::move(status));
  }
  return list;
}

// One that can be loaded, or is.
ModelResult<std::shared_ptr<Registry::Entry>> Registry::find(const std::string& name) const {
  auto found = entries_.find(name);
  if (found == entries_.end()) {
    return std::unexpected(ModelError{ModelFault::kUnknownModel, "there is no model " + name, {}});
  }
  const std::shared_ptr<Entry>& entry = found->second;
  const bool is_broken = entry->state == ModelStatus::State::kBroken;
  if (entry->absent) return std::unexpected(not_here(name, is_broken));
  if (is_broken) return std::unexpected(broken(name));
  return entry;
}

void Registry::want(const std::shared_ptr<Entry>& entry) {
  if (entry->state != ModelStatus::State::kUnloaded) return;
  entry->state = ModelStatus::State::kLoading;
  show(*entry);
  loaders_.submit([this, entry] { load(entry); });
}

ModelResult<void> Registry::begin_load(const std::string& name) {
  std::lock_guard lock(mutex_);
  auto entry = find(name);
  if (!entry) return std::unexpected(std::move(entry.error()));
  // Else it would be the first to go, as one long unused.
  (*entry)->used = ++uses_;
  (*entry)->used_at = options_.clock->now();
  want(*entry);
  return {};
}

ModelRuntime::Unloading Registry::begin_unload(const std::string& name) {
  using Unloading = ModelRuntime::Unloading;
  std::lock_guard lock(mutex_);
  auto found = entries_.find(name);
  if (found == entries_.end()) return Unloading::kUnknown;
  const std::shared_ptr<Entry>& entry = found->second;
  const bool loading = entry->state == ModelStatus::State::kLoading;
  if (entry->users > 0 || loading) return Unloading::kInUse;
  if (entry->state != ModelStatus::State::kLoaded) return Unloading::kBegun;
  entry->state = ModelStatus::State::kLoading;  // until it is gone, nobody may use it
  loaders_.submit([this, idle = entry] { unload(idle); });
  return Unloading::kBegun;
}

ModelMemory Registry::memory() const {
  std::lock_guard lock(mutex_);
  return {bytes_used_, options_.memory_bytes};
}

Task<ModelResult<std::shared_ptr<Registry::Lease>>> Registry::open(const std::string& name) {
  std::shared_ptr<Entry> entry;
  auto loaded = std::make_shared<Event>();
  {
    std::lock_guard lock(mutex_);
    auto found = find(name);
    if (!found) co_return std::unexpected(std::move(found.error()));
    entry = std::move(*found);
    ++entry->users;  // the lease's, also while it waits
    entry->used = ++uses_;
    entry->used_at = options_.clock->now();
    if (entry->state == ModelStatus::State::kLoaded) loaded->set();
    if (entry->state != ModelStatus::State::kLoaded) entry->waiting.push_back(loaded);
    want(entry);
  }
  auto lease = std::make_shared<Lease>(*this, entry);
  co_await loaded->wait();
  std::lock_guard lock(mutex_);
  if (!entry->loop) co_return std::unexpected(*entry->error);
  co_return lease;
}

// On a loader's thread.
void Registry::load(const std::shared_ptr<Entry>& entry) {
  const std::uint64_t bytes = memory_of(entry->file);
  if (make_room(bytes)) {
    load_file(entry);
  } else {
    settle(*entry, no_memory(entry->file.name));
  }
}

void Registry::load_file(const std::shared_ptr<Entry>& entry) {
  const std::string& name = entry->file.name;
  LoopOptions loop;
  loop.model = name;
  loop.scheduler = {options_.load, options_.streams_per_step, options_.background_rows,
                    options_.step_time};
  loop.scheduler.load.path = entry->file.path;
  loop.max_queue = options_.max_queue;
  loop.clock = options_.clock;
  loop.usage = options_.usage;
  loop.metrics = options_.metrics;
  loop.speed = entry->speed;
  auto backend = options_.loader(name, loop.scheduler.load);
  if (backend) {
    auto started = std::make_unique<ModelLoop>(std::move(*backend), std::move(loop));
    std::lock_guard lock(mutex_);
    entry->card = started->backend()->card();
    entry->loop = std::move(started);
  } else {
    std::lock_guard lock(mutex_);
    bytes_used_ -= memory_of(entry->file);
  }
  if (backend) return settle(*entry, std::nullopt);
  const Error& error = backend.error();
  log(LogLevel::kError, "a model failed to load", {{"model", name}, {"error", error.detail}});
  if (is_final(error.code)) {
    std::lock_guard lock(mutex_);
    entry->problem = error.detail;
  }
  if (is_final(error.code)) return settle(*entry, broken(name));
  if (error.code == ErrorCode::kNoSpace) return settle(*entry, no_memory(name));
  settle(*entry, ModelError{ModelFault::kInternal, "the model " + name + " failed to load", {}});
}

// The state as metrics. Not of what was removed: one of the same name may have its place.
void Registry::show(const Entry& entry) {
  if (entry.removed) return;
  const std::string label = model_label(entry.file.name);
  options_.metrics->gauge("lakeside_model_loaded", "1 while the model is in memory.", label)
      .set(entry.state == ModelStatus::State::kLoaded ? 1 : 0);
  options_.metrics->gauge("lakeside_model_loading", "1 while the model is being loaded.", label)
      .set(entry.state == ModelStatus::State::kLoading ? 1 : 0);
  for (std::size_t i = 0; i < kModelStates.size(); ++i) {
    state_gauge(*options_.metrics, label, kModelStates[i])
        .set(static_cast<std::size_t>(entry.state) == i ? 1 : 0);
  }
}

void Registry::hide(const Entry& entry) {
  const std::string label = model_label(entry.file.name);
  options_.metrics->gauge("lakeside_model_loaded", "1 while the model is in memory.", label).set(0);
  options_.metrics->gauge("lakeside_model_loading", "1 while the model is being loaded.", label)
      .set(0);
  for (std::string_view state : kModelStates) {
    state_gauge(*options_.metrics, label, state).set(0);
  }
}

// The end of an attempt to load: whoever waits learns of it.
void Registry::settle(Entry& entry, std::optional<ModelError> error) {
  std::vector<std::shared_ptr<Event>> waiting;
  {
    std::lock_guard lock(mutex_);
    entry.state = !error                                ? ModelStatus::State::kLoaded
                  : error->fault == ModelFault::kBroken ? ModelStatus::State::kBroken
                                                        : ModelStatus::State::kUnloaded;
    entry.error = std::move(error);
    waiting.swap(entry.waiting);
    show(entry);
  }
  for (auto& event : waiting) event->set();
}

// Takes so much of the budget, and unloads idle models for it. False: there is not so much.
bool Registry::make_room(std::uint64_t bytes) {
  while (true) {
    std::shared_ptr<Entry> idle;
    {
      std::lock_guard lock(mutex_);
      if (options_.memory_bytes == 0 || bytes_used_ + bytes <= options_.memory_bytes) {
        bytes_used_ += bytes;
        return true;
      }
      idle = bytes > options_.memory_bytes ? nullptr : idle_longest();
      if (!idle) return false;
      idle->state = ModelStatus::State::kLoading;  // until it is gone, nobody may use it
    }
    unload(idle);
  }
}

std::shared_ptr<Registry::Entry> Registry::idle_longest() const {
  std::shared_ptr<Entry> found;
  for (const auto& [name, entry] : entries_) {
    const bool idle = entry->state == ModelStatus::State::kLoaded && entry->users == 0;
    if (!idle || entry->file.pinned) continue;
    if (!found || entry->used < found->used) found = entry;
  }
  return found;
}

std::size_t Registry::unload_idle() {
  if (options_.idle_timeout.count() == 0) return 0;
  const Time before = options_.clock->now() - options_.idle_timeout;
  std::size_t count = 0;
  std::lock_guard lock(mutex_);
  for (const auto& [name, entry] : entries_) {
    const bool idle = entry->state == ModelStatus::State::kLoaded && entry->users == 0;
    if (!idle || entry->file.pinned || entry->used_at > before) continue;
    entry->state = ModelStatus::State::kLoading;  // until it is gone, nobody may use it
    loaders_.submit([this, idle = entry] { unload(idle); });
    ++count;
  }
  return count;
}

// Its loop ends on this thread, which therefore is none of a model's.
void Registry::unload(const std::shared_ptr<Entry>& entry) {
  std::unique_ptr<ModelLoop> loop;
  {
    std::lock_guard lock(mutex_);
    loop = std::move(entry->loop);
    if (!loop) return;  // unloaded by another
  }
  loop.reset();
  std::lock_guard lock(mutex_);
  bytes_used_ -= memory_of(entry->file);
  entry->state = ModelStatus::State::kUnloaded;
  show(*entry);
  if (entry->waiting.empty()) return;
  // Somebody asked for it meanwhile.
  entry->state = ModelStatus::State::kLoading;
  loaders_.submit([this, entry] { load(entry); });
}

void Registry::release(const std::shared_ptr<Entry>& entry) {
  {
    std::lock_guard lock(mutex_);
    --entry->users;
    entry->used = ++uses_;
    entry->used_at = options_.clock->now();
    if (entry->users > 0 || !entry->removed || !entry->loop) return;
  }
  drop(entry);
}

// Unloads a removed model.
void Registry::drop(const std::shared_ptr<Entry>& entry) {
  loaders_.submit([this, entry] { unload(entry); });
}

}  // namespace lakeside::serving
