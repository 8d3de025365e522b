#include "serving/llamacpp/gbnf.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace lakeside::serving {
namespace {

constexpr std::size_t kDeepestGroup = 200;

// Behind the literal, the characters, the token or the comment that begins at `at`; `at` where none
// does. Tokens (<|im_end|>) and comments have no escapes.
std::size_t skip_quoted(std::string_view gbnf, std::size_t at) {
  constexpr std::string_view kOpen = "\"[<#";
  constexpr std::string_view kClose = "\"]>\n";
  const std::size_t kind = kOpen.find(gbnf[at]);
  if (kind == kOpen.npos) return at;
  for (++at; at < gbnf.size() && gbnf[at] != kClose[kind]; ++at) {
    if (gbnf[at] == '\\' && kind < 2) ++at;
  }
  return at + 1;
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// What is between the braces: "3", "3," or "3,5".
bool is_ordered(std::string_view bounds) {
  const std::size_t comma = bounds.find(',');
  auto least = number(trimmed(bounds.substr(0, comma)));
  if (!least) return false;
  const std::string_view upper = comma == bounds.npos ? "" : trimmed(bounds.substr(comma + 1));
  if (upper.empty()) return true;
  auto most = number(upper);
  return most && *least <= *most;
}

}  // namespace

bool shallow_groups(std::string_view gbnf) {
  std::size_t open = 0;
  for (char c : gbnf) {
    if (c == '(' && ++open > kDeepestGroup) return false;
    if (c == ')' && open > 0) --open;
  }
  return true;
}

bool ordered_repetitions(std::string_view gbnf) {
  for (std::size_t at = 0; at < gbnf.size();) {
    if (std::size_t behind = skip_quoted(gbnf, at); behind != at) {
      at = behind;
      continue;
    }
    if (gbnf[at++] != '{') continue;
    const std::size_t close = gbnf.find('}', at);
    if (close == gbnf.npos || !is_ordered(gbnf.substr(at, close - at))) return false;
    at = close + 1;
  }
  return true;
}

}  // namespace lakeside::serving
