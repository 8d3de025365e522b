#include "services/modelstudio/wire/batch_lines.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/crypto.h"
#include "base/encoding.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::array<std::string_view, 4> kEndpoints = {"/v1/chat/completions", "/v1/completions",
                                                        "/v1/embeddings", "/v1/responses"};

JobError from(const BadInput& bad) { return {bad.code, bad.message, bad.param, {}}; }

// Words as OpenAI and Model Studio have them: help.aliyun.com/zh/model-studio/error-code has
// mismatched_model and duplicate_custom_id.
class BatchCheck final : public ops::LineWork::Check {
 public:
  BatchCheck(std::string url, std::vector<std::string> models)
      : url_(std::move(url)), models_(std::move(models)) {}

  std::optional<JobError> line(const std::string& text) override {
    auto json = parse_body(text);
    if (!json) {
      return JobError{"invalid_json_line", "This line is not parseable as valid JSON.", "", {}};
    }
    std::optional<BadInput> bad;
    Fields fields(*json, "", bad);
    std::string custom_id = fields.required_text("custom_id");
    std::string method = fields.required_text("method");
    std::string url = fields.required_text("url");
    const Json* body = fields.object("body");
    if (body == nullptr) fields.missing("body");
    if (bad) return from(*bad);
    if (auto error = check_id(custom_id)) return error;
    if (method != "POST") {
      return JobError{"invalid_method",
                      "Invalid value: '" + method + "'. Supported values are: 'POST'.",
                      "method",
                      {}};
    }
    if (url != url_) {
      return JobError{"url_mismatch",
                      "The URL provided for this request does not match the batch endpoint.",
                      "url",
                      {}};
    }
    Fields inner(*body, "body", bad);
    std::string model = inner.required_text("model");
    if (bad) return from(*bad);
    if (auto error = check_model(model)) return error;
    return check_inputs(*body);
  }

  [[nodiscard]] std::string model() const override { return model_; }

 private:
  std::optional<JobError> check_id(const std::string& id) {
    if (id.size() > kMaxCustomId) {
      return JobError{"invalid_value",
                      "A custom_id has at most " + std::to_string(kMaxCustomId) + " bytes.",
                      "custom_id",
                      {}};
    }
    if (ids_.insert(id).second) return std::nullopt;
    return JobError{"duplicate_custom_id",
                    "The custom_id '" + id +
                        "' for this request is a duplicate of another request. The custom_id "
                        "parameter must be unique for each request in a batch.",
                    "custom_id",
                    {}};
  }

  std::optional<JobError> check_model(const std::string& model) {
    if (model_.empty()) {
      if (std::ranges::find(models_, model) == models_.end()) {
        return JobError{"model_not_found",
                        "The provided model '" + model + "' is not supported by the Batch API.",
                        "body.model",
                        {}};
      }
      model_ = model;
    }
    if (model == model_) return std::nullopt;
    return JobError{"mismatched_model",
                    "The model '" + model +
                        "' for this request does not match the rest of the batch. Each batch must "
                        "contain requests for a single model.",
                    "body.model",
                    {}};
  }

  std::optional<JobError> check_inputs(const Json& body) {
    if (url_ != "/v1/embeddings") return std::nullopt;
    auto input = body.find("input");
    inputs_ += input != body.end() && input->is_array() ? input->size() : 1;
    if (inputs_ <= kMaxBatchEmbeddings) return std::nullopt;
    return JobError{"too_many_tasks",
                    "A batch has at most " + std::to_string(kMaxBatchEmbeddings) +
                        " embedding inputs across all requests.",
                    "body.input",
                    {}};
  }

  const std::string url_;
  const std::vector<std::string> models_;
  std::set<std::string> ids_;
  std::string model_;
  std::size_t inputs_ = 0;
};

std::string new_request_id() { return "batch_req_" + to_lower_ascii(random_hex_upper(12)); }

}  // namespace

bool is_batch_endpoint(std::string_view path) {
  return std::ranges::find(kEndpoints, path) != kEndpoints.end();
}

std::unique_ptr<ops::LineWork::Check> check_batch(const Job& job, std::vector<std::string> models) {
  return std::make_unique<BatchCheck>(job.path, std::move(models));
}

BatchLine read_batch_line(const std::string& text) {
  auto json = parse_body(text);
  if (!json) return {};
  std::optional<BadInput> bad;
  Fields fields(*json, "", bad);
  BatchLine line;
  line.custom_id = fields.required_text("custom_id");
  if (const Json* body = fields.object("body")) {
    line.body = to_text(*body);
    Fields inner(*body, "body", bad);
    line.stream = inner.boolean("stream").value_or(false);
  }
  return line;
}

LineResult batch_result(const BatchLine& line, const InternalAnswer& answer) {
  Json response = {{"status_code", answer.status}, {"request_id", answer.request_id}};
  std::string head = to_text(response);
  head.pop_back();  // its brace: the body is JSON already
  std::string text = to_text({{"id", new_request_id()}, {"custom_id", line.custom_id}});
  text.pop_back();
  text += ",\"response\":" + head + ",\"body\":" + answer.body + "},\"error\":null}";
  return {answer.status == 200, {}, std::move(text)};
}

// The codes of OpenAI's BatchRequestOutput.
LineResult batch_left_out(const BatchLine& line, JobStatus outcome) {
  const bool expired = outcome == JobStatus::kExpired;
  Json error = {
      {"code", expired ? "batch_expired" : "batch_cancelled"},
      {"message", expired ? "This request could not be executed before the completion window "
                            "expired."
                          : "This request was not executed because the batch was cancelled."}};
  Json json = {{"id", new_request_id()}, {"custom_id", line.custom_id}, {"response", nullptr}};
  json["error"] = std::move(error);
  return {false, {}, to_text(json)};
}

}  // namespace lakeside::modelstudio::wire
