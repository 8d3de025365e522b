#include "services/modelstudio/wire/dashscope_tasks.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "services/modelstudio/ops/job_runner.h"
#include "services/modelstudio/wire/dashscope_fields.h"
#include "services/modelstudio/wire/files.h"
#include "services/modelstudio/wire/job_input.h"
#include "services/modelstudio/wire/query.h"
#include "services/modelstudio/wire/vector_fields.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::string_view kEmbeddingPath =
    "/api/v1/services/embeddings/text-embedding/text-embedding";
constexpr std::uint64_t kUsualPage = 10;
constexpr std::uint64_t kMostPage = 100;
constexpr std::uint64_t kMostPages = 1'000'000;

// dashscope/common/constants.py: TaskStatus.
std::string_view status_name(const Job& job) {
  switch (job.status) {
    case JobStatus::kValidating:
      return "PENDING";
    case JobStatus::kInProgress:
    case JobStatus::kFinalizing:
    case JobStatus::kCancelling:
      return "RUNNING";
    case JobStatus::kCompleted:
      return "SUCCEEDED";
    case JobStatus::kCancelled:
      return "CANCELED";
    case JobStatus::kFailed:
    case JobStatus::kExpired:
      return "FAILED";
  }
  return "UNKNOWN";
}

bool is_task(const Job& job) {
  return job.kind == Job::Kind::kTask || job.kind == Job::Kind::kFileTask;
}

bool is_kept(const Job& job, Time now) { return job.created + ops::kTaskKept > now; }

// "2023-12-20 21:36:31.896"; UTC here.
std::string time_text(Time time) {
  std::string text = format_log_time(time);
  text[10] = ' ';
  text.pop_back();
  return text;
}

std::int64_t unix_millis(Time time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

http::Response answer(const StudioCall& call, Json output, Json usage = {}) {
  Json json = {{"request_id", call.wire_id()}, {"output", std::move(output)}};
  if (!usage.is_null()) json["usage"] = std::move(usage);
  return json_response(to_text(json));
}

Json start_of(const Job& job) { return {{"task_id", job.id}, {"task_status", status_name(job)}}; }

Json times_of(const Job& job) {
  Json json = start_of(job);
  json["submit_time"] = time_text(job.created);
  if (job.in_progress) json["scheduled_time"] = time_text(*job.in_progress);
  if (job.ended) json["end_time"] = time_text(*job.ended);
  return json;
}

void add_error(Json& output, const Job& job) {
  const bool named = !job.errors.empty();
  output["code"] = named ? job.errors[0].code : "RequestTimeOut";
  output["message"] = named ? job.errors[0].message : "The task did not finish within 24 hours.";
}

class CreateTask final : public gateway::Action {
 public:
  CreateTask(Job job, std::string request) : job_(std::move(job)), request_(std::move(request)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    if (!call.env.runner->has_room()) co_return call.error(too_many_jobs(call));
    if (job_.kind == Job::Kind::kFileTask) {
      const std::string param = "input.url";
      const std::string any_purpose;
      auto input = co_await find_input(call, job_.input, param, any_purpose);
      if (!input) co_return call.error(input.error());
      job_.input_object = std::move(*input);
    }
    Status created = co_await call.env.jobs.create(job_, request_);
    if (!created) co_return call.error(storage_failed(call));
    call.env.runner->submit({job_.workspace, job_.id});
    co_return answer(call, start_of(job_));
  }

 private:
  Job job_;
  const std::string request_;
};

class GetTask final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    const JobName name{workspace_of(call), call.id};
    auto found = co_await call.env.jobs.find(name);
    if (!found) co_return call.error(storage_failed(call));
    if (!*found || !is_task(**found) || !is_kept(**found, call.env.clock.now())) {
      co_return answer(call, {{"task_id", call.id}, {"task_status", "UNKNOWN"}});
    }
    const Job& job = **found;
    if (job.kind == Job::Kind::kFileTask) co_return of_file(call, job);
    if (!is_final(job.status) || job.counts.completed + job.counts.failed == 0) {
      co_return without_answer(call, job);
    }
    auto line = co_await call.env.jobs.line(job.id, 1);
    if (!line || !*line) co_return call.error(storage_failed(call));
    co_return with_answer(call, job, (*line)->text);
  }

 private:
  static http::Response without_answer(const StudioCall& call, const Job& job) {
    Json output = times_of(job);
    if (job.status == JobStatus::kFailed || job.status == JobStatus::kExpired) {
      add_error(output, job);
    }
    return answer(call, std::move(output));
  }

  // The request's own answer, with the task's state beside its output.
  static http::Response with_answer(const StudioCall& call, const Job& job,
                                    const std::string& text) {
    Json own = Json::parse(text, nullptr, false);
    if (!own.is_object()) return call.error(storage_failed(call));
    Json output = times_of(job);
    if (job.status != JobStatus::kCompleted) {
      output["code"] = own.value("code", "");
      output["message"] = own.value("message", "");
      return answer(call, std::move(output));
    }
    if (own.contains("output")) output.update(own["output"]);
    return answer(call, std::move(output), own.contains("usage") ? own["usage"] : Json());
  }

  // As dashscope's BatchTextEmbeddingOutput wants it. The URL is the file's in the OpenAI API,
  // which takes the same key: this server signs no URLs for others.
  static http::Response of_file(const StudioCall& call, const Job& job) {
    Json output = times_of(job);
    if (job.status == JobStatus::kFailed || job.status == JobStatus::kExpired) {
      add_error(output, job);
    }
    if (!job.output_file.empty()) {
      output["url"] = std::string(call.request.tls ? "https://" : "http://") +
                      std::string(call.head().header("Host").value_or("localhost")) + "/v1/files/" +
                      job.output_file + "/content";
    }
    const JobCounts counts = call.env.runner->progress(job.id).value_or(job.counts);
    output["task_metrics"] = {
        {"TOTAL", counts.total}, {"SUCCEEDED", counts.completed}, {"FAILED", counts.failed}};
    Json usage;
    if (is_final(job.status)) usage = {{"total_tokens", job.usage.input_tokens}};
    return answer(call, std::move(output), std::move(usage));
  }
};

