// The form of all of DashScope's requests: {"model", "input": {…}, "parameters": {…}}. Pure.
#pragma once

#include <optional>
#include <string>

#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio::wire {

// Keeps what its Fields refer to, so it stays where it is.
class DashScopeBody {
 public:
  explicit DashScopeBody(Decoded<Json> json);
  DashScopeBody(const DashScopeBody&) = delete;
  DashScopeBody& operator=(const DashScopeBody&) = delete;

  [[nodiscard]] std::string model() { return top_.required_text("model"); }
  [[nodiscard]] Fields& input() { return input_; }
  [[nodiscard]] Fields& parameters() { return parameters_; }
  [[nodiscard]] std::optional<BadInput>& bad() { return bad_; }

 private:
  [[nodiscard]] Json part(std::string_view name);

  std::optional<BadInput> bad_;
  Json json_;
  Fields top_;
  Json input_json_;
  Json parameters_json_;
  Fields input_;
  Fields parameters_;
};

}  // namespace lakeside::modelstudio::wire
