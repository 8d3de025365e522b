#include "serving/llamacpp/patterns.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace lakeside::serving {
namespace {

// Measured with SmolLM2: (a{0,20}){0,20} costs nothing that one notices, three times 10 took
// seconds.
constexpr std::uint64_t kMostWays = 400;
constexpr std::size_t kDeepest = 100;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alnum(char c) { return is_digit(c) || is_lower(c) || is_upper(c); }
bool same_kind(char a, char b) {
  return (is_digit(a) && is_digit(b)) || (is_lower(a) && is_lower(b)) ||
         (is_upper(a) && is_upper(b));
}

// Behind the character class that begins at `at`.
std::size_t behind_class(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != ']'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

// Whether a class names letters and digits only, beside `but`.
bool is_plain_class(std::string_view inner) {
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] == '\\') {
      ++i;
      if (i == inner.size() || (inner[i] != 'd' && inner[i] != 'w')) return false;
    } else if (inner[i] == '-') {
      if (i == 0 || i + 1 == inner.size() || !same_kind(inner[i - 1], inner[i + 1])) return false;
    } else if (!is_alnum(inner[i])) {
      return false;
    }
  }
  return true;
}

// Whether a group ends with a character that nothing else in it can be: where one round ends is
// certain then.
bool ends_with_a_mark(std::string_view group) {
  if (group.empty() || group.contains('|') || group.contains('(')) return false;
  const char mark = group.back();
  if (is_alnum(mark) || mark == '_' || std::string_view("].*+?}$^)").contains(mark)) {
    const bool escaped = group.size() > 1 && group[group.size() - 2] == '\\';
    if (!escaped || is_alnum(mark) || mark == '_') return false;
  }
  std::string_view rest = group.substr(0, group.size() - 1);
  if (rest.ends_with('\\')) rest.remove_suffix(1);
  for (std::size_t at = 0; at < rest.size();) {
    if (rest[at] == '[') {
      const std::size_t end = behind_class(rest, at);
      if (!is_plain_class(rest.substr(at + 1, end - at - 2))) return false;
      at = end;
    } else if (rest[at] == '{') {
      at = std::min(rest.find('}', at), rest.size() - 1) + 1;
    } else if (is_alnum(rest[at]) || std::string_view("*+?").contains(rest[at])) {
      ++at;
    } else if (rest.substr(at).starts_with("\\d") || rest.substr(at).starts_with("\\w")) {
      at += 2;
    } else {
      return false;
    }
  }
  return true;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool fits() {
    while (at_ < text_.size() && fits_) {
      group(0);
      ++at_;  // a ')' that closes nothing
    }
    return fits_;
  }

 private:
  // In how many places within it one may be; 1: it repeats nothing.
  std::uint64_t group(std::size_t depth) {
    if (depth > kDeepest) fits_ = false;
    std::uint64_t places = 0;
    bool empty = true;
    while (fits_ && at_ < text_.size() && text_[at_] != ')') {
      if (text_[at_] == '|') {
        places += empty ? 2 : 0;
        empty = true;
        ++at_;
        continue;
      }
      empty = false;
      const std::uint64_t of_element = element(depth);
      if (of_element > 1) places += of_element;
    }
    if (empty) places += 2;
    return std::max<std::uint64_t>(places, 1);
  }

  std::uint64_t element(std::size_t depth) {
    if (text_[at_] == '(') {
      ++at_;
      const std::size_t begin = at_;
      const std::uint64_t inner = group(depth + 1);
      const std::string_view within = text_.substr(begin, at_ - begin);
      at_ = std::min(at_ + 1, text_.size());
      const std::uint64_t times = quantifier();
      if (inner == 1 || ends_with_a_mark(within)) return std::max(inner, times);
      if (inner * times > kMostWays) fits_ = false;
      return inner * times;
    }
    if (text_[at_] == '[') {
      at_ = behind_class(text_, at_);
    } else {
      at_ = std::min(at_ + (text_[at_] == '\\' ? 2 : 1), text_.size());
    }
    return at_ < text_.size() && std::string_view("*+?").contains(text_[at_]) ? (quantifier(), 2)
                                                                              : quantifier();
  }

  // How often at most, of what is counted.
  std::uint64_t quantifier() {
    std::uint64_t times = 1;
    while (at_ < text_.size()) {
      if (std::string_view("*+?").contains(text_[at_])) {
        ++at_;
        continue;
      }
      if (text_[at_] != '{') break;
      const std::size_t end = std::min(text_.find('}', at_), text_.size());
      times = std::max<std::uint64_t>(times, largest(text_.substr(at_, end - at_)));
      at_ = std::min(end + 1, text_.size());
    }
    return times;
  }

  // Of the numbers in "{2,5}"; others that are too large for a number are refused elsewhere.
  static std::uint32_t largest(std::string_view bounds) {
    std::uint32_t most = 1;
    for (std::size_t at = 0; at < bounds.size(); ++at) {
      if (!is_digit(bounds[at])) continue;
      std::uint32_t value = UINT32_MAX;
      auto [end, error] = std::from_chars(bounds.data() + at, bounds.data() + bounds.size(), value);
      if (error != std::errc()) value = UINT32_MAX;
      most = std::max(most, value);
      at = static_cast<std::size_t>(end - bounds.data());
    }
    return most;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  bool fits_ = true;
};

}  // namespace

bool repeats_little(std::string_view pattern) { return Reader(pattern).fits(); }

}  // namespace lakeside::serving
