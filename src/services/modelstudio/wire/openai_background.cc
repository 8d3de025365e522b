#include "services/modelstudio/wire/openai_background.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "services/modelstudio/ops/job_runner.h"
#include "services/modelstudio/wire/files.h"
#include "services/modelstudio/wire/job_input.h"

namespace lakeside::modelstudio::wire {
namespace {

using Edit = std::function<bool(StoredResponse&)>;

constexpr std::string_view kPath = "/v1/responses";

Json parsed(const std::string& text) { return Json::parse(text, nullptr, false); }

// Unless it has come to its end.
Edit to_status(std::string_view status) {
  return [status](StoredResponse& response) {
    Json document = parsed(response.document);
    if (has_ended(document)) return false;
    document["status"] = status;
    response.document = to_text(document);
    return true;
  };
}

// openai, types/responses/response_error.py.
std::string_view error_code(const Json& error) {
  const std::string code = error.value("code", "");
  if (code == "rate_limit_exceeded") return "rate_limit_exceeded";
  const bool asked = error.value("type", "") == "invalid_request_error";
  return asked && code != "invalid_api_key" ? "invalid_prompt" : "server_error";
}

Json error_in(const std::optional<LineResult>& result) {
  if (!result) {
    return {{"code", "server_error"}, {"message", "The response did not begin within 24 hours."}};
  }
  Json answer = parsed(result->text);
  Json error = answer.is_object() ? answer.value("error", Json::object()) : Json::object();
  const Json message = error.contains("message") ? error["message"] : Json();
  const std::string unknown = "The server had an error while processing your request.";
  return {{"code", error_code(error)},
          {"message", message.is_string() ? message.get<std::string>() : unknown}};
}

Job new_job(const StudioCall& call, const std::string& model) {
  Job job;
  job.kind = Job::Kind::kResponse;
  job.created = call.env.clock.now();
  job.expires = job.created + ops::kJobWindow;
  job.id = new_response_id(job.created);
  job.workspace = workspace_of(call);
  job.key_id = call.key->id;
  job.path = kPath;
  job.model = model;
  job.counts.total = 1;
  return job;
}

// Else who asks for a model that is not here would learn it only from what he polls.
std::optional<WireError> why_not(const StudioCall& call, const std::string& model) {
  if (!may_call(*call.key, model)) return forbidden_model(model, call.dialect);
  const auto models = call.env.server.models();
  const auto found = std::ranges::find(models, model, &serving::ModelStatus::name);
  if (found == models.end()) return no_such_model(model, call.dialect);
  return std::nullopt;
}

}  // namespace

// The job first: one whose response is not there ends at once, a response without a job never.
Task<http::Response> begin_response(StudioCall& call, const ResponseRequest& request,
                                    const std::string& body) {
  const std::string& model = request.generate.call.request.model;
  if (auto refused = why_not(call, model)) co_return call.error(*refused);
  if (!call.env.runner->has_room()) co_return call.error(too_many_jobs(call));
  const Job job = new_job(call, model);
  StoredResponse response;
  response.id = job.id;
  response.workspace = job.workspace;
  response.previous = request.previous;
  response.created = job.created;
  response.input = to_text(request.input);
  response.document = to_text(response_document(response, request, "queued"));
  Status created = co_await call.env.jobs.create(job, body);
  if (!created) co_return call.error(storage_failed(call));
  const JobName name{job.workspace, job.id};
  Status added = co_await call.env.responses.add(response);
  if (!added) {
    (void)co_await call.env.jobs.remove(name);
    if (added.error().code != ErrorCode::kTooLarge) co_return call.error(storage_failed(call));
    const BadInput large{"input", "The input is too large to be kept.", "string_above_max_length"};
    co_return call.error(to_wire(large, call.dialect));
  }
  call.env.runner->submit(name);
  co_return json_response(std::move(response.document));
}

Task<std::expected<std::optional<Time>, WireError>> take_up_response(StudioCall& call) {
  const std::string& workspace = workspace_of(call);
  const Edit begin = to_status("in_progress");
  auto response = co_await call.env.responses.change(workspace, call.response_id, begin);
  if (!response && response.error().code == ErrorCode::kNotFound) co_return std::nullopt;
  if (response && has_ended(parsed(response->document))) co_return std::nullopt;
  if (response) co_return response->created;
  co_return std::unexpected(response_error(response.error(), call.response_id));
}

Task<http::Response> cancel_response(StudioCall& call) {
  const std::string& workspace = workspace_of(call);
  const Edit cancel = to_status("cancelled");
  auto response = co_await call.env.responses.change(workspace, call.id, cancel);
  if (!response) co_return call.error(response_error(response.error(), call.id));
  call.env.runner->abort(call.id);
  co_return json_response(std::move(response->document));
}

Task<Status> conclude_response(const Environment& env, const Job& job,
                               const std::optional<LineResult>& result) {
  const Edit end = [&result](StoredResponse& response) {
    Json document = parsed(response.document);
    if (has_ended(document)) return false;
    document["status"] = "failed";
    document["error"] = error_in(result);
    response.document = to_text(document);
    return true;
  };
  auto ended = co_await env.responses.change(job.workspace, job.id, end);
  if (ended || ended.error().code == ErrorCode::kNotFound) co_return Status{};
  co_return std::unexpected(std::move(ended.error()));
}

}  // namespace lakeside::modelstudio::wire
