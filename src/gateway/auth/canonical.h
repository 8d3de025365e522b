// The pieces that the strings to sign are made of.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"

namespace lakeside::auth {

// What a canonical request is given at first. A little more, and malloc would leave its
// per-thread cache, which ends at 1032 bytes.
inline constexpr std::size_t kUsualRequestBytes = 1000;

// The text in lower case, if it is 64 hex digits.
[[nodiscard]] std::optional<std::string> normalised_sha256(std::string_view text);
// Trimmed, with each inner run of spaces and tabs as one space (SigV4).
void append_collapsed(std::string& out, std::string_view text);

// Header lines as OSS and AWS V2 sign them: "name:value\n", sorted; the values of a name that
// came twice are joined with ','.
class HeaderLines {
 public:
  HeaderLines() { lines_.reserve(8); }
  void add(std::string_view lower_name, std::string_view value) {
    lines_.push_back({lower_name, value, lines_.size()});
  }
  void append_to(std::string& out);

 private:
  struct Line {
    std::string_view name, value;
    std::size_t order;  // in which it came
  };
  std::vector<Line> lines_;
};

// A query string as the later schemes sign it: every name and value percent-encoded, sorted
// by encoded name, then by value.
class QueryLine {
 public:
  enum class Empty { kNameAlone, kNameAndEquals };  // OSS; AWS

  // For about that much, so that adding does not allocate.
  void reserve(std::size_t count, std::size_t bytes);
  void add(std::string_view name, std::string_view value);
  [[nodiscard]] bool empty() const { return items_.empty(); }
  void append_to(std::string& out, Empty style);

 private:
  struct Item {
    std::uint32_t begin, middle, end;  // in encoded_: name, then value
  };
  [[nodiscard]] std::string_view name(const Item& item) const;
  [[nodiscard]] std::string_view value(const Item& item) const;

  std::string encoded_;
  std::vector<Item> items_;
};

// The "name=value" (or, in OSS V2, "name:value") fields of an Authorization header: separated
// by commas, in any order, with or without spaces (oss2 writes ", ", ali-oss ",").
class AuthorizationFields {
 public:
  AuthorizationFields(std::string_view text, char separator);
  // The first of that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;

 private:
  // No scheme has more than three.
  std::array<http::Header, 8> fields_;
  std::size_t count_ = 0;
};

// A list of signed headers that is longer than any request's: refused before it is compared
// with each of the headers, for that is work that needs no valid signature.
[[nodiscard]] bool has_too_many_names(std::string_view list);

// The elements of a list such as "host;x-amz-date". An empty element is an element.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

// "/", "/bucket/" or "/bucket/key", not encoded.
[[nodiscard]] std::string resource_path(std::string_view bucket, std::string_view key);

}  // namespace lakeside::auth
