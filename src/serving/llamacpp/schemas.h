// JSON schemas as llama.cpp's grammars understand them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace lakeside::serving {

// A schema in which strings stand for what its grammar cannot say, and the rules for them.
struct GrammarSchema {
  nlohmann::ordered_json schema;
  std::vector<std::pair<std::string, std::string>> rules;  // such a string, its rule
};

// Refuses what would keep a model busy for every token, and everybody else's requests with it. The
// schema must not nest deep. Errors: kInvalid.
[[nodiscard]] Status check_cost(nlohmann::ordered_json schema);

// Bounds of numbers become rules; arrays that end after their prefixItems say so in the older way.
// The schema must not nest deep. Errors: kInvalid (no number fits its bounds), and check_cost's.
[[nodiscard]] Result<GrammarSchema> grammar_schema(nlohmann::ordered_json schema);

// Puts the rules where their strings stand in the schema's grammar.
[[nodiscard]] std::string with_rules(std::string grammar, const GrammarSchema& schema);

// A schema that is to stand within another, at "#/a/b": its references go there with it.
[[nodiscard]] nlohmann::ordered_json moved_schema(nlohmann::ordered_json schema,
                                                  std::string_view place);

}  // namespace lakeside::serving