class CancelTask final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    const JobName name{workspace_of(call), call.id};
    const Time now = call.env.clock.now();
    bool cancelled = false;
    const std::function<bool(Job&)> edit = [now, &cancelled](Job& job) {
      cancelled = is_task(job) && job.status == JobStatus::kValidating;
      if (!cancelled) return false;
      job.status = JobStatus::kCancelled;
      job.ended = now;
      return true;
    };
    auto job = co_await call.env.jobs.change(name, edit);
    if (!job) co_return call.error(storage_failed(call));
    if (!cancelled) co_return call.error(not_pending());
    call.env.runner->cancel(call.id);
    co_return json_response(to_text({{"request_id", call.wire_id()}}));
  }

 private:
  static WireError not_pending() {
    WireError error;
    error.status = 400;
    error.code = "UnsupportedOperation";
    error.message = "Failed to cancel the task, please confirm if the task is in PENDING status.";
    return error;
  }
};

// What dashscope's BaseAsyncApi.list filters by.
struct TaskFilter {
  std::optional<Time> start;
  std::optional<Time> end;
  std::string model;
  std::string key_id;
  std::string status;
  Time now;

  [[nodiscard]] bool takes(const Job& job) const {
    return is_kept(job, now) && (!start || job.created >= *start) &&
           (!end || job.created <= *end) && (model.empty() || job.model == model) &&
           (key_id.empty() || job.key_id == key_id) &&
           (status.empty() || status_name(job) == status);
  }
};

// "/api/v1/services/a/b/c" → "apikey:v1:a:b:c:MODEL"
std::string api_key_of(const Job& job) {
  constexpr std::string_view kServices = "/api/v1/services/";
  std::string key = "apikey:v1:" + job.path.substr(std::min(kServices.size(), job.path.size()));
  std::ranges::replace(key, '/', ':');
  return key + ":" + job.model;
}

Json listed(const Job& job) {
  Json json = {{"task_id", job.id},
               {"status", status_name(job)},
               {"model_name", job.model},
               {"api_key_id", job.key_id},
               {"user_api_unique_key", api_key_of(job)},
               {"gmt_create", unix_millis(job.created)}};
  if (job.in_progress) json["start_time"] = unix_millis(*job.in_progress);
  if (job.ended) json["end_time"] = unix_millis(*job.ended);
  return json;
}

class ListTasks final : public gateway::Action {
 public:
  ListTasks(TaskFilter filter, std::uint64_t page, std::uint64_t size)
      : filter_(std::move(filter)), page_(page), size_(size) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    const std::string& workspace = workspace_of(call);
    const std::string from_the_newest;
    const std::function<bool(const Job&)> wanted = [this](const Job& job) {
      return filter_.takes(job);
    };
    auto total = co_await call.env.jobs.count(workspace, true, wanted);
    if (!total) co_return call.error(storage_failed(call));
    auto page = co_await call.env.jobs.list(workspace, true, from_the_newest, (page_ - 1) * size_,
                                            size_, wanted);
    if (!page) co_return call.error(storage_failed(call));
    Json data = Json::array();
    for (const Job& job : page->jobs) data.push_back(listed(job));
    co_return json_response(to_text({{"request_id", call.wire_id()},
                                     {"data", std::move(data)},
                                     {"total", *total},
                                     {"total_page", (*total + size_ - 1) / size_},
                                     {"page_no", page_},
                                     {"page_size", size_}}));
  }

 private:
  const TaskFilter filter_;
  const std::uint64_t page_;
  const std::uint64_t size_;
};

