#include "services/modelstudio/wire/table_lines.h"

#include <utility>

#include "services/modelstudio/wire/batch_lines.h"
#include "services/modelstudio/wire/internal_call.h"
#include "services/modelstudio/wire/openai_background.h"
#include "services/modelstudio/wire/task_lines.h"

namespace lakeside::modelstudio::wire {
namespace {

Dialect dialect_of(const Job& job) {
  bool openai = job.kind == Job::Kind::kBatch || job.kind == Job::Kind::kResponse;
  return openai ? Dialect::kOpenAi : Dialect::kDashScope;
}

bool is_whole_request(const Job& job) {
  return job.kind == Job::Kind::kTask || job.kind == Job::Kind::kResponse;
}

InternalAnswer refusal(const WireError& error, Dialect dialect) {
  return {error.status, {}, error_document(error, dialect, {})};
}

// A key that was taken away does no more work, also where the job was begun with it.
bool may_work(const std::optional<ModelKey>& key, Time now) {
  return key && key->settings.enabled && (!key->settings.expires || *key->settings.expires > now);
}

InternalAnswer refuse_key(Dialect dialect) {
  const auth::AuthError error{auth::AuthFault::kDisabledKey,
                              "The API key that this was created with is not valid anymore."};
  return refusal(to_wire(error, dialect), dialect);
}

InternalAnswer refuse_stream() {
  const BadInput bad{"stream", "Streaming is not supported in the Batch API.",
                     "unsupported_parameter"};
  return refusal(to_wire(bad, Dialect::kOpenAi), Dialect::kOpenAi);
}

std::vector<std::string> names_of(const ModelServer& server) {
  std::vector<std::string> names;
  for (const serving::ModelStatus& model : server.models()) names.push_back(model.name);
  return names;
}

}  // namespace

std::unique_ptr<ops::LineWork::Check> TableLines::check(const Job& job) const {
  if (job.kind == Job::Kind::kBatch) return check_batch(job, names_of(env_.server));
  return check_texts(job);
}

Task<LineResult> TableLines::run(const Job& job, std::uint32_t number, const std::string& text,
                                 const std::optional<ModelKey>& key, LineModels& models) const {
  BatchLine line;
  if (job.kind == Job::Kind::kBatch) line = read_batch_line(text);
  if (is_whole_request(job)) line.body = text;
  if (job.kind == Job::Kind::kFileTask) line.body = text_request(job, text);
  InternalAnswer answer;
  if (!may_work(key, env_.clock.now())) {
    answer = refuse_key(dialect_of(job));
  } else if (line.stream) {
    answer = refuse_stream();
  } else {
    const Environment env = env_.with(models);
    const serving::Tenant tenant = background_tenant(*key, usage_id_of(job, number));
    const InternalRequest request{job.path, std::move(line.body),
                                  job.kind == Job::Kind::kResponse ? job.id : ""};
    answer = co_await call_internally(rows_, env, *key, tenant, request);
  }
  if (job.kind == Job::Kind::kBatch) co_return batch_result(line, answer);
  if (job.kind == Job::Kind::kFileTask) co_return text_result(number, answer);
  co_return LineResult{answer.status == 200, {}, std::move(answer.body)};
}

Task<Status> TableLines::conclude(const Job& job, const std::optional<LineResult>& result) const {
  co_return co_await conclude_response(env_, job, result);
}

LineResult TableLines::left_out(const Job& job, std::uint32_t number,
                                const std::string& text) const {
  if (job.kind == Job::Kind::kFileTask) return text_left_out(number);
  return batch_left_out(read_batch_line(text), job.outcome);
}

}  // namespace lakeside::modelstudio::wire
