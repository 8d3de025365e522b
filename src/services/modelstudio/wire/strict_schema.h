// What a schema may ask for where it is to be kept strictly.
#pragma once

#include <optional>
#include <string>

#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio::wire {

struct Unkept {
  std::string keyword;
  std::string place;  // "properties.tags", or "" for the schema itself
};

// The first keyword that would not bind the model. OpenAI refuses most of these too
// (platform.openai.com/docs/guides/structured-outputs, "supported schemas").
[[nodiscard]] std::optional<Unkept> unkept_keyword(const Json& schema);

// Refuses such a schema, the member `name`, where "strict" stands beside it and is true.
void check_strict(Fields& fields, std::string_view name, const Json& schema);

}  // namespace lakeside::modelstudio::wire
