#include "services/modelstudio/core/model_task_records.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "base/log.h"

namespace lakeside::modelstudio {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 2> kKinds = {"pull", "import"};
constexpr std::array<std::string_view, 5> kStates = {"pending", "running", "succeeded", "failed",
                                                     "canceled"};
constexpr std::array kErrors = {
    ErrorCode::kNotFound, ErrorCode::kGuardFailed, ErrorCode::kInvalid,    ErrorCode::kTooLarge,
    ErrorCode::kNoSpace,  ErrorCode::kIo,          ErrorCode::kCorrupt,    ErrorCode::kDisconnected,
    ErrorCode::kTimeout,  ErrorCode::kUnavailable, ErrorCode::kUnsupported};

const engines::Partition& partition() {
  static const engines::Partition tasks{"modelstudio.modeltasks"};
  return tasks;
}

// In the order in which they were begun.
std::string key_of(const ModelTask& task) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%020lld/",
                static_cast<long long>(task.created.time_since_epoch().count()));
  return digits + task.id;
}

Time time_in(const Json& json, const char* name) {
  return Time(std::chrono::microseconds(json.at(name).get<std::int64_t>()));
}

std::string encode(const ModelTask& task) {
  Json record = {{"v", 1},
                 {"id", task.id},
                 {"kind", kKinds[static_cast<std::size_t>(task.kind)]},
                 {"source", task.source},
                 {"hub", task.hub},
                 {"file", task.file},
                 {"model", task.model},
                 {"created_by", task.created_by},
                 {"state", kStates[static_cast<std::size_t>(task.state)]},
                 {"done", task.done},
                 {"total", task.total},
                 {"note", task.note},
                 {"created", task.created.time_since_epoch().count()},
                 {"changed", task.changed.time_since_epoch().count()},
                 {"stopping", task.stopping},
                 {"discard", task.discard}};
  if (task.error) {
    record["error"] = {{"code", to_string(task.error->code)}, {"detail", task.error->detail}};
  }
  return record.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// A code of another version is as good as an unknown one.
Error error_in(const Json& json) {
  const auto name = json.at("code").get<std::string>();
  const auto* code =
      std::ranges::find_if(kErrors, [&](ErrorCode one) { return to_string(one) == name; });
  return {code == kErrors.end() ? ErrorCode::kIo : *code, json.at("detail").get<std::string>()};
}

Result<ModelTask> decode(std::string_view record) {
  try {
    Json json = Json::parse(record);
    const auto* kind = std::ranges::find(kKinds, json.at("kind").get<std::string>());
    const auto* state = std::ranges::find(kStates, json.at("state").get<std::string>());
    if (json.at("v").get<int>() != 1 || kind == kKinds.end() || state == kStates.end()) {
      return fail(ErrorCode::kCorrupt, "a task of a model of a later version");
    }
    ModelTask task;
    task.id = json.at("id").get<std::string>();
    task.kind = static_cast<ModelTask::Kind>(kind - kKinds.begin());
    task.source = json.at("source").get<std::string>();
    task.hub = json.at("hub").get<std::string>();
    task.file = json.at("file").get<std::string>();
    task.model = json.at("model").get<std::string>();
    task.created_by = json.at("created_by").get<std::string>();
    task.state = static_cast<ModelTask::State>(state - kStates.begin());
    task.done = json.at("done").get<std::uint64_t>();
    task.total = json.at("total").get<std::uint64_t>();
    task.note = json.at("note").get<std::string>();
    task.created = time_in(json, "created");
    task.changed = time_in(json, "changed");
    task.stopping = json.at("stopping").get<bool>();
    task.discard = json.at("discard").get<bool>();
    if (json.contains("error")) task.error = error_in(json.at("error"));
    return task;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a task of a model: ") + error.what());
  }
}

class KvRecords final : public ModelTaskRecords {
 public:
  explicit KvRecords(engines::Kv& kv) : kv_(kv) {}

  Status save(const ModelTask& task) override {
    engines::Batch batch;
    batch.put(key_of(task), encode(task));
    return run_blocking(kv_.commit(partition(), batch));
  }

  Status remove(const ModelTask& task) override {
    engines::Batch batch;
    batch.remove(key_of(task));
    return run_blocking(kv_.commit(partition(), batch));
  }

  Result<std::vector<ModelTask>> load() override {
    std::vector<ModelTask> tasks;
    engines::ScanVisitor visitor = [&](std::string_view, std::string_view record) {
      auto task = decode(record);
      if (task) {
        tasks.push_back(std::move(*task));
      } else {
        log(LogLevel::kWarn, "a task of a model cannot be read", {{"why", task.error().detail}});
      }
      return engines::ScanStep::next();
    };
    Status scanned = run_blocking(kv_.scan(partition(), "", visitor));
    if (!scanned) return std::unexpected(std::move(scanned.error()));
    return tasks;
  }

 private:
  engines::Kv& kv_;
};

}  // namespace

std::unique_ptr<ModelTaskRecords> ModelTaskRecords::create(engines::Kv& kv) {
  return std::make_unique<KvRecords>(kv);
}

}  // namespace lakeside::modelstudio
