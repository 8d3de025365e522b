#include "services/modelstudio/wire/model_management.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <expected>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "services/modelstudio/core/capabilities.h"

namespace lakeside::modelstudio::wire {
namespace {

using rpc::Answer;
using rpc::Fault;
using rpc::Invocation;
using rpc::Parameters;
using rpc::Read;
using rpc::Value;
using serving::ModelStatus;

constexpr std::size_t kMostListed = 100;
constexpr std::size_t kMostWords = 32;
constexpr std::size_t kLongest = 1100;  // a bucket and an object's longest key
constexpr std::string_view kProvider = "lakeside";

// ---- what went wrong ---------------------------------------------------------------------------

// "There is no model x." of "there is no model x".
std::string sentence(std::string text) {
  if (text.empty()) return text;
  if (text.front() >= 'a' && text.front() <= 'z')
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  if (!text.ends_with('.')) text += '.';
  return text;
}

std::unexpected<Fault> failed(const Error& error) {
  switch (error.code) {
    case ErrorCode::kNotFound:
      return std::unexpected(Fault{404, "ResourceNotFound", sentence(error.detail)});
    case ErrorCode::kInvalid:
      return std::unexpected(Fault{400, "InvalidParameter", sentence(error.detail)});
    case ErrorCode::kGuardFailed:
      return std::unexpected(Fault{409, "OperationConflict", sentence(error.detail)});
    case ErrorCode::kUnavailable:
      return std::unexpected(Fault{429, "Throttling", sentence(error.detail)});
    case ErrorCode::kUnsupported:
      return std::unexpected(Fault{400, "UnsupportedOperation", sentence(error.detail)});
    default:
      return std::unexpected(rpc::internal_error(error));
  }
}

// Why a task failed, as programs read it.
std::string_view task_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return "ResourceNotFound";
    case ErrorCode::kInvalid:
    case ErrorCode::kUnsupported:
      return "InvalidModel";
    case ErrorCode::kCorrupt:
    case ErrorCode::kTooLarge:
      return "ChecksumMismatch";
    case ErrorCode::kNoSpace:
      return "InsufficientStorage";
    case ErrorCode::kDisconnected:
    case ErrorCode::kTimeout:
      return "ConnectionLost";
    case ErrorCode::kUnavailable:
      return "ServiceUnavailable";
    default:
      return "InternalError";
  }
}

// ---- as documents ------------------------------------------------------------------------------

Value succeeded(const Invocation& in) {
  return {{"requestId", in.request.id},
          {"success", true},
          {"code", "Success"},
          {"httpStatusCode", 200}};
}

std::int64_t unix_millis(Time time) { return time.time_since_epoch().count() / 1000; }

std::vector<std::string_view> capabilities_of(const ModelStatus& model) {
  if (!model.card) return {};
  return modelstudio::capabilities_of(*model.card);
}

Value described(const ModelStatus& model) {
  Value value = {
      {"model", model.name},
      {"name", model.name},
      {"provider", kProvider},
      {"capabilities", capabilities_of(model)},
      {"features", Value::array()},
      {"publishedTime", unix_millis(model.added)},
      {"inferenceMetadata", {{"requestModality", {"Text"}}, {"responseModality", {"Text"}}}},
      // Ours:
      {"status", serving::to_string(model.state)},
      {"pinned", model.pinned},
      {"fileBytes", model.file_bytes},
      {"memoryBytes", model.memory_bytes},
      {"running", model.running},
      {"queued", model.queued}};
  if (!model.problem.empty()) value["problem"] = model.problem;
  if (model.card) {
    value["description"] = model.card->description;
    value["architecture"] = model.card->architecture;
    value["parameters"] = model.card->parameters;
    value["modelInfo"] = {{"contextWindow", model.context_tokens}};
  }
  // Left out where nothing was measured: no speed is not a speed of nought.
  if (model.speed.first_token.count() > 0) {
    value["firstTokenMillis"] = model.speed.first_token.count() / 1000.0;
  }
  if (model.speed.tokens_per_second > 0) {
    value["tokensPerSecond"] = std::round(model.speed.tokens_per_second * 100) / 100;
  }
  return value;
}

constexpr std::array<std::string_view, 5> kTaskStates = {"PENDING", "RUNNING", "SUCCEEDED",
                                                         "FAILED", "CANCELED"};

Value described(const ModelTask& task) {
  Value value = {{"taskId", task.id},
                 {"type", task.kind == ModelTask::Kind::kPull ? "Pull" : "Import"},
                 {"source", task.source},
                 {"status", kTaskStates[static_cast<std::size_t>(task.state)]},
                 {"bytesDone", task.done},
                 {"bytesTotal", task.total},
                 {"createdBy", task.created_by},
                 {"gmtCreate", unix_millis(task.created)},
                 {"gmtModified", unix_millis(task.changed)}};
  if (!task.hub.empty()) value["hub"] = task.hub;
  if (!task.file.empty()) value["file"] = task.file;
  if (!task.model.empty()) value["model"] = task.model;
  if (!task.note.empty()) value["message"] = task.note;
  if (task.error) {
    const std::string_view code = task_code(task.error->code);
    const bool own = code == "InternalError";
    value["errorCode"] = code;
    value["errorMessage"] = own ? "The server's log says why." : sentence(task.error->detail);
  }
  return value;
}

