#include "gateway/auth/canonical.h"

#include <algorithm>
#include <tuple>

#include "base/encoding.h"

namespace lakeside::auth {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

}  // namespace

std::optional<std::string> normalised_sha256(std::string_view text) {
  if (text.size() != 64) return std::nullopt;
  std::string out(text);
  for (char& c : out) {
    c = lower(c);
    bool digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (!digit) return std::nullopt;
  }
  return out;
}

void append_collapsed(std::string& out, std::string_view text) {
  text = trim(text);
  // Word by word; nearly every value is a single one.
  auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  auto word = text.begin();
  while (true) {
    auto end = std::find_if(word, text.end(), is_space);
    out.append(word, end);
    if (end == text.end()) return;
    out.push_back(' ');
    word = std::find_if_not(end, text.end(), is_space);
  }
}

void HeaderLines::append_to(std::string& out) {
  std::ranges::sort(lines_, [](const Line& a, const Line& b) {
    return std::tie(a.name, a.order) < std::tie(b.name, b.order);
  });
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    bool again = i > 0 && lines_[i - 1].name == lines_[i].name;
    if (again) {
      out.back() = ',';  // in place of the line feed
    } else {
      out.append(lines_[i].name).append(":");
    }
    out.append(trim(lines_[i].value)).append("\n");
  }
}

void QueryLine::reserve(std::size_t count, std::size_t bytes) {
  items_.reserve(count);
  encoded_.reserve(bytes);
}

void QueryLine::add(std::string_view name, std::string_view value) {
  Item item{};
  item.begin = static_cast<std::uint32_t>(encoded_.size());
  percent_encode_to(encoded_, name);
  item.middle = static_cast<std::uint32_t>(encoded_.size());
  percent_encode_to(encoded_, value);
  item.end = static_cast<std::uint32_t>(encoded_.size());
  items_.push_back(item);
}

std::string_view QueryLine::name(const Item& item) const {
  return std::string_view(encoded_).substr(item.begin, item.middle - item.begin);
}

std::string_view QueryLine::value(const Item& item) const {
  return std::string_view(encoded_).substr(item.middle, item.end - item.middle);
}

void QueryLine::append_to(std::string& out, Empty style) {
  std::ranges::sort(items_, [this](const Item& a, const Item& b) {
    int order = name(a).compare(name(b));
    return order != 0 ? order < 0 : value(a) < value(b);
  });
  for (const Item& item : items_) {
    if (&item != items_.data()) out.push_back('&');
    out.append(name(item));
    std::string_view encoded_value = value(item);
    if (!encoded_value.empty() || style == Empty::kNameAndEquals) out.push_back('=');
    out.append(encoded_value);
  }
}

AuthorizationFields::AuthorizationFields(std::string_view text, char separator) {
  while (!text.empty() && count_ < fields_.size()) {
    std::size_t comma = std::min(text.find(','), text.size());
    std::string_view field = trim(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    std::size_t middle = field.find(separator);
    if (middle == std::string_view::npos) continue;
    fields_[count_++] = {field.substr(0, middle), trim(field.substr(middle + 1))};
  }
}

std::optional<std::string_view> AuthorizationFields::find(std::string_view name) const {
  for (std::size_t i = 0; i < count_; ++i) {
    if (fields_[i].name == name) return fields_[i].value;
  }
  return std::nullopt;
}

bool has_too_many_names(std::string_view list) {
  constexpr std::ptrdiff_t kMost = 256;  // a head has 200 headers at most
  return std::ranges::count(list, ';') >= kMost;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  parts.reserve(8);
  while (true) {
    std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string resource_path(std::string_view bucket, std::string_view key) {
  std::string path;
  path.reserve(bucket.size() + key.size() + 2);
  path.push_back('/');
  if (bucket.empty()) return path;
  path.append(bucket).append("/").append(key);
  return path;
}

}  // namespace lakeside::auth
