#include "app/models.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "app/folder_watch.h"
#include "app/hub.h"
#include "app/model_admin.h"
#include "app/model_folder.h"
#include "app/usage_journal.h"
#include "base/log.h"
#include "services/modelstudio/service.h"
#include "serving/fake/fake_backend.h"
#include "serving/llamacpp/gguf.h"
#include "serving/llamacpp/header_card.h"
#include "serving/llamacpp/llamacpp.h"
#include "serving/llamacpp/sizes.h"
#include "serving/runtime/model_server.h"

namespace lakeside::app {
namespace {

constexpr const char* kFakeName = "fake";

const char* from_environment(const std::string& name) { return std::getenv(name.c_str()); }

constexpr std::chrono::seconds kLongestPause{60};  // between looks for idle models

// Half of the machine's memory and all of its GPUs', where nobody says how much.
std::uint64_t memory_for_models(const ServeSettings& settings) {
  if (settings.model_memory_mib != 0) return settings.model_memory_mib << 20;
  auto pages = static_cast<std::uint64_t>(std::max(sysconf(_SC_PHYS_PAGES), 0L));
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 2 +
         serving::gpu_memory_bytes();
}

// One core stays free for everything else: threads that compute a model wait for each other by
// spinning, and lose most of their speed where another program has one of their cores.
std::uint32_t threads_for_models(const ServeSettings& settings) {
  if (settings.model_threads != 0) return settings.model_threads;
  return std::max(std::thread::hardware_concurrency(), 2U) - 1;
}

Result<std::unique_ptr<serving::Backend>> load(const std::string& name,
                                               const serving::LoadOptions& options) {
  if (options.path.empty() && name == kFakeName) {
    serving::FakeOptions fake;
    fake.load = options;
    return serving::make_fake_backend(fake);
  }
  return serving::load_llamacpp(options);
}

// Destroyed from the last member to the first.
class FolderModels final : public Models {
 public:
  FolderModels(const ServeSettings& settings, const DataFolder& folder, engines::Kv& kv,
               modelstudio::Objects& objects, const modelstudio::UploadSigner& uploads,
               Metrics& metrics)
      : files_(folder.path()),
        fake_(settings.fake_model),
        load_{.context_tokens = settings.model_context, .threads = threads_for_models(settings)},
        objects_(objects),
        uploads_(uploads),
        responses_(modelstudio::ResponseStore::create(kv, system_clock())),
        conversations_(modelstudio::ConversationStore::create(kv)),
        stored_files_(modelstudio::FileStore::create(kv, objects, system_clock())),
        file_uploads_(
            modelstudio::UploadStore::create(kv, objects, *stored_files_, system_clock())),
        task_records_(modelstudio::ModelTaskRecords::create(kv)),
        jobs_(kv),
        journal_(kv),
        runtime_(serving::make_model_server({.loader = load,
                                             .load = load_,
                                             .memory_bytes = memory_for_models(settings),
                                             .usage = &journal_,
                                             .metrics = &metrics,
                                             .idle_timeout = settings.model_idle_timeout})),
        idle_timeout_(settings.model_idle_timeout),
        wanted_(settings.models),
        hub_(settings.hub) {}