Value with_task(const Invocation& in, const ModelTask& task) {
  Value value = succeeded(in);
  value["task"] = described(task);
  return value;
}

// ---- what is asked for -------------------------------------------------------------------------

std::optional<ModelStatus> status_of(const ModelAdmin& models, const std::string& name) {
  auto all = models.models();
  auto found = std::ranges::find(all, name, &ModelStatus::name);
  return found == all.end() ? std::nullopt : std::optional(std::move(*found));
}

std::unexpected<Fault> no_such_model(const std::string& name) {
  return failed(Error{ErrorCode::kNotFound, "there is no model " + name});
}

Read<std::string> short_one(const Parameters& in, std::string_view name, bool required) {
  std::string value(in.get(name));
  if (value.empty() && required) return std::unexpected(rpc::missing_parameter(name));
  if (value.size() > kLongest) return std::unexpected(rpc::invalid_parameter(name, "shorter"));
  return value;
}

// A list as the SDK sends it, '["a","b"]', or as name.1, name.2.
Read<std::vector<std::string>> words(const Parameters& in, std::string_view name) {
  const std::string_view text = in.get(name);
  if (text.empty()) return in.list(name, kMostWords);
  auto json = nlohmann::json::parse(text, nullptr, false);
  std::vector<std::string> all;
  bool good = json.is_array() && json.size() <= kMostWords;
  for (std::size_t i = 0; good && i < json.size(); ++i) {
    good = json[i].is_string();
    if (good) all.push_back(json[i].get<std::string>());
  }
  if (!good) return std::unexpected(rpc::invalid_parameter(name, "a JSON array of strings"));
  return all;
}

// ListModels' filters. `language` is of the names, which have one here.
struct Filter {
  std::string model;
  std::string name;
  std::vector<std::string> capabilities;
  std::vector<std::string> features;
  std::vector<std::string> providers;
  std::uint64_t context = 0;

  [[nodiscard]] bool takes(const ModelStatus& one) const {
    const auto can = capabilities_of(one);
    return (model.empty() || one.name == model) && one.name.find(name) != std::string::npos &&
           std::ranges::all_of(
               capabilities,
               [&](const auto& it) { return std::ranges::find(can, it) != can.end(); }) &&
           features.empty() &&
           (providers.empty() || std::ranges::find(providers, kProvider) != providers.end()) &&
           one.context_tokens >= context;
  }
};

