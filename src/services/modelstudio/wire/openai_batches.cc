// POST batches, GET batches, GET batches/{id}, POST batches/{id}/cancel.
#include <utility>

#include "services/modelstudio/ops/job_runner.h"
#include "services/modelstudio/wire/batch_lines.h"
#include "services/modelstudio/wire/codecs.h"
#include "services/modelstudio/wire/job_input.h"
#include "services/modelstudio/wire/query.h"
#include "services/modelstudio/wire/shapes.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::size_t kMaxMetadata = 16;
constexpr std::size_t kMaxMetadataName = 64;
constexpr std::size_t kMaxMetadataValue = 512;
constexpr std::int64_t kLeastOutputSeconds = 3600;
constexpr std::int64_t kMostOutputSeconds = 2'592'000;
constexpr std::uint64_t kUsualPage = 20;
constexpr std::uint64_t kMostPage = 100;

std::string_view status_name(JobStatus status) {
  switch (status) {
    case JobStatus::kValidating:
      return "validating";
    case JobStatus::kInProgress:
      return "in_progress";
    case JobStatus::kFinalizing:
      return "finalizing";
    case JobStatus::kCancelling:
      return "cancelling";
    case JobStatus::kFailed:
      return "failed";
    case JobStatus::kCompleted:
      return "completed";
    case JobStatus::kExpired:
      return "expired";
    case JobStatus::kCancelled:
      return "cancelled";
  }
  return "";
}

Json time_json(const std::optional<Time>& time) {
  return time ? Json(unix_seconds(*time)) : Json();
}
Json ended_json(const Job& job, JobStatus status) {
  return job.status == status ? time_json(job.ended) : Json();
}
Json text_json(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json errors_json(const std::vector<JobError>& errors) {
  if (errors.empty()) return {};
  Json data = Json::array();
  for (const JobError& error : errors) {
    data.push_back({{"code", error.code},
                    {"message", error.message},
                    {"param", text_json(error.param)},
                    {"line", error.line ? Json(*error.line) : Json()}});
  }
  return {{"object", "list"}, {"data", std::move(data)}};
}

Json usage_json(const JobUsage& usage) {
  return {{"input_tokens", usage.input_tokens},
          {"input_tokens_details", {{"cached_tokens", usage.cached_tokens}}},
          {"output_tokens", usage.output_tokens},
          {"output_tokens_details", {{"reasoning_tokens", 0}}},
          {"total_tokens", usage.input_tokens + usage.output_tokens}};
}

Json metadata_json(const Job& job) {
  if (job.metadata.empty()) return {};
  Json json = Json::object();
  for (const auto& [name, value] : job.metadata) json[name] = value;
  return json;
}

Json batch_json(const Job& job, const StudioCall& call) {
  const JobCounts counts = call.env.runner->progress(job.id).value_or(job.counts);
  Json json = {
      {"id", job.id},
      {"object", "batch"},
      {"endpoint", job.path},
      {"model", text_json(job.model)},
      {"errors", errors_json(job.errors)},
      {"input_file_id", job.input},
      {"completion_window", job.window},
      {"status", status_name(job.status)},
      {"output_file_id", text_json(job.output_file)},
      {"error_file_id", text_json(job.error_file)},
      {"created_at", unix_seconds(job.created)},
      {"in_progress_at", time_json(job.in_progress)},
      {"expires_at", unix_seconds(job.expires)},
      {"finalizing_at", time_json(job.finalizing)},
      {"completed_at", ended_json(job, JobStatus::kCompleted)},
      {"failed_at", ended_json(job, JobStatus::kFailed)},
      {"expired_at", ended_json(job, JobStatus::kExpired)},
      {"cancelling_at", time_json(job.cancelling)},
      {"cancelled_at", ended_json(job, JobStatus::kCancelled)},
      {"request_counts",
       {{"total", counts.total}, {"completed", counts.completed}, {"failed", counts.failed}}},
      {"usage", usage_json(job.usage)},
      {"metadata", metadata_json(job)}};
  if (!job.output_prefix.empty()) json["output_prefix"] = job.output_prefix;
  return json;
}

WireError no_such_batch(const std::string& id) {
  WireError error;
  error.status = 404;
  error.message = "No batch found with id '" + id + "'.";
  return error;
}

WireError cannot_cancel(JobStatus status) {
  WireError error;
  error.status = 409;
  error.message = "Cannot cancel a batch with status '" + std::string(status_name(status)) + "'.";
  return error;
}

class CreateBatch final : public gateway::Action {
 public:
  explicit CreateBatch(Job job) : job_(std::move(job)) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    if (!call.env.runner->has_room()) co_return call.error(too_many_jobs(call));
    const std::string param = "input_file_id";
    const std::string purpose = "batch";
    auto input = co_await find_input(call, job_.input, param, purpose);
    if (!input) co_return call.error(input.error());
    job_.input_object = std::move(*input);
    if (!job_.output_prefix.empty()) {
      auto output = reach_object(call, job_.output_prefix, "output_prefix");
      if (!output) co_return call.error(output.error());
      job_.output_object = std::move(*output);
    }
    const std::string no_request;
    Status created = co_await call.env.jobs.create(job_, no_request);
    if (!created) co_return call.error(storage_failed(call));
    call.env.runner->submit({job_.workspace, job_.id});
    co_return json_response(to_text(batch_json(job_, call)));
  }

 private:
  Job job_;
};

