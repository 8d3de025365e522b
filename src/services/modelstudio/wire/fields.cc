#include "services/modelstudio/wire/fields.h"

#include <cmath>
#include <utility>

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxMembers = 1024;
constexpr std::size_t kMaxValues = 1'000'000;

// Whether a text is of a shape that a real request may have. Knows of JSON only where texts begin
// and end, which is all it needs: what is no JSON is found out by the parser.
class Shape {
 public:
  bool takes(std::string_view text) {
    for (char c : text) {
      if (!take(c)) return false;
    }
    return true;
  }

 private:
  bool take(char c) {
    if (in_text_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_text_ = false;
      }
      return true;
    }
    switch (c) {
      case '"':
        in_text_ = true;
        return true;
      case '{':
      case '[':
        members_.push_back(0);
        return members_.size() <= kMaxDepth;
      case '}':
      case ']':
        if (!members_.empty()) members_.pop_back();
        return true;
      case ':':
        return members_.empty() || ++members_.back() <= kMaxMembers;
      case ',':
        return ++values_ <= kMaxValues;
      default:
        return true;
    }
  }

  std::vector<std::size_t> members_;  // of each open object or array
  std::size_t values_ = 0;
  bool in_text_ = false;
  bool escaped_ = false;
};

BadInput bad_body(std::string message) { return {{}, std::move(message), "invalid_json"}; }

std::string_view type_name(const Json& json) {
  if (json.is_null()) return "null";
  if (json.is_boolean()) return "a boolean";
  if (json.is_number_integer()) return "an integer";
  if (json.is_number()) return "a decimal";
  if (json.is_string()) return "a string";
  return json.is_array() ? "an array" : "an object";
}

// 2 and 0.5, not 2.000000.
std::string shown(double number) { return Json(number).dump(); }
std::string shown_limit(double limit) {
  return std::floor(limit) == limit && std::abs(limit) < 1e15
             ? std::to_string(static_cast<std::int64_t>(limit))
             : shown(limit);
}

}  // namespace

Decoded<Json> parse_body(std::string_view text) {
  if (text.empty())
    return std::unexpected(bad_body("The request has no body; send a JSON object."));
  if (!Shape().takes(text)) {
    return std::unexpected(bad_body("The JSON body is nested too deeply or has too many values."));
  }
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    return std::unexpected(bad_body("We could not parse the JSON body of your request."));
  }
  if (!json.is_object()) {
    return std::unexpected(bad_body("The body of the request must be a JSON object."));
  }
  return json;
}

std::string to_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string Fields::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

const Json* Fields::find(std::string_view name) const {
  if (bad_) return nullptr;
  auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

void Fields::missing(std::string_view name) {
  if (bad_) return;
  std::string path = path_of(name);
  bad_ = {path, "Missing required parameter: '" + path + "'.", "missing_required_parameter"};
}

void Fields::wrong_type(std::string_view name, std::string_view expected, const Json& found) {
  if (bad_) return;
  std::string path = path_of(name);
  bad_ = {path,
          "Invalid type for '" + path + "': expected " + std::string(expected) + ", but got " +
              std::string(type_name(found)) + " instead.",
          "invalid_type"};
}

void Fields::invalid(std::string_view name, std::string message, std::string code) {
  if (bad_) return;
  std::string path = path_of(name);
  bad_ = {path, "Invalid '" + path + "': " + std::move(message), std::move(code)};
}

std::optional<std::string> Fields::text(std::string_view name) {
  const Json* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (found->is_string()) return found->get<std::string>();
  wrong_type(name, "a string", *found);
  return std::nullopt;
}

std::string Fields::required_text(std::string_view name) {
  auto found = text(name);
  if (!found || found->empty()) missing(name);
  return found.value_or("");
}

std::optional<bool> Fields::boolean(std::string_view name) {
  const Json* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (found->is_boolean()) return found->get<bool>();
  wrong_type(name, "a boolean", *found);
  return std::nullopt;
}

std::optional<double> Fields::number(std::string_view name, double least, double most) {
  const Json* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_number()) {
    wrong_type(name, "a decimal", *found);
    return std::nullopt;
  }
  auto value = found->get<double>();
  if (value >= least && value <= most) return value;
  bool below = value < least;
  invalid(name,
          std::string(below ? "decimal below minimum value. Expected a value >= "
                            : "decimal above maximum value. Expected a value <= ") +
              shown_limit(below ? least : most) + ", but got " + found->dump() + " instead.",
          below ? "decimal_below_min_value" : "decimal_above_max_value");
  return std::nullopt;
}

std::optional<std::int64_t> Fields::integer(std::string_view name, std::int64_t least,
                                            std::int64_t most) {
  const Json* found = find(name);
  if (found == nullptr) return std::nullopt;
  if (!found->is_number_integer()) {
    wrong_type(name, "an integer", *found);
    return std::nullopt;
  }
  // What an int64 cannot hold is above every limit that we have.
  bool huge = found->is_number_unsigned() && found->get<std::uint64_t>() > INT64_MAX;
  auto value = huge ? INT64_MAX : found->get<std::int64_t>();
  if (value >= least && value <= most) return value;
  bool below = value < least;
  invalid(name,
          std::string(below ? "integer below minimum value. Expected a value >= "
                            : "integer above maximum value. Expected a value <= ") +
              std::to_string(below ? least : most) + ", but got " + found->dump() + " instead.",
          below ? "integer_below_min_value" : "integer_above_max_value");
  return std::nullopt;
}

const Json* Fields::object(std::string_view name) {
  const Json* found = find(name);
  if (found == nullptr || found->is_object()) return found;
  wrong_type(name, "an object", *found);
  return nullptr;
}

const Json* Fields::array(std::string_view name) {
  const Json* found = find(name);
  if (found == nullptr || found->is_array()) return found;
  wrong_type(name, "an array", *found);
  return nullptr;
}

std::vector<std::string> Fields::texts(std::string_view name, std::size_t most) {
  const Json* found = find(name);
  if (found == nullptr) return {};
  if (found->is_string()) return {found->get<std::string>()};
  if (!found->is_array()) {
    wrong_type(name, "a string or an array of strings", *found);
    return {};
  }
  if (found->empty()) invalid(name, "an empty array.", "empty_array");
  if (found->size() > most) {
    invalid(name,
            "array too long. Expected an array with maximum length " + std::to_string(most) +
                ", but got an array with length " + std::to_string(found->size()) + " instead.",
            "array_above_max_length");
  }
  std::vector<std::string> all;
  for (std::size_t i = 0; i < found->size() && !failed(); ++i) {
    const Json& one = (*found)[i];
    if (!one.is_string()) {
      wrong_type(std::string(name) + "[" + std::to_string(i) + "]", "a string", one);
      return {};
    }
    all.push_back(one.get<std::string>());
  }
  return all;
}

}  // namespace lakeside::modelstudio::wire
