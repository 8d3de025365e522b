#include "app/model_admin.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "app/hub.h"
#include "app/object_import.h"
#include "app/object_source.h"
#include "app/pull.h"
#include "services/oss/service.h"

namespace lakeside::app {
namespace {

using modelstudio::ImportWish;
using modelstudio::ModelTask;
using modelstudio::ModelTaskReport;
using modelstudio::ModelTasks;
using modelstudio::ModelWork;
using modelstudio::PullWish;
using serving::ModelFault;
using serving::ModelRuntime;

// False: stopped meanwhile.
bool pause(std::chrono::seconds wait, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  return !woken.wait_for(lock, stop, wait, [&] { return stop.stop_requested(); });
}

Status check_name(const std::string& name) {
  if (is_model_name(name)) return {};
  return fail(ErrorCode::kInvalid,
              "that cannot be a model's name: letters, digits and ._-: only, at most 128");
}

class Admin final : public modelstudio::ModelAdmin {
 public:
  explicit Admin(ModelAdminParts parts)
      : parts_(std::move(parts)), tasks_(parts_.clock, {}, parts_.tasks) {}

  std::vector<serving::ModelStatus> models() const override { return parts_.runtime.models(); }
  serving::ModelMemory memory() const override { return parts_.runtime.memory(); }

  Status load(const std::string& model) override;
  Status unload(const std::string& model) override;
  Task<Status> pin(const std::string& model, bool pinned) override;
  Task<Status> remove(const std::string& model) override;
  Task<Result<ModelTask>> pull(const PullWish& wish) override;
  Task<Result<ModelTask>> import(const ImportWish& wish) override;
  Task<Result<ModelTask>> cancel(const std::string& task, bool discard) override;
  ModelTasks& tasks() override { return tasks_; }

  Status take_up();

 private:
  // With its record written, so that a process that is killed now does not forget it.
  Task<Result<ModelTask>> begin(ModelTask task);
  [[nodiscard]] ModelWork work_of(const ModelTask& task);
  Result<std::string> fetch(const PullRequest& request, ModelTaskReport& report,
                            const std::stop_token& stop);
  Result<std::string> copy(const ObjectSource& source, const std::string& name,
                           ModelTaskReport& report, const std::stop_token& stop);
  [[nodiscard]] bool is_known(const std::string& model) const;
  [[nodiscard]] Error without_paths(Error error) const;

