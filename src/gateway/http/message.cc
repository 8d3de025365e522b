#include "gateway/http/message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <iterator>

#include "base/encoding.h"

namespace lakeside::http {
namespace {

bool is_control(char c) {
  auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

// Eight bytes at a time, because every header of every response passes here. Says yes for
// all control characters, and for a tab or what stands before one.
bool may_have_control(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = kOnes * 0x80;
  auto suspicious = [](std::uint64_t x) {
    std::uint64_t deleted = x ^ (kOnes * 0x7f);
    return (((x - kOnes * 0x20) & ~x) | ((deleted - kOnes) & ~deleted)) & kHighs;
  };
  std::uint64_t found = 0;
  std::uint64_t word = 0;
  while (text.size() >= sizeof(word)) {
    std::memcpy(&word, text.data(), sizeof(word));
    found |= suspicious(word);
    text.remove_prefix(sizeof(word));
  }
  word = kOnes * ' ';
  std::memcpy(&word, text.data(), text.size());
  return (found | suspicious(word)) != 0;
}

void append_clean(std::string& out, std::string_view text) {
  std::ranges::remove_copy_if(text, std::back_inserter(out), is_control);
}

bool decode_into(std::string& out, std::string_view text) {
  if (!has_escapes(text)) {
    out = text;
    return true;
  }
  auto decoded = query_decode(text);
  if (!decoded) return false;
  out = std::move(*decoded);
  return true;
}

}  // namespace

std::optional<std::string_view> RequestHead::header(std::string_view name) const {
  for (const Header& h : headers) {
    if (h.name.size() == name.size() && equals_ignore_case(h.name, name)) return h.value;
  }
  return std::nullopt;
}

const QueryParam* RequestHead::param(std::string_view name) const {
  auto found = std::ranges::find(query, name, &QueryParam::name);
  return found == query.end() ? nullptr : &*found;
}

std::optional<std::string_view> Response::text() const {
  if (const auto* own = std::get_if<std::string>(&body)) return *own;
  if (const auto* shared = std::get_if<SharedText>(&body)) return shared->view();
  if (std::holds_alternative<std::monostate>(body)) return std::string_view();
  return std::nullopt;
}

std::optional<std::vector<QueryParam>> parse_query(std::string_view raw_query) {
  std::vector<QueryParam> params;
  if (raw_query.empty()) return params;
  params.reserve(1 + static_cast<std::size_t>(std::ranges::count(raw_query, '&')));
  while (!raw_query.empty()) {
    std::string_view part = raw_query.substr(0, raw_query.find('&'));
    raw_query.remove_prefix(std::min(part.size() + 1, raw_query.size()));
    if (part.empty()) continue;  // "a&&b"
    std::size_t equals = part.find('=');
    QueryParam& param = params.emplace_back();
    if (!decode_into(param.name, part.substr(0, equals))) return std::nullopt;
    if (equals == std::string_view::npos) continue;
    param.has_value = true;
    if (!decode_into(param.value, part.substr(equals + 1))) return std::nullopt;
  }
  return params;
}

void HeaderBlock::add(std::string_view name, std::string_view value) {
  if (text_.empty()) text_.reserve(1024);
  if (may_have_control(name) || may_have_control(value)) {
    append_clean(text_, name);
    text_ += ": ";
    append_clean(text_, value);
    text_ += "\r\n";
    return;
  }
  std::size_t before = text_.size();
  std::size_t after = before + name.size() + value.size() + 4;
  // g++ 12 hands the operation a size that is rounded up where the text has to move: returning that
  // one would send bytes that nobody wrote.
  text_.resize_and_overwrite(after, [&](char* text, std::size_t) {
    char* at = std::copy(name.begin(), name.end(), text + before);
    *at++ = ':';
    *at++ = ' ';
    at = std::copy(value.begin(), value.end(), at);
    *at++ = '\r';
    *at = '\n';
    return after;
  });
}

void HeaderBlock::add(std::string_view name, std::uint64_t value) {
  std::array<char, 20> digits;
  auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  add(name, std::string_view(digits.data(), end));
}

}  // namespace lakeside::http
