// Reading JSON requests: what is there must have the right type and a sane value, and whoever sent
// something else learns which parameter it was. Pure.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace lakeside::modelstudio::wire {

// Ordered, because the order of a schema's properties means something to the model.
using Json = nlohmann::ordered_json;

// A request that cannot be understood, or asks for what makes no sense.
struct BadInput {
  std::string param;  // "messages[0].role"; empty: the body itself
  std::string message;
  std::string code;  // OpenAI's: "invalid_type"
};
template <class T>
using Decoded = std::expected<T, BadInput>;

// The object that a body is. Refuses what would cost more to read than any real request: deep
// nesting, objects of more than 1,024 members, more than a million values.
[[nodiscard]] Decoded<Json> parse_body(std::string_view text);

// Bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string to_text(const Json& json);

// The members of one object. The first complaint is kept and everything after it reads as absent,
// so that a decoder reads all it wants and asks once. null is absent.
class Fields {
 public:
  // `path` is the object's own name; `bad` is where the complaint goes. Both outlive it.
  Fields(const Json& object, std::string path, std::optional<BadInput>& bad)
      : object_(object), path_(std::move(path)), bad_(bad) {}

  // Null where it is absent.
  [[nodiscard]] const Json* find(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }

  std::optional<std::string> text(std::string_view name);
  std::string required_text(std::string_view name);
  std::optional<bool> boolean(std::string_view name);
  std::optional<double> number(std::string_view name, double least, double most);
  std::optional<std::int64_t> integer(std::string_view name, std::int64_t least, std::int64_t most);
  const Json* object(std::string_view name);
  const Json* array(std::string_view name);
  // A text, or an array of at least one and at most `most` texts.
  std::vector<std::string> texts(std::string_view name, std::size_t most);

  // "input.texts"
  [[nodiscard]] std::string path_of(std::string_view name) const;
  void missing(std::string_view name);
  void wrong_type(std::string_view name, std::string_view expected, const Json& found);
  void invalid(std::string_view name, std::string message, std::string code = "invalid_value");
  [[nodiscard]] bool failed() const { return bad_.has_value(); }
  [[nodiscard]] std::optional<BadInput>& bad() { return bad_; }

 private:
  const Json& object_;
  std::string path_;
  std::optional<BadInput>& bad_;
};

}  // namespace lakeside::modelstudio::wire