  const ModelAdminParts parts_;
  ModelTasks tasks_;  // last: what it runs uses the rest
};

bool Admin::is_known(const std::string& model) const {
  const auto all = parts_.runtime.models();
  return std::ranges::find(all, model, &serving::ModelStatus::name) != all.end();
}

// Where the data folder is, is not the caller's business.
Error Admin::without_paths(Error error) const {
  const std::string folder = parts_.folder.path().string() + "/";
  for (auto at = error.detail.find(folder); at != std::string::npos;
       at = error.detail.find(folder)) {
    error.detail.erase(at, folder.size());
  }
  return error;
}

Status Admin::load(const std::string& model) {
  auto begun = parts_.runtime.begin_load(model);
  if (begun) return {};
  const bool unknown = begun.error().fault == ModelFault::kUnknownModel;
  return fail(unknown ? ErrorCode::kNotFound : ErrorCode::kGuardFailed, begun.error().message);
}

Status Admin::unload(const std::string& model) {
  switch (parts_.runtime.begin_unload(model)) {
    case ModelRuntime::Unloading::kUnknown:
      return fail(ErrorCode::kNotFound, "there is no model " + model);
    case ModelRuntime::Unloading::kInUse:
      return fail(ErrorCode::kGuardFailed,
                  "the model " + model + " is being used or loaded; try again when it is idle");
    case ModelRuntime::Unloading::kBegun:
      break;
  }
  return {};
}

Task<Status> Admin::pin(const std::string& model, bool pinned) {
  Status done = co_await run_on(parts_.disk, [&] { return parts_.folder.pin(model, pinned); });
  if (done || done.error().code == ErrorCode::kNotFound) {
    // One without a file (the fake) is pinned as long as the server runs.
    const bool known = parts_.runtime.pin_model(model, pinned);
    if (known) co_return Status();
  }
  co_return done;
}

Task<Status> Admin::remove(const std::string& model) {
  if (tasks_.is_coming(model)) {
    co_return fail(ErrorCode::kGuardFailed,
                   "the model " + model + " is on its way; cancel its task first");
  }
  Status done = co_await run_on(parts_.disk, [&] {
    Status removed = parts_.folder.remove(model);
    if (removed) parts_.look();
    return removed;
  });
  const bool absent = !done && done.error().code == ErrorCode::kNotFound;
  if (absent && is_known(model)) {
    co_return fail(
        ErrorCode::kUnsupported,
        "the model " + model + " is none of the folder's: the server's settings name it");
  }
  co_return done;
}

Task<Result<ModelTask>> Admin::begin(ModelTask task) {
  ModelWork work = work_of(task);
  auto begun = tasks_.start(std::move(task), std::move(work));
  if (begun) co_await tasks_.saved();
  co_return begun;
}

Task<Result<ModelTask>> Admin::cancel(const std::string& task, bool discard) {
  auto cancelled = tasks_.cancel(task, discard);
  if (cancelled) co_await tasks_.saved();
  co_return cancelled;
}

// Made of what the task's record says alone: the next process has nothing else.
ModelWork Admin::work_of(const ModelTask& task) {
  if (task.kind == ModelTask::Kind::kPull) {
    PullRequest request{task.source, parts_.hub.empty() ? task.hub : parts_.hub, task.file,
                        task.model};
    return
        [this, request = std::move(request)](ModelTaskReport& report, const std::stop_token& stop) {
          return fetch(request, report, stop);
        };
  }
  return [this, from = task.source, name = task.model](
             ModelTaskReport& report, const std::stop_token& stop) -> Result<std::string> {
    auto source = parse_object_source(from);
    if (!source) return std::unexpected(source.error());
    return copy(*source, name, report, stop);
  };
}

Status Admin::take_up() {
  return tasks_.take_up([this](const ModelTask& task) { return work_of(task); });
}

Task<Result<ModelTask>> Admin::pull(const PullWish& wish) {
  if (!parts_.hub.empty() && !wish.hub.empty()) {
    co_return fail(ErrorCode::kInvalid, "this server has a hub of its own: leave hub out");
  }
  // By name alone: the server asks no address that a caller makes up.
  if (!wish.hub.empty() && wish.hub != "modelscope" && wish.hub != "hf") {
    co_return fail(ErrorCode::kInvalid, "hub is modelscope or hf");
  }
  if (auto read = parse_hub_model(wish.source); !read) co_return std::unexpected(read.error());
  if (!wish.model.empty()) {
    if (Status named = check_name(wish.model); !named) co_return std::unexpected(named.error());
  }
  ModelTask task{.kind = ModelTask::Kind::kPull,
                 .source = wish.source,
                 .hub = wish.hub,
                 .file = wish.file,
                 .model = wish.model,
                 .created_by = wish.created_by};
  co_return co_await begin(std::move(task));
}

Result<std::string> Admin::fetch(const PullRequest& request, ModelTaskReport& report,
                                 const std::stop_token& stop) {
  std::string model = request.name;
  auto name =
      pull_model(request, parts_.folder, parts_.environment,
                 {[&](const std::string& line) { report.said(line); },
                  [&](std::uint64_t done, std::uint64_t total) { report.moved(done, total); },
                  [&](std::chrono::seconds wait) { return pause(wait, stop); },
                  [&](const std::string& chosen) {
                    model = chosen;
                    report.named(chosen);
                  },
                  stop});
  if (!name && stop.stop_requested() && report.discards() && !model.empty()) {
    parts_.folder.remove_part(model);
  }
  if (!name) return std::unexpected(without_paths(std::move(name.error())));
  parts_.look();
  return name;
}

Task<Result<ModelTask>> Admin::import(const ImportWish& wish) {
  const std::string text = "oss://" + wish.object.bucket + "/" + wish.object.key;
  auto source = parse_object_source(text);
  if (!source) co_return std::unexpected(source.error());
  ObjectImport first(parts_.objects, parts_.folder, parts_.disk, *source, wish.model);
  const std::string name = first.name();
  if (Status named = check_name(name); !named) co_return std::unexpected(named.error());
  // Whoever names what is not there learns it at once.
  Status there = co_await first.begin();
  if (!there) co_return std::unexpected(there.error());
  ModelTask task{.kind = ModelTask::Kind::kImport,
                 .source = text,
                 .model = name,
                 .created_by = wish.created_by};
  co_return co_await begin(std::move(task));
}

Result<std::string> Admin::copy(const ObjectSource& source, const std::string& name,
                                ModelTaskReport& report, const std::stop_token& stop) {
  ObjectImport import(parts_.objects, parts_.folder, parts_.disk, source, name);
  if (Status begun = run_blocking(import.begin()); !begun) return std::unexpected(begun.error());
  report.moved(0, import.total());
  while (!import.is_here()) {
    if (stop.stop_requested()) return fail(ErrorCode::kUnavailable, "it was stopped");
    auto ended = run_blocking(import.step());
    if (!ended) return std::unexpected(without_paths(std::move(ended.error())));
    report.moved(import.done(), import.total());
    if (*ended) break;
  }
  parts_.look();
  return name;
}

class OssAccess final : public modelstudio::ObjectAccess {
 public:
  explicit OssAccess(oss::ObjectStore& store) : store_(store) {}

  Task<std::optional<modelstudio::ReadDenied>> ask_read(
      const Principal& caller, const modelstudio::ObjectName& object,
      const ram::ContextSource& context) const override {
    const std::string named = object.bucket + "/" + object.key;
    const std::string anywhere = "acs:oss:*:*:" + named;
    auto side = co_await oss::resource_side(store_, caller, modelstudio::kReadObject, anywhere);
    // A bucket that is not there is as one of the caller's account.
    oss::ResourceSide of = side.value_or(oss::ResourceSide{caller.account_id});
    const std::string resource = "acs:oss:*:" + of.owner_account + ":" + named;
    const ram::AccessRequest request{
        modelstudio::kReadObject, resource,  of.owner_account, of.granted_to_all, &context,
        of.policy.get(),          of.blocked};
    ram::Decision decision = ram::evaluate(caller, request);
    if (decision.allowed) co_return std::nullopt;
    co_return modelstudio::ReadDenied{resource, ram::denial(caller, request, decision)};
  }

 private:
  oss::ObjectStore& store_;
};

}  // namespace

Result<std::unique_ptr<modelstudio::ModelAdmin>> make_model_admin(ModelAdminParts parts) {
  auto admin = std::make_unique<Admin>(std::move(parts));
  if (Status taken_up = admin->take_up(); !taken_up) return std::unexpected(taken_up.error());
  return admin;
}

std::unique_ptr<modelstudio::ObjectAccess> make_object_access(oss::ObjectStore& store) {
  return std::make_unique<OssAccess>(store);
}

}  // namespace lakeside::app
