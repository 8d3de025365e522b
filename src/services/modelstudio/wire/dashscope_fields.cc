#include "services/modelstudio/wire/dashscope_fields.h"

#include <utility>

namespace lakeside::modelstudio::wire {

DashScopeBody::DashScopeBody(Decoded<Json> json)
    : bad_(json ? std::nullopt : std::optional(json.error())),
      json_(json ? std::move(*json) : Json::object()),
      top_(json_, "", bad_),
      input_json_(part("input")),
      parameters_json_(part("parameters")),
      input_(input_json_, "input", bad_),
      parameters_(parameters_json_, "parameters", bad_) {
  if (!json_.contains("input")) top_.missing("input");
}

Json DashScopeBody::part(std::string_view name) {
  if (top_.object(name) == nullptr) return Json::object();
  return std::move(json_[std::string(name)]);
}

}  // namespace lakeside::modelstudio::wire
