#include "services/modelstudio/wire/strict_schema.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace lakeside::modelstudio::wire {
namespace {

// Grammars say what comes next, not what came before or what must not come.
constexpr std::array<std::string_view, 20> kUnkept = {"not",
                                                      "if",
                                                      "then",
                                                      "else",
                                                      "contains",
                                                      "minContains",
                                                      "maxContains",
                                                      "uniqueItems",
                                                      "minProperties",
                                                      "maxProperties",
                                                      "propertyNames",
                                                      "patternProperties",
                                                      "dependencies",
                                                      "dependentRequired",
                                                      "dependentSchemas",
                                                      "multipleOf",
                                                      "unevaluatedItems",
                                                      "unevaluatedProperties",
                                                      "$dynamicRef",
                                                      "$recursiveRef"};

bool names_schemas(std::string_view member) {
  return member == "properties" || member == "$defs" || member == "definitions";
}

bool holds_data(std::string_view member) {
  return member == "const" || member == "enum" || member == "default" || member == "examples";
}

std::string within(const std::string& place, std::string_view name) {
  return place.empty() ? std::string(name) : place + "." + std::string(name);
}

// Said, but binding nobody: uniqueItems: false, and what zod writes of every record's keys.
bool says_nothing(std::string_view name, const Json& member) {
  return member == false || (name == "propertyNames" && member == Json{{"type", "string"}});
}

// A property that must be there is written only where its schema is known.
bool requires_the_unknown(const Json& schema) {
  auto required = schema.find("required");
  if (required == schema.end() || !required->is_array()) return false;
  auto properties = schema.find("properties");
  return std::ranges::any_of(*required, [&](const Json& name) {
    return name.is_string() && (properties == schema.end() || !properties->is_object() ||
                                !properties->contains(name.get_ref<const std::string&>()));
  });
}

// llama.cpp takes any string for a pattern that may be anywhere in it, that looks ahead or behind,
// or that has anchors within.
bool is_kept(const Json& pattern) {
  if (!pattern.is_string()) return true;  // refused elsewhere
  std::string_view text = pattern.get_ref<const std::string&>();
  if (text.size() < 2 || !text.starts_with('^') || !text.ends_with('$')) return false;
  text = text.substr(1, text.size() - 2);
  bool among = false;  // characters in brackets
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      if (++i < text.size() && (text[i] == 'b' || text[i] == 'B')) return false;
    } else if (among) {
      among = text[i] != ']';
    } else if (text[i] == '^' || text[i] == '$') {
      return false;
    } else if (text.substr(i).starts_with("(?") && !text.substr(i).starts_with("(?:")) {
      return false;
    } else {
      among = text[i] == '[';
    }
  }
  return true;
}

std::optional<Unkept> find_in(const Json& schema, const std::string& place);

std::optional<Unkept> find_in_each(const Json& schemas, const std::string& place) {
  std::size_t number = 0;
  for (const auto& [name, schema] : schemas.items()) {
    std::string at =
        schemas.is_array() ? place + "[" + std::to_string(number++) + "]" : within(place, name);
    if (auto found = find_in(schema, at)) return found;
  }
  return std::nullopt;
}

std::optional<Unkept> find_in(const Json& schema, const std::string& place) {
  if (schema.is_array()) return find_in_each(schema, place);
  if (!schema.is_object()) return std::nullopt;
  for (const auto& [name, member] : schema.items()) {
    if (std::ranges::find(kUnkept, name) != kUnkept.end() && !says_nothing(name, member)) {
      return Unkept{name, place};
    }
    if (name == "pattern" && !is_kept(member)) return Unkept{name, place};
  }
  // Of alternatives, each says what it requires; beside them nothing is read.
  const bool alternatives =
      schema.contains("anyOf") || schema.contains("oneOf") || schema.contains("allOf");
  if (!alternatives && requires_the_unknown(schema)) return Unkept{"required", place};
  for (const auto& [name, member] : schema.items()) {
    if (holds_data(name)) continue;
    const std::string at = within(place, name);
    auto found =
        names_schemas(name) && member.is_object() ? find_in_each(member, at) : find_in(member, at);
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Unkept> unkept_keyword(const Json& schema) { return find_in(schema, ""); }

void check_strict(Fields& fields, std::string_view name, const Json& schema) {
  if (!fields.boolean("strict").value_or(false)) return;
  auto unkept = unkept_keyword(schema);
  if (!unkept) return;
  const std::string what = unkept->keyword == "required"
                               ? "'required' names what 'properties' does not have"
                               : "'" + unkept->keyword + "' is not supported";
  fields.invalid(name,
                 what + (unkept->place.empty() ? "" : " in '" + unkept->place + "'") +
                     " where 'strict' is true.",
                 "invalid_json_schema");
}

}  // namespace lakeside::modelstudio::wire
