#include "serving/llamacpp/number_range.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace lakeside::serving {
namespace {

using Bound = NumberRange::Bound;
using Alternatives = std::vector<std::string>;

constexpr std::size_t kMostDigits = 16;
constexpr std::string_view kMoreDigits = " [0-9]{0,8}";
constexpr std::string_view kMoreZeros = " \"0\"{0,8}";
constexpr std::string_view kSomethingMore = " \"0\"{0,8} [1-9] [0-9]{0,8}";

// A bound without its sign: 12.5 is "12" and "5".
struct Magnitude {
  std::string whole;
  std::string fraction;  // without zeros at its end
  bool itself;
};

std::optional<Magnitude> magnitude_of(double value, bool itself) {
  if (!std::isfinite(value)) return std::nullopt;
  std::array<char, 400> text{};
  auto end = std::to_chars(text.data(), text.data() + text.size(), std::fabs(value),
                           std::chars_format::fixed);
  std::string_view digits(text.data(), static_cast<std::size_t>(end.ptr - text.data()));
  std::size_t point = digits.find('.');
  Magnitude out{std::string(digits.substr(0, point)), "", itself};
  if (point != std::string_view::npos) out.fraction = digits.substr(point + 1);
  if (out.whole.size() > kMostDigits || out.fraction.size() > kMostDigits) return std::nullopt;
  return out;
}

std::string one_of(char from, char to) {
  return std::string("[") + from + (from == to ? "" : std::string("-") + to) + "]";
}

std::string said(std::string_view digits) { return "\"" + std::string(digits) + "\""; }

std::string any_of(const Alternatives& all) {
  std::string text = "(";
  for (const std::string& one : all) text += (text.size() > 1 ? " | " : "") + one;
  return text + ")";
}

char after(char digit) { return static_cast<char>(digit + 1); }
char before(char digit) { return static_cast<char>(digit - 1); }

void strip_zeros(std::string_view& digits) {
  digits = digits.substr(0, digits.find_last_not_of('0') + 1);
}

// Below: what may follow the point, where 0.DIGITS is a bound. At least one digit.

Alternatives fractions_from(std::string_view digits, bool itself) {
  strip_zeros(digits);
  if (digits.empty()) {
    return {itself ? "[0-9]" + std::string(kMoreDigits) : std::string(kSomethingMore)};
  }
  Alternatives all;
  if (digits[0] < '9') all.push_back(one_of(after(digits[0]), '9') + std::string(kMoreDigits));
  std::string first = said(digits.substr(0, 1));
  if (digits.size() > 1) {
    all.push_back(first + " " + any_of(fractions_from(digits.substr(1), itself)));
  } else {
    all.push_back(first + std::string(itself ? kMoreDigits : kSomethingMore));
  }
  return all;
}

Alternatives fractions_to(std::string_view digits, bool itself) {
  strip_zeros(digits);
  if (digits.empty())
    return itself ? Alternatives{"\"0\"" + std::string(kMoreZeros)} : Alternatives{};
  Alternatives all;
  if (digits[0] > '0') all.push_back(one_of('0', before(digits[0])) + std::string(kMoreDigits));
  std::string first = said(digits.substr(0, 1));
  if (digits.size() > 1) {
    all.push_back(first + " " + any_of(fractions_to(digits.substr(1), itself)) + "?");
  } else if (itself) {
    all.push_back(first + std::string(kMoreZeros));
  }
  return all;
}

bool zeros(std::string_view digits) { return digits.find_first_not_of('0') == digits.npos; }

// Both bounds with as many digits, at least one.
Alternatives fractions_between(std::string_view low, bool low_itself, std::string_view high,
                               bool high_itself) {
  if (low > high) return {};
  Alternatives all;
  auto add = [&](std::string first, bool alone, const Alternatives& rest) {
    if (rest.empty() && !alone) return;
    if (!rest.empty()) first += " " + any_of(rest) + (alone ? "?" : "");
    all.push_back(std::move(first));
  };
  std::string_view low_rest = low.substr(1);
  std::string_view high_rest = high.substr(1);
  const bool at_low = zeros(low_rest) && low_itself;      // the first digit alone is the bound
  const bool to_high = !zeros(high_rest) || high_itself;  // it is not above
  if (low[0] == high[0]) {
    const bool last = low_rest.empty();
    const Alternatives equal =
        at_low && to_high ? Alternatives{"\"0\"" + std::string(kMoreZeros)} : Alternatives{};
    add(said(low.substr(0, 1)), at_low && to_high,
        last ? equal : fractions_between(low_rest, low_itself, high_rest, high_itself));
    return all;
  }
  add(said(low.substr(0, 1)), at_low, fractions_from(low_rest, low_itself));
  if (low[0] + 1 < high[0]) {
    all.push_back(one_of(after(low[0]), before(high[0])) + std::string(kMoreDigits));
  }
  add(said(high.substr(0, 1)), to_high, fractions_to(high_rest, high_itself));
  return all;
}

// Whole numbers of as many digits as both bounds have.
std::string wholes_of_length(std::string_view low, std::string_view high) {
  if (low.size() == 1) return one_of(low[0], high[0]);
  const std::string digits = " [0-9]{" + std::to_string(low.size() - 1) + "}";
  const std::string nines(low.size() - 1, '9');
  const std::string noughts(low.size() - 1, '0');
  if (low[0] == high[0]) {
    return said(low.substr(0, 1)) + " " + wholes_of_length(low.substr(1), high.substr(1));
  }
  Alternatives all;
  char from = low[0];
  char to = high[0];
  if (low.substr(1) != noughts) {
    all.push_back(said(low.substr(0, 1)) + " " + wholes_of_length(low.substr(1), nines));
    from = after(from);
  }
  if (high.substr(1) != nines) {
    all.push_back(said(high.substr(0, 1)) + " " + wholes_of_length(noughts, high.substr(1)));
    to = before(to);
  }
  if (from <= to) all.push_back(one_of(from, to) + digits);
  return any_of(all);
}

// Whole numbers from `low` on, up to `high` where there is one.
Alternatives wholes(std::uint64_t low, std::optional<std::uint64_t> high) {
  Alternatives all;
  for (;;) {
    const std::string from = std::to_string(low);
    const std::string nines(from.size(), '9');
    if (high && *high < low) return all;
    if (high && std::to_string(*high).size() == from.size()) {
      all.push_back(wholes_of_length(from, std::to_string(*high)));
      return all;
    }
    all.push_back(wholes_of_length(from, nines));
    if (!high) {
      all.push_back("[1-9] [0-9]{" + std::to_string(from.size()) + ",16}");
      return all;
    }
    low = std::stoull(nines) + 1;
  }
}

void add_whole(Alternatives& all, const std::string& whole, bool alone,
               const Alternatives& fractions) {
  if (alone) all.push_back(said(whole));
  if (!fractions.empty()) all.push_back(said(whole + ".") + " " + any_of(fractions));
}

Alternatives same_whole(const Magnitude& low, const Magnitude& high) {
  Alternatives all;
  const std::size_t digits = std::max({low.fraction.size(), high.fraction.size(), std::size_t{1}});
  std::string from = low.fraction + std::string(digits - low.fraction.size(), '0');
  std::string to = high.fraction + std::string(digits - high.fraction.size(), '0');
  const bool alone = low.fraction.empty() && low.itself && (!high.fraction.empty() || high.itself);
  add_whole(all, low.whole, alone, fractions_between(from, low.itself, to, high.itself));
  return all;
}

// Numbers above 0 or beside it, without a sign.
Alternatives magnitudes(const Magnitude& low, const std::optional<Magnitude>& high) {
  if (high && high->whole == low.whole) return same_whole(low, *high);
  const std::uint64_t from = std::stoull(low.whole);
  std::optional<std::uint64_t> to;
  if (high) to = std::stoull(high->whole);
  if (to && *to < from) return {};
  Alternatives all;
  add_whole(all, low.whole, low.fraction.empty() && low.itself,
            fractions_from(low.fraction, low.itself));
  if (!to || *to > from + 1) {
    if (to) --*to;
    for (const std::string& whole : wholes(from + 1, to)) {
      all.push_back(whole + " (\".\" [0-9]{1,9})?");
    }
  }
  if (high) {
    add_whole(all, high->whole, !high->fraction.empty() || high->itself,
              fractions_to(high->fraction, high->itself));
  }
  return all;
}

}  // namespace

Result<std::string> number_rule(const NumberRange& range) {
  const Bound least = range.least.value_or(Bound{-1, true});
  const Bound most = range.most.value_or(Bound{1, true});
  const auto low = magnitude_of(least.value, least.itself);
  const auto high = magnitude_of(most.value, most.itself);
  if (!low || !high) return fail(ErrorCode::kInvalid, "a bound of a number has too many digits");
  Alternatives all;
  if (least.value < 0) {
    // Without 0 where that can be said without a sign.
    const Magnitude from = most.value < 0 ? *high : Magnitude{"0", "", false};
    const std::optional<Magnitude> to = range.least ? low : std::nullopt;
    const Alternatives negative = magnitudes(from, to);
    if (!negative.empty()) all.push_back("\"-\" " + any_of(negative));
  }
  if (most.value >= 0) {
    const Magnitude from = least.value >= 0 ? *low : Magnitude{"0", "", true};
    const std::optional<Magnitude> to = range.most ? high : std::nullopt;
    const Alternatives positive = magnitudes(from, to);
    all.insert(all.end(), positive.begin(), positive.end());
  }
  if (all.empty()) return fail(ErrorCode::kInvalid, "no number lies between the bounds");
  return any_of(all);
}

}  // namespace lakeside::serving
