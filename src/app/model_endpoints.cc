#include "app/model_endpoints.h"

#include <memory>
#include <optional>

#include <nlohmann/json.hpp>

#include "app/object_import.h"
#include "base/encoding.h"
#include "base/log.h"

namespace lakeside::app {
namespace {

using Json = nlohmann::ordered_json;

std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

http::Response refusal(int status, const std::string& text) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.headers.add("Cache-Control", "no-store");
  response.body = text + "\n";
  response.error_code = "InvalidRequest";
  return response;
}

int status_of(ErrorCode code) {
  if (code == ErrorCode::kNotFound) return 404;
  return code == ErrorCode::kInvalid ? 400 : 500;
}

Chunk chunk_of(std::string_view text) {
  Chunk chunk = Chunk::allocate(text.size());
  std::ranges::copy(as_bytes(text), chunk.free_space().begin());
  chunk.extend(text.size());
  return chunk;
}

// Copies a piece for each line that is taken.
class ImportLines final : public SegmentSource {
 public:
  explicit ImportLines(std::unique_ptr<ObjectImport> import) : import_(std::move(import)) {}

  Task<Result<std::optional<Segment>>> next() override {
    if (ended_) co_return std::optional<Segment>();
    auto copied = co_await import_->step();
    Json json;
    if (!copied) {
      log(LogLevel::kError, "a model could not be imported",
          {{"model", import_->name()}, {"why", copied.error().detail}});
      json["error"] = copied.error().detail;
    } else if (*copied) {
      json["name"] = import_->name();
    } else {
      json = {{"done", import_->done()}, {"total", import_->total()}};
    }
    ended_ = !copied || *copied;
    Segment segment = chunk_of(line_of(json));
    co_return std::optional<Segment>(std::move(segment));
  }

 private:
  const std::unique_ptr<ObjectImport> import_;
  bool ended_ = false;
};

}  // namespace

std::string health_document(const std::vector<serving::ModelStatus>& models) {
  Json list = Json::array();
  for (const serving::ModelStatus& model : models) {
    Json json = {{"name", model.name},       {"state", serving::to_string(model.state)},
                 {"pinned", model.pinned},   {"bytes", model.file_bytes},
                 {"running", model.running}, {"queued", model.queued}};
    if (!model.problem.empty()) json["problem"] = model.problem;
    list.push_back(std::move(json));
  }
  return line_of({{"status", "ok"}, {"models", std::move(list)}});
}

Task<http::Response> import_model(Models& models, const http::RequestHead& head) {
  auto text = percent_decode(head.header("x-oss-model-source").value_or(""));
  auto source = parse_object_source(text.value_or(""));
  if (!source) co_return refusal(400, source.error().detail);
  std::string name(head.header("x-oss-model-name").value_or(""));
  auto import = models.make_import(*source, name);
  if (!is_model_name(import->name())) co_return refusal(400, "That cannot be a model's name.");
  Status begun = co_await import->begin();
  if (!begun) co_return refusal(status_of(begun.error().code), begun.error().detail);
  http::Response response;
  response.headers.add("Content-Type", "application/x-ndjson");
  response.headers.add("Cache-Control", "no-store");
  response.body = std::make_unique<ImportLines>(std::move(import));
  co_return response;
}

}  // namespace lakeside::app
