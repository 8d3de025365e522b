#include "serving/fake/schema.h"

#include <algorithm>
#include <cstdint>

#include <nlohmann/json.hpp>

namespace lakeside::serving::fake {
namespace {

using Json = nlohmann::ordered_json;

// Deeper is a schema that contains itself.
constexpr int kMaxDepth = 64;
constexpr std::uint64_t kMaxItems = 1000;

class Instances {
 public:
  explicit Instances(const Json& root) : root_(root) {}

  Result<Json> of(const Json& schema, int depth) const {
    if (depth > kMaxDepth) return fail(ErrorCode::kInvalid, "the schema contains itself");
    if (schema.is_boolean() && schema.get<bool>()) return Json(nullptr);
    if (!schema.is_object()) return fail(ErrorCode::kInvalid, "a schema is an object");
    if (auto found = schema.find("const"); found != schema.end()) return *found;
    if (auto found = schema.find("enum"); found != schema.end()) {
      if (!found->is_array() || found->empty()) return fail(ErrorCode::kInvalid, "empty enum");
      return found->front();
    }
    if (auto found = schema.find("$ref"); found != schema.end()) return referred(*found, depth);
    for (const char* choice : {"anyOf", "oneOf", "allOf"}) {
      auto found = schema.find(choice);
      if (found == schema.end()) continue;
      if (!found->is_array() || found->empty()) return fail(ErrorCode::kInvalid, choice);
      return of(found->front(), depth + 1);
    }
    return typed(schema, depth);
  }

 private:
  Result<Json> referred(const Json& reference, int depth) const {
    if (!reference.is_string()) return fail(ErrorCode::kInvalid, "$ref is a string");
    const auto text = reference.get<std::string>();
    if (!text.starts_with('#')) return fail(ErrorCode::kInvalid, "a $ref outside: " + text);
    const Json::json_pointer pointer(text.substr(1));
    if (!root_.contains(pointer)) return fail(ErrorCode::kInvalid, "no such $ref: " + text);
    return of(root_.at(pointer), depth + 1);
  }

  Result<Json> typed(const Json& schema, int depth) const {
    Json type = schema.value("type", Json(nullptr));
    if (type.is_array() && !type.empty()) type = Json(type.front());
    if (type.is_null()) type = schema.contains("properties") ? "object" : "null";
    if (type == "object") return object(schema, depth);
    if (type == "array") return array(schema, depth);
    if (type == "string") {
      return Json(
          std::string(std::min(schema.value("minLength", std::uint64_t{0}), kMaxItems), 'a'));
    }
    if (type == "integer" || type == "number") return schema.value("minimum", Json(0));
    if (type == "boolean") return Json(false);
    if (type == "null") return Json(nullptr);
    return fail(ErrorCode::kInvalid, "unknown type " + type.dump());
  }

  Result<Json> object(const Json& schema, int depth) const {
    Json made = Json::object();
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [name, property] : properties.items()) {
      auto value = of(property, depth + 1);
      if (!value) return value;
      made[name] = std::move(*value);
    }
    return made;
  }

  Result<Json> array(const Json& schema, int depth) const {
    Json made = Json::array();
    const auto count = std::min(schema.value("minItems", std::uint64_t{0}), kMaxItems);
    for (std::uint64_t i = 0; i < count; ++i) {
      auto value = of(schema.value("items", Json(true)), depth + 1);
      if (!value) return value;
      made.push_back(std::move(*value));
    }
    return made;
  }

  const Json& root_;
};

}  // namespace

Result<std::string> least_instance(std::string_view json_schema) {
  try {
    const Json root = Json::parse(json_schema);
    auto made = Instances(root).of(root, 0);
    if (!made) return std::unexpected(std::move(made.error()));
    return made->dump();
  } catch (const Json::exception& problem) {
    return fail(ErrorCode::kInvalid, problem.what());
  }
}

}  // namespace lakeside::serving::fake
