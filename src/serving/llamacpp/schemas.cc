#include "serving/llamacpp/schemas.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "serving/llamacpp/number_range.h"
#include "serving/llamacpp/patterns.h"

namespace lakeside::serving {
namespace {

using Json = nlohmann::ordered_json;
using Visit = std::function<void(Json& schema)>;

// Members that hold schemas by name; those that hold data, which may look like schemas.
bool names_schemas(std::string_view member) {
  return member == "properties" || member == "$defs" || member == "definitions" ||
         member == "patternProperties" || member == "dependentSchemas";
}
bool holds_data(std::string_view member) {
  return member == "const" || member == "enum" || member == "default" || member == "examples";
}

// Visits each schema within one, and then itself.
void walk(Json& schema, const Visit& visit) {
  if (schema.is_array()) {
    for (Json& one : schema) walk(one, visit);
  }
  if (!schema.is_object()) return;
  for (auto& [name, member] : schema.items()) {
    if (names_schemas(name) && member.is_object()) {
      for (auto& [_, one] : member.items()) walk(one, visit);
    } else if (!holds_data(name)) {
      walk(member, visit);
    }
  }
  visit(schema);
}

// Of two bounds on the same side, the narrower.
std::optional<NumberRange::Bound> bound_of(const Json& schema, const char* itself,
                                           const char* beyond, bool least) {
  std::optional<NumberRange::Bound> bound;
  if (auto at = schema.find(itself); at != schema.end() && at->is_number()) {
    bound = {at->get<double>(), true};
  }
  if (auto at = schema.find(beyond); at != schema.end() && at->is_number()) {
    const double value = at->get<double>();
    if (!bound || (least ? value >= bound->value : value <= bound->value)) bound = {value, false};
  }
  return bound;
}

bool is_number(const Json& type) { return type == "number"; }

// Whether a whole number is in the range, of those that a double tells apart.
bool holds_integer(const NumberRange& range) {
  if (!range.least || !range.most) return true;
  const double first =
      range.least->itself ? std::ceil(range.least->value) : std::floor(range.least->value) + 1;
  const double last =
      range.most->itself ? std::floor(range.most->value) : std::ceil(range.most->value) - 1;
  return first <= last;
}

// "number" among other types: each type becomes a schema of its own.
void split_types(Json& schema) {
  auto type = schema.find("type");
  if (type == schema.end() || !type->is_array()) return;
  Json choices = Json::array();
  for (const Json& one : *type) {
    Json choice = schema;
    choice["type"] = one;
    choices.push_back(std::move(choice));
  }
  schema = {{"anyOf", std::move(choices)}};
}

// OpenAI's limit of a schema's enums together; llama.cpp looks at each for every token.
constexpr std::size_t kMostChoices = 1000;
constexpr std::size_t kMostOptional = 200;  // properties of one object, which is likewise

// What would keep a model busy for long, whatever it says.
class CostCheck {
 public:
  void operator()(const Json& schema) {
    if (auto pattern = schema.find("pattern"); pattern != schema.end() && pattern->is_string() &&
                                               !repeats_little(pattern->get<std::string>())) {
      refuse("repetitions within repetitions in the pattern " + pattern->dump());
    }
    if (auto choices = schema.find("enum"); choices != schema.end()) choices_ += choices->size();
    if (choices_ > kMostChoices) refuse("more than 1,000 values of enums");
    auto properties = schema.find("properties");
    if (properties == schema.end() || !properties->is_object()) return;
    auto required = schema.find("required");
    const std::size_t needed =
        required != schema.end() && required->is_array() ? required->size() : 0;
    if (properties->size() > needed + kMostOptional)
      refuse("an object of more than 200 properties that are not required");
  }

  Status failed;

 private:
  void refuse(std::string why) {
    if (failed) failed = fail(ErrorCode::kInvalid, std::move(why));
  }

  std::size_t choices_ = 0;
};

class Rewriter {
 public:
  explicit Rewriter(const Json& schema) : mark_(mark_for(schema.dump())) {}

  void operator()(Json& schema) {
    end_after_prefix(schema);
    const NumberRange range{bound_of(schema, "minimum", "exclusiveMinimum", true),
                            bound_of(schema, "maximum", "exclusiveMaximum", false)};
    auto type = schema.find("type");
    if (type == schema.end() || (!range.least && !range.most)) return;
    // What else it names is narrower, or refers elsewhere.
    for (const char* member : {"const", "enum", "$ref", "anyOf", "oneOf", "allOf"}) {
      if (schema.contains(member)) return;
    }
    if (*type == "integer" && !holds_integer(range)) refuse("no integer lies between the bounds");
    if (is_number(*type)) {
      bound(schema, range);
    } else if (type->is_array() && std::ranges::any_of(*type, is_number)) {
      split_types(schema);
      for (Json& choice : schema["anyOf"]) (*this)(choice);
    }
  }

  Status failed;
  std::vector<std::pair<std::string, std::string>> rules;

 private:
  void refuse(std::string why) {
    if (failed) failed = fail(ErrorCode::kInvalid, std::move(why));
  }

  static std::string mark_for(const std::string& text) {
    std::string mark = "number";
    while (text.find(mark + "@") != std::string::npos) mark += '@';
    return mark + "@";
  }

  void bound(Json& schema, const NumberRange& range) {
    auto rule = number_rule(range);
    if (!rule) {
      if (failed) failed = std::unexpected(std::move(rule.error()));
      return;
    }
    std::string name = mark_ + std::to_string(rules.size());
    schema = {{"const", name}};
    rules.emplace_back(std::move(name), std::move(*rule));
  }

  // llama.cpp knows an array for "items", and no `false` there.
  static void end_after_prefix(Json& schema) {
    auto items = schema.find("items");
    auto prefix = schema.find("prefixItems");
    if (prefix == schema.end() || !prefix->is_array()) return;
    if (items != schema.end() && *items == false) schema.erase("items");
  }

  const std::string mark_;
};

}  // namespace

Status check_cost(Json schema) {
  CostCheck check;
  walk(schema, std::ref(check));
  return std::move(check.failed);
}

Result<GrammarSchema> grammar_schema(Json schema) {
  if (Status checked = check_cost(schema); !checked) return std::unexpected(checked.error());
  Rewriter rewrite(schema);
  walk(schema, std::ref(rewrite));
  if (!rewrite.failed) return std::unexpected(std::move(rewrite.failed.error()));
  return GrammarSchema{std::move(schema), std::move(rewrite.rules)};
}

std::string with_rules(std::string grammar, const GrammarSchema& schema) {
  for (const auto& [name, rule] : schema.rules) {
    const std::string literal = R"("\")" + name + R"(\"")";
    for (std::size_t at = 0; (at = grammar.find(literal, at)) != std::string::npos;) {
      grammar.replace(at, literal.size(), rule);
      at += rule.size();
    }
  }
  return grammar;
}

Json moved_schema(Json schema, std::string_view place) {
  walk(schema, [&](Json& one) {
    auto reference = one.find("$ref");
    if (reference == one.end() || !reference->is_string()) return;
    const auto& text = reference->get_ref<const std::string&>();
    if (text == "#" || text.starts_with("#/")) *reference = std::string(place) + text.substr(1);
  });
  return schema;
}

}  // namespace lakeside::serving