  Status open(const DataFolder& folder, const std::string& local_key, engines::Kv& kv) {
    auto keys = run_blocking(modelstudio::KeyStore::open(kv, system_clock()));
    if (!keys) return std::unexpected(keys.error());
    keys_ = std::move(*keys);
    if (auto made = make_local_key(local_key); !made) return made;
    service_ = modelstudio::make_modelstudio_service({.server = *runtime_,
                                                      .keys = *keys_,
                                                      .objects = objects_,
                                                      .files = *stored_files_,
                                                      .jobs = jobs_,
                                                      .file_uploads = *file_uploads_,
                                                      .uploads = uploads_,
                                                      .responses = *responses_,
                                                      .conversations = *conversations_,
                                                      .usage = kv,
                                                      .clock = system_clock()},
                                                     {});
    if (auto hub = choose_hub(hub_, from_environment); !hub) {
      return fail(ErrorCode::kInvalid, "hub: " + hub.error().detail);
    }
    auto admin = make_model_admin({.folder = files_,
                                   .runtime = *runtime_,
                                   .objects = objects_,
                                   .disk = copying_,
                                   .clock = system_clock(),
                                   .tasks = task_records_.get(),
                                   .hub = hub_,
                                   .environment = from_environment,
                                   .look = [this] { look(); }});
    if (!admin) return std::unexpected(admin.error());
    admin_ = std::move(*admin);
    if (fake_) {
      runtime_->add_model({.name = kFakeName,
                           .path = {},
                           .file_bytes = 1 << 20,
                           .card = serving::make_fake_backend({.load = load_})->card(),
                           .added = system_clock().now()});
    }
    auto watch = FolderWatch::start(folder.path() / "models", [this] { look(); });
    if (!watch) {
      log(LogLevel::kWarn, "new models are seen at the next start only",
          {{"why", watch.error().detail}});
    } else {
      watch_ = std::move(*watch);
    }
    look();
    for (const ObjectSource& source : wanted_) {
      runtime_->expect_model(default_model_name(source.key), "");
    }
    if (!wanted_.empty()) {
      importer_ = std::jthread([this](const std::stop_token& stop) { import_wanted(stop); });
    }
    if (idle_timeout_.count() != 0) {
      idler_ = std::jthread([this](const std::stop_token& stop) { unload_idle(stop); });
    }
    service_->start_jobs();
    return {};
  }

  std::vector<serving::ModelStatus> list() const override { return runtime_->models(); }
  std::unique_ptr<ObjectImport> make_import(const ObjectSource& source,
                                            const std::string& name) override {
    return std::make_unique<ObjectImport>(objects_, files_, copying_, source, name);
  }
  modelstudio::ModelAdmin& admin() override { return *admin_; }
  gateway::Service& service() override { return *service_; }
  modelstudio::KeyStore& keys() override { return *keys_; }
  Task<Status> reset() override {
    Status files = co_await stored_files_->clear();
    if (!files) co_return files;
    Status uploads = co_await file_uploads_->clear();
    if (!uploads) co_return uploads;
    Status jobs = co_await jobs_.clear();
    if (!jobs) co_return jobs;
    Status conversations = co_await conversations_->clear();
    if (!conversations) co_return conversations;
    co_return co_await responses_->clear();
  }
  Task<Result<std::size_t>> remove_expired() override {
    auto files = co_await stored_files_->remove_expired();
    if (!files) co_return files;
    auto responses = co_await responses_->remove_expired();
    if (!responses) co_return responses;
    auto uploads = co_await file_uploads_->remove_expired();
    if (!uploads) co_return uploads;
    co_return *files + *responses + *uploads;
  }

 private:
  Status make_local_key(const std::string& secret) {
    modelstudio::KeySettings settings;
    settings.name = "local";  // what `lakeside env` gives
    settings.buckets = {std::string(modelstudio::kAllBuckets)};
    if (auto found = keys_->find(secret)) {
      if (!found->settings.buckets.empty()) return {};
      // Made before keys had buckets.
      settings = found->settings;
      settings.buckets = {std::string(modelstudio::kAllBuckets)};
      auto changed = run_blocking(keys_->change(found->id, settings));
      if (!changed) return std::unexpected(changed.error());
      return {};
    }
    auto created = run_blocking(keys_->create(settings, secret));
    if (!created) return std::unexpected(created.error());
    return {};
  }