// "20230420000000", or milliseconds since 1970.
Decoded<std::optional<Time>> query_time(const http::RequestHead& head, std::string_view name) {
  std::string text = query_text(head, name);
  if (text.empty()) return std::nullopt;
  auto number = parse_uint(text);
  if (number && text.size() == 13) return Time(std::chrono::milliseconds(*number));
  if (number && text.size() == 14) {
    auto time = parse_iso8601_basic(text.substr(0, 8) + "T" + text.substr(8) + "Z");
    if (time) return time;
  }
  return std::unexpected(BadInput{
      std::string(name),
      "Invalid '" + std::string(name) + "': expected a time as '20230420000000' or milliseconds.",
      "invalid_value"});
}

Job new_task(const StudioCall& call, Job::Kind kind) {
  Job job;
  job.kind = kind;
  job.created = call.env.clock.now();
  job.expires = job.created + ops::kJobWindow;
  job.id = new_task_id(job.created);
  job.workspace = workspace_of(call);
  job.key_id = call.key->id;
  job.path = call.head().raw_path;
  return job;
}

}  // namespace

bool wants_task(const StudioCall& call) {
  // What a task runs is the request itself.
  return !call.background &&
         equals_ignore_case(call.head().header("X-DashScope-Async").value_or(""), "enable");
}

ActionResult make_task(const StudioCall& call, std::string model, const std::string& body) {
  Job job = new_task(call, Job::Kind::kTask);
  job.model = std::move(model);
  job.counts.total = 1;
  return std::make_unique<CreateTask>(std::move(job), body);
}

bool names_texts(const std::string& body) {
  auto json = parse_body(body);
  if (!json || !json->contains("input")) return false;
  const Json& input = (*json)["input"];
  return input.is_object() && input.contains("url");
}

ActionResult decode_batch_embedding(StudioCall& call, const std::string& text) {
  DashScopeBody body(parse_body(text));
  Job job = new_task(call, Job::Kind::kFileTask);
  job.model = body.model();
  job.input = body.input().required_text("url");
  if (body.input().has("texts")) body.input().invalid("texts", "send either 'texts' or 'url'.");
  Json parameters = Json::object();
  if (auto size = read_dimensions(body.parameters(), "dimension")) parameters["dimension"] = *size;
  if (!body.bad() && !wants_task(call)) {
    body.input().invalid("url", "it needs the header 'X-DashScope-Async: enable'.");
  }
  if (!body.bad() && job.input.find("://") != std::string::npos &&
      !job.input.starts_with("oss://")) {
    body.input().invalid("url",
                         "this server fetches nothing from elsewhere; send 'oss://BUCKET/KEY' or "
                         "the id of a file.");
  }
  if (body.bad()) return std::unexpected(std::move(*body.bad()));
  job.parameters = to_text(parameters);
  job.path = kEmbeddingPath;
  return std::make_unique<CreateTask>(std::move(job), std::string());
}

ActionResult decode_get_task(StudioCall&, const std::string&) {
  return std::make_unique<GetTask>();
}

ActionResult decode_cancel_task(StudioCall&, const std::string&) {
  return std::make_unique<CancelTask>();
}

ActionResult decode_list_tasks(StudioCall& call, const std::string&) {
  const http::RequestHead& head = call.head();
  auto page = query_number(head, "page_no", 1, kMostPages);
  if (!page) return std::unexpected(std::move(page.error()));
  auto size = query_number(head, "page_size", kUsualPage, kMostPage);
  if (!size) return std::unexpected(std::move(size.error()));
  auto start = query_time(head, "start_time");
  if (!start) return std::unexpected(std::move(start.error()));
  auto end = query_time(head, "end_time");
  if (!end) return std::unexpected(std::move(end.error()));
  if (!query_text(head, "region").empty()) {
    return std::unexpected(
        BadInput{"region", "Invalid 'region': it is not supported, this server has one region.",
                 "invalid_value"});
  }
  TaskFilter filter{*start,
                    *end,
                    query_text(head, "model_name"),
                    query_text(head, "api_key_id"),
                    query_text(head, "status"),
                    call.env.clock.now()};
  return std::make_unique<ListTasks>(std::move(filter), *page, *size);
}

}  // namespace lakeside::modelstudio::wire