Read<Filter> read_filter(const Parameters& in) {
  Filter filter{.model = std::string(in.get("model")), .name = std::string(in.get("name"))};
  for (auto [name, to] :
       {std::pair{"capabilities", &filter.capabilities}, std::pair{"features", &filter.features},
        std::pair{"providers", &filter.providers}}) {
    auto list = words(in, name);
    if (!list) return std::unexpected(std::move(list.error()));
    *to = std::move(*list);
  }
  auto context = in.number("contextWindow", 0, {0, 1'000'000'000});
  if (!context) return std::unexpected(std::move(context.error()));
  filter.context = *context;
  return filter;
}

struct Page {
  std::uint64_t first = 0;
  std::uint64_t most = 0;
};
Read<Page> read_page(const Parameters& in) {
  auto most = in.number("maxResults", 20, {1, kMostListed});
  if (!most) return std::unexpected(std::move(most.error()));
  auto first = in.number("nextToken", 0, {0, 1'000'000});
  if (!first) return std::unexpected(std::move(first.error()));
  return Page{*first, *most};
}

template <class T>
Value paged(const Invocation& in, const Page& page, const char* name, const std::vector<T>& all) {
  Value value = succeeded(in);
  value["totalCount"] = all.size();
  value["maxResults"] = page.most;
  value[name] = Value::array();
  for (std::uint64_t i = page.first; i < all.size() && i < page.first + page.most; ++i) {
    value[name].push_back(described(all[i]));
  }
  if (page.first + page.most < all.size()) {
    value["nextToken"] = std::to_string(page.first + page.most);
  }
  return value;
}

// The model as it is after something was done to it.
Answer now_of(const ModelParts& parts, const Invocation& in, const std::string& name,
              const Status& done) {
  if (!done) return failed(done.error());
  Value value = succeeded(in);
  if (auto model = status_of(parts.models, name)) value["model"] = described(*model);
  return value;
}

Task<Answer> set_pinned(const ModelParts& parts, const Invocation& in, bool pinned) {
  auto name = in.parameters.required("model");
  if (!name) co_return std::unexpected(std::move(name.error()));
  Status done = co_await parts.models.pin(*name, pinned);
  co_return now_of(parts, in, *name, done);
}

}  // namespace

std::optional<ObjectName> object_asked_for(const Parameters& in) {
  constexpr std::string_view kScheme = "oss://";
  std::string_view source = in.get("source");
  if (!source.starts_with(kScheme) || source.size() > kLongest) return std::nullopt;
  source.remove_prefix(kScheme.size());
  const auto slash = source.find('/');
  if (slash == 0 || slash == std::string_view::npos || slash + 1 == source.size()) {
    return std::nullopt;
  }
  return ObjectName{std::string(source.substr(0, slash)), std::string(source.substr(slash + 1))};
}

Task<Answer> list_models(const ModelParts& parts, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto filter = read_filter(in.parameters);
  if (!filter) co_return std::unexpected(std::move(filter.error()));
  auto all = parts.models.models();
  std::erase_if(all, [&](const ModelStatus& one) { return !filter->takes(one); });
  Value value = paged(in, *page, "models", all);
  const serving::ModelMemory memory = parts.models.memory();
  value["memory"] = {{"usedBytes", memory.used}, {"limitBytes", memory.limit}};
  co_return value;
}

Task<Answer> get_model(const ModelParts& parts, const Invocation& in) {
  auto name = in.parameters.required("model");
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto model = status_of(parts.models, *name);
  if (!model) co_return no_such_model(*name);
  Value value = succeeded(in);
  value["model"] = described(*model);
  co_return value;
}

Task<Answer> delete_model(const ModelParts& parts, const Invocation& in) {
  auto name = in.parameters.required("model");
  if (!name) co_return std::unexpected(std::move(name.error()));
  Status done = co_await parts.models.remove(*name);
  if (!done) co_return failed(done.error());
  co_return succeeded(in);
}

Task<Answer> load_model(const ModelParts& parts, const Invocation& in) {
  auto name = in.parameters.required("model");
  if (!name) co_return std::unexpected(std::move(name.error()));
  Status done = parts.models.load(*name);
  co_return now_of(parts, in, *name, done);
}

Task<Answer> unload_model(const ModelParts& parts, const Invocation& in) {
  auto name = in.parameters.required("model");
  if (!name) co_return std::unexpected(std::move(name.error()));
  Status done = parts.models.unload(*name);
  co_return now_of(parts, in, *name, done);
}

Task<Answer> pin_model(const ModelParts& parts, const Invocation& in) {
  co_return co_await set_pinned(parts, in, true);
}

Task<Answer> unpin_model(const ModelParts& parts, const Invocation& in) {
  co_return co_await set_pinned(parts, in, false);
}

Task<Answer> pull_model(const ModelParts& parts, const Invocation& in) {
  PullWish wish;
  for (auto [name, to] : {std::pair{"source", &wish.source}, std::pair{"hub", &wish.hub},
                          std::pair{"file", &wish.file}, std::pair{"model", &wish.model}}) {
    auto value = short_one(in.parameters, name, to == &wish.source);
    if (!value) co_return std::unexpected(std::move(value.error()));
    *to = std::move(*value);
  }
  wish.created_by = ram::arn_of(in.caller());
  auto task = co_await parts.models.pull(wish);
  if (!task) co_return failed(task.error());
  co_return with_task(in, *task);
}

Task<Answer> import_model(const ModelParts& parts, const Invocation& in) {
  auto source = short_one(in.parameters, "source", true);
  if (!source) co_return std::unexpected(std::move(source.error()));
  auto name = short_one(in.parameters, "model", false);
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto object = object_asked_for(in.parameters);
  if (!object) {
    co_return std::unexpected(rpc::invalid_parameter("source", "oss://BUCKET/KEY.gguf"));
  }
  auto denied = co_await parts.objects.ask_read(in.caller(), *object, parts.context);
  if (denied) {
    Fault fault{403, "NoPermission",
                "You are not authorized to do this action. Resource: " + denied->resource +
                    " Action: " + std::string(kReadObject) + ". " + denied->denial.why};
    fault.access_denied = std::move(denied->denial.detail);
    co_return std::unexpected(std::move(fault));
  }
  ImportWish wish{std::move(*object), std::move(*name), ram::arn_of(in.caller())};
  auto task = co_await parts.models.import(wish);
  if (!task) co_return failed(task.error());
  co_return with_task(in, *task);
}

Task<Answer> list_model_tasks(const ModelParts& parts, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  co_return paged(in, *page, "tasks", parts.models.tasks().list());
}

Task<Answer> get_model_task(const ModelParts& parts, const Invocation& in) {
  auto id = in.parameters.required("taskId");
  if (!id) co_return std::unexpected(std::move(id.error()));
  auto task = parts.models.tasks().find(*id);
  if (!task) co_return failed(Error{ErrorCode::kNotFound, "there is no task " + *id});
  co_return with_task(in, *task);
}

Task<Answer> cancel_model_task(const ModelParts& parts, const Invocation& in) {
  auto id = in.parameters.required("taskId");
  if (!id) co_return std::unexpected(std::move(id.error()));
  auto keep = in.parameters.flag("keepData", false);
  if (!keep) co_return std::unexpected(std::move(keep.error()));
  auto task = co_await parts.models.cancel(*id, !*keep);
  if (!task) co_return failed(task.error());
  co_return with_task(in, *task);
}

}  // namespace lakeside::modelstudio::wire