  // Takes over what is in the folder now.
  void look() {
    std::lock_guard lock(looking_);
    std::set<std::string> there;
    for (ModelFile& file : files_.list()) {
      there.insert(file.name);
      if (known_.contains(file.name) && known_[file.name] == file.added) {
        runtime_->pin_model(file.name, file.pinned);
        continue;
      }
      known_[file.name] = file.added;
      auto header = serving::read_gguf(file.path.string());
      std::uint64_t cache = header ? serving::cache_bytes(*header, load_.context_tokens) : 0;
      std::optional<serving::ModelCard> card;
      if (header) card = serving::header_card(*header);
      runtime_->add_model({.name = file.name,
                           .path = file.path.string(),
                           .file_bytes = file.bytes,
                           .cache_bytes = cache,
                           .pinned = file.pinned,
                           .card = std::move(card),
                           .added = file.added});
    }
    std::erase_if(known_, [&](const auto& known) {
      if (there.contains(known.first)) return false;
      runtime_->remove_model(known.first);
      return true;
    });
  }

  // The models that the settings name, one after the other; the watch sees them come.
  void import_wanted(const std::stop_token& stop) {
    for (const ObjectSource& source : wanted_) {
      if (stop.stop_requested()) return;
      auto import = make_import(source, "");
      Status copied = copy(*import, stop);
      if (copied || stop.stop_requested()) continue;
      log(LogLevel::kError, "a model could not be imported",
          {{"source", source.text()}, {"why", copied.error().detail}});
      runtime_->expect_model(import->name(), copied.error().detail);
    }
  }

  Status copy(ObjectImport& import, const std::stop_token& stop) {
    if (auto begun = run_blocking(import.begin()); !begun) return begun;
    if (import.is_here()) return {};
    while (!stop.stop_requested()) {
      auto ended = run_blocking(import.step());
      if (!ended) return std::unexpected(ended.error());
      if (*ended) break;
    }
    return {};
  }

  void unload_idle(const std::stop_token& stop) {
    const auto pause = std::clamp(idle_timeout_ / 4, std::chrono::seconds(1), kLongestPause);
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    while (!woken.wait_for(lock, stop, pause, [&] { return stop.stop_requested(); })) {
      runtime_->unload_idle();
    }
  }

  const ModelFolder files_;
  const bool fake_;
  const serving::LoadOptions load_;
  std::mutex looking_;
  std::map<std::string, Time> known_;  // and when each was added; under looking_
  modelstudio::Objects& objects_;
  const modelstudio::UploadSigner& uploads_;
  const std::unique_ptr<modelstudio::ResponseStore> responses_;
  const std::unique_ptr<modelstudio::ConversationStore> conversations_;
  const std::unique_ptr<modelstudio::FileStore> stored_files_;
  const std::unique_ptr<modelstudio::UploadStore> file_uploads_;
  const std::unique_ptr<modelstudio::ModelTaskRecords> task_records_;
  modelstudio::JobStore jobs_;
  UsageJournal journal_;
  std::unique_ptr<modelstudio::KeyStore> keys_;
  std::unique_ptr<serving::ModelRuntime> runtime_;
  std::unique_ptr<modelstudio::ModelStudio> service_;
  ThreadPool copying_{"model-copy", 1};
  const std::chrono::seconds idle_timeout_;
  const std::vector<ObjectSource> wanted_;
  const std::string hub_;
  std::unique_ptr<modelstudio::ModelAdmin> admin_;
  std::unique_ptr<FolderWatch> watch_;
  std::jthread importer_;
  std::jthread idler_;
};

}  // namespace

Result<std::unique_ptr<Models>> Models::start(const ServeSettings& settings,
                                              const DataFolder& folder,
                                              const std::string& local_key, engines::Kv& kv,
                                              modelstudio::Objects& objects,
                                              const modelstudio::UploadSigner& uploads,
                                              Metrics& metrics) {
  auto models = std::make_unique<FolderModels>(settings, folder, kv, objects, uploads, metrics);
  if (auto opened = models->open(folder, local_key, kv); !opened) {
    return std::unexpected(opened.error());
  }
  return models;
}

}  // namespace lakeside::app
