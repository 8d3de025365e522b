#include "services/modelstudio/wire/task_lines.h"

#include <utility>

#include "base/encoding.h"
#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio::wire {
namespace {

class TextCheck final : public ops::LineWork::Check {
 public:
  explicit TextCheck(std::string model) : model_(std::move(model)) {}
  std::optional<JobError> line(const std::string& text) override {
    if (is_valid_utf8(text)) return std::nullopt;
    return JobError{"InvalidParameter", "A line of the input is not UTF-8.", "input.url", {}};
  }
  [[nodiscard]] std::string model() const override { return model_; }

 private:
  const std::string model_;
};

// As in an answer, texts are counted from 0 on.
Json start_of(std::uint32_t number) { return {{"text_index", number - 1}}; }

LineResult failed(std::uint32_t number, std::string code, std::string message) {
  Json json = start_of(number);
  json["code"] = std::move(code);
  json["message"] = std::move(message);
  return {false, {}, to_text(json)};
}

}  // namespace

std::unique_ptr<ops::LineWork::Check> check_texts(const Job& job) {
  return std::make_unique<TextCheck>(job.model);
}

std::string text_request(const Job& job, const std::string& text) {
  Json json = {{"model", job.model}, {"input", {{"texts", Json::array({text})}}}};
  json["parameters"] = Json::parse(job.parameters, nullptr, false);
  if (json["parameters"].is_discarded()) json["parameters"] = Json::object();
  return to_text(json);
}

LineResult text_result(std::uint32_t number, const InternalAnswer& answer) {
  Json json = Json::parse(answer.body, nullptr, false);
  try {
    if (answer.status != 200) return failed(number, json.at("code"), json.at("message"));
    Json out = start_of(number);
    out["embedding"] = std::move(json.at("output").at("embeddings").at(0).at("embedding"));
    return {true, {}, to_text(out)};
  } catch (const Json::exception&) {
    return failed(number, "InternalError", "The model's answer could not be read.");
  }
}

LineResult text_left_out(std::uint32_t number) {
  return failed(number, "RequestTimeOut", "The task ended before this text's turn.");
}

}  // namespace lakeside::modelstudio::wire
