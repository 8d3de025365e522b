// The records of jobs: docs/formats/model-jobs.md.
#include <array>

#include <nlohmann/json.hpp>

#include "services/modelstudio/core/jobs.h"

namespace lakeside::modelstudio {
namespace {

using Json = nlohmann::json;

constexpr std::array<const char*, 4> kKinds = {"batch", "task", "file_task", "response"};
constexpr std::array<const char*, 8> kStatuses = {"validating", "in_progress", "finalizing",
                                                  "cancelling", "failed",      "completed",
                                                  "expired",    "cancelled"};

template <class Enum, std::size_t N>
Enum named(const std::array<const char*, N>& names, const Json& name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (name == names[i]) return static_cast<Enum>(i);
  }
  throw Json::other_error::create(501, "an unknown name", nullptr);
}

std::int64_t micros(Time time) { return time.time_since_epoch().count(); }

Time time_at(const Json& json, const char* name) {
  return Time(std::chrono::microseconds(json.at(name).get<std::int64_t>()));
}
std::optional<Time> time_in(const Json& json, const char* name) {
  if (!json.contains(name)) return std::nullopt;
  return time_at(json, name);
}

Json errors_json(const std::vector<JobError>& errors) {
  Json all = Json::array();
  for (const JobError& error : errors) {
    Json one = {{"code", error.code}, {"message", error.message}, {"param", error.param}};
    if (error.line) one["line"] = *error.line;
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<JobError> errors_in(const Json& json) {
  std::vector<JobError> errors;
  for (const Json& one : json) {
    JobError& error = errors.emplace_back();
    error.code = one.at("code").get<std::string>();
    error.message = one.at("message").get<std::string>();
    error.param = one.at("param").get<std::string>();
    if (one.contains("line")) error.line = one.at("line").get<std::uint32_t>();
  }
  return errors;
}

Json object_json(const ObjectName& object) {
  return {{"bucket", object.bucket}, {"key", object.key}};
}
ObjectName object_in(const Json& json) {
  return {json.at("bucket").get<std::string>(), json.at("key").get<std::string>()};
}

Json usage_json(const JobUsage& usage) {
  return {usage.input_tokens, usage.cached_tokens, usage.output_tokens};
}

}  // namespace

std::string usage_id_of(const Job& job, std::uint32_t line) {
  return job.id + "/" + std::to_string(line);
}

std::string encode_job(const Job& job) {
  Json record = {{"v", 1},
                 {"id", job.id},
                 {"kind", kKinds.at(static_cast<std::size_t>(job.kind))},
                 {"workspace", job.workspace},
                 {"key_id", job.key_id},
                 {"status", kStatuses.at(static_cast<std::size_t>(job.status))},
                 {"outcome", kStatuses.at(static_cast<std::size_t>(job.outcome))},
                 {"path", job.path},
                 {"model", job.model},
                 {"parameters", job.parameters},
                 {"input", job.input},
                 {"input_object", object_json(job.input_object)},
                 {"input_etag", job.input_etag},
                 {"window", job.window},
                 {"output_prefix", job.output_prefix},
                 {"output_object", object_json(job.output_object)},
                 {"output_seconds", job.output_seconds},
                 {"metadata", job.metadata},
                 {"counts", {job.counts.total, job.counts.completed, job.counts.failed}},
                 {"usage", usage_json(job.usage)},
                 {"output_file", job.output_file},
                 {"error_file", job.error_file},
                 {"errors", errors_json(job.errors)},
                 {"created", micros(job.created)},
                 {"expires", micros(job.expires)}};
  if (job.in_progress) record["in_progress"] = micros(*job.in_progress);
  if (job.finalizing) record["finalizing"] = micros(*job.finalizing);
  if (job.cancelling) record["cancelling"] = micros(*job.cancelling);
  if (job.ended) record["ended"] = micros(*job.ended);
  return record.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Job> decode_job(std::string_view record) {
  try {
    Json json = Json::parse(record);
    if (json.at("v").get<int>() != 1) return fail(ErrorCode::kCorrupt, "a job of a later version");
    Job job;
    job.id = json.at("id").get<std::string>();
    job.kind = named<Job::Kind>(kKinds, json.at("kind"));
    job.workspace = json.at("workspace").get<std::string>();
    job.key_id = json.at("key_id").get<std::string>();
    job.status = named<JobStatus>(kStatuses, json.at("status"));
    job.outcome = named<JobStatus>(kStatuses, json.at("outcome"));
    job.path = json.at("path").get<std::string>();
    job.model = json.at("model").get<std::string>();
    job.parameters = json.at("parameters").get<std::string>();
    job.input = json.at("input").get<std::string>();
    job.input_object = object_in(json.at("input_object"));
    job.input_etag = json.at("input_etag").get<std::string>();
    job.window = json.at("window").get<std::string>();
    job.output_prefix = json.at("output_prefix").get<std::string>();
    job.output_object = object_in(json.at("output_object"));
    job.output_seconds = json.at("output_seconds").get<std::uint32_t>();
    job.metadata = json.at("metadata").get<decltype(job.metadata)>();
    const Json& counts = json.at("counts");
    job.counts = {counts.at(0).get<std::uint32_t>(), counts.at(1).get<std::uint32_t>(),
                  counts.at(2).get<std::uint32_t>()};
    const Json& usage = json.at("usage");
    job.usage = {usage.at(0).get<std::uint64_t>(), usage.at(1).get<std::uint64_t>(),
                 usage.at(2).get<std::uint64_t>()};
    job.output_file = json.at("output_file").get<std::string>();
    job.error_file = json.at("error_file").get<std::string>();
    job.errors = errors_in(json.at("errors"));
    job.created = time_at(json, "created");
    job.expires = time_at(json, "expires");
    job.in_progress = time_in(json, "in_progress");
    job.finalizing = time_in(json, "finalizing");
    job.cancelling = time_in(json, "cancelling");
    job.ended = time_in(json, "ended");
    return job;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a job's record: ") + error.what());
  }
}

}  // namespace lakeside::modelstudio