class RetrieveBatch final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    const JobName name{call.key->settings.workspace, call.id};
    auto job = co_await call.env.jobs.find(name);
    if (!job) co_return call.error(storage_failed(call));
    if (!*job || (*job)->kind != Job::Kind::kBatch) co_return call.error(no_such_batch(call.id));
    co_return json_response(to_text(batch_json(**job, call)));
  }
};

class CancelBatch final : public gateway::Action {
 public:
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    const JobName name{call.key->settings.workspace, call.id};
    const Time now = call.env.clock.now();
    const std::function<bool(Job&)> edit = [now](Job& job) {
      if (job.kind != Job::Kind::kBatch || job.status > JobStatus::kInProgress) return false;
      job.status = JobStatus::kCancelling;
      job.outcome = JobStatus::kCancelled;
      job.cancelling = now;
      return true;
    };
    auto job = co_await call.env.jobs.change(name, edit);
    if (!job) co_return call.error(storage_failed(call));
    if (!*job || (*job)->kind != Job::Kind::kBatch) co_return call.error(no_such_batch(call.id));
    if ((*job)->status != JobStatus::kCancelling) {
      co_return call.error(cannot_cancel((*job)->status));
    }
    call.env.runner->cancel(call.id);
    co_return json_response(to_text(batch_json(**job, call)));
  }
};

class ListBatches final : public gateway::Action {
 public:
  ListBatches(std::string after, std::size_t limit) : after_(std::move(after)), limit_(limit) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    const std::string& workspace = call.key->settings.workspace;
    if (!after_.empty()) {
      const JobName name{workspace, after_};
      auto last = co_await call.env.jobs.find(name);
      if (!last) co_return call.error(storage_failed(call));
      if (!*last) co_return call.error(no_such_batch(after_));
    }
    const std::function<bool(const Job&)> all = [](const Job&) { return true; };
    auto page = co_await call.env.jobs.list(workspace, false, after_, 0, limit_, all);
    if (!page) co_return call.error(storage_failed(call));
    Json data = Json::array();
    for (const Job& job : page->jobs) data.push_back(batch_json(job, call));
    Json json = {{"object", "list"}, {"data", std::move(data)}};
    json["first_id"] = page->jobs.empty() ? Json() : Json(page->jobs.front().id);
    json["last_id"] = page->jobs.empty() ? Json() : Json(page->jobs.back().id);
    json["has_more"] = page->more;
    co_return json_response(to_text(json));
  }

 private:
  const std::string after_;
  const std::size_t limit_;
};

void read_metadata(Fields& fields, Job& job) {
  const Json* metadata = fields.object("metadata");
  if (metadata == nullptr) return;
  if (metadata->size() > kMaxMetadata) {
    fields.invalid("metadata", "it has at most 16 members.");
    return;
  }
  for (const auto& [name, value] : metadata->items()) {
    if (!value.is_string() || name.size() > kMaxMetadataName ||
        value.get_ref<const std::string&>().size() > kMaxMetadataValue) {
      fields.invalid("metadata",
                     "names have at most 64 characters, values are strings of at most 512.");
      return;
    }
    job.metadata.emplace_back(name, value.get<std::string>());
  }
}

void read_output(Fields& fields, Job& job) {
  job.output_prefix = fields.text("output_prefix").value_or("");
  if (!job.output_prefix.empty() && !job.output_prefix.ends_with('/')) {
    fields.invalid("output_prefix", "it ends with '/'.");
  }
  const Json* expiry = fields.object("output_expires_after");
  if (expiry == nullptr) return;
  Fields inner(*expiry, "output_expires_after", fields.bad());
  if (inner.required_text("anchor") != "created_at") {
    inner.invalid("anchor", "Supported values are: 'created_at'.");
  }
  auto seconds = inner.integer("seconds", kLeastOutputSeconds, kMostOutputSeconds);
  if (!seconds) inner.missing("seconds");
  job.output_seconds = static_cast<std::uint32_t>(seconds.value_or(0));
}

}  // namespace

ActionResult decode_create_batch(StudioCall& call, const std::string& body) {
  auto json = parse_body(body);
  if (!json) return std::unexpected(std::move(json.error()));
  std::optional<BadInput> bad;
  Fields fields(*json, "", bad);
  Job job;
  job.input = fields.required_text("input_file_id");
  job.path = fields.required_text("endpoint");
  job.window = fields.required_text("completion_window");
  if (!is_batch_endpoint(job.path)) {
    fields.invalid("endpoint",
                   "Supported values are: '/v1/chat/completions', '/v1/completions', "
                   "'/v1/embeddings' and '/v1/responses'.");
  }
  if (job.window != "24h") {
    fields.invalid("completion_window", "Supported values are: '24h'.");
  }
  read_metadata(fields, job);
  read_output(fields, job);
  if (bad) return std::unexpected(std::move(*bad));
  job.created = call.env.clock.now();
  job.expires = job.created + ops::kJobWindow;
  job.id = new_batch_id(job.created);
  job.workspace = call.key->settings.workspace;
  job.key_id = call.key->id;
  return std::make_unique<CreateBatch>(std::move(job));
}

ActionResult decode_retrieve_batch(StudioCall&, const std::string&) {
  return std::make_unique<RetrieveBatch>();
}

ActionResult decode_cancel_batch(StudioCall&, const std::string&) {
  return std::make_unique<CancelBatch>();
}

ActionResult decode_list_batches(StudioCall& call, const std::string&) {
  auto limit = query_number(call.head(), "limit", kUsualPage, kMostPage);
  if (!limit) return std::unexpected(std::move(limit.error()));
  return std::make_unique<ListBatches>(query_text(call.head(), "after"), *limit);
}

}  // namespace lakeside::modelstudio::wire
