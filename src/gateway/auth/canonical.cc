#include "gateway/auth/canonical.h"

#include <algorithm>

#include "base/encoding.h"

namespace lakeside::auth {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

// Bytewise on the names in lower case.
int compare_names(std::string_view a, std::string_view b) {
  std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    auto x = static_cast<unsigned char>(lower(a[i]));
    auto y = static_cast<unsigned char>(lower(b[i]));
    if (x != y) return x < y ? -1 : 1;
  }
  return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

}  // namespace

bool has_prefix_ignore_case(std::string_view text, std::string_view lower_prefix) {
  return text.size() >= lower_prefix.size() &&
         equals_ignore_case(text.substr(0, lower_prefix.size()), lower_prefix);
}

void append_lower(std::string& out, std::string_view text) {
  std::size_t start = out.size();
  out.append(text);
  for (std::size_t i = start; i < out.size(); ++i) out[i] = lower(out[i]);
}

void append_collapsed(std::string& out, std::string_view text) {
  text = trim(text);
  bool in_space = false;
  for (char c : text) {
    bool space = c == ' ' || c == '\t';
    if (!space) {
      out.push_back(c);
    } else if (!in_space) {
      out.push_back(' ');
    }
    in_space = space;
  }
}

void HeaderLines::append_to(std::string& out) {
  std::ranges::stable_sort(lines_, [](const http::Header& a, const http::Header& b) {
    return compare_names(a.name, b.name) < 0;
  });
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    bool again = i > 0 && compare_names(lines_[i - 1].name, lines_[i].name) == 0;
    if (again) {
      out.back() = ',';  // in place of the line feed
    } else {
      append_lower(out, lines_[i].name);
      out.push_back(':');
    }
    out.append(trim(lines_[i].value));
    out.push_back('\n');
  }
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

std::optional<std::string_view> authorization_field(std::string_view fields, std::string_view name,
                                                    char separator) {
  while (!fields.empty()) {
    std::size_t comma = fields.find(',');
    std::string_view field = trim(fields.substr(0, comma));
    fields = comma == std::string_view::npos ? std::string_view() : fields.substr(comma + 1);
    if (field.size() > name.size() && field.starts_with(name) && field[name.size()] == separator) {
      return trim(field.substr(name.size() + 1));
    }
  }
  return std::nullopt;
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
