#include "services/ram/policy/values.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <string>

#include "base/encoding.h"

namespace lakeside::ram::policy {
namespace {

// Where the character after the one at `at` begins.
std::size_t next_character(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) ++at;
  return at;
}

// Takes exactly `digits` digits off the front.
bool take_number(std::string_view& text, std::size_t digits, int& out) {
  if (text.size() < digits) return false;
  auto number = parse_uint(text.substr(0, digits));
  if (!number) return false;
  out = static_cast<int>(*number);
  text.remove_prefix(digits);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

bool take_fraction(std::string_view& text, std::int64_t& micros) {
  std::int64_t unit = 100000;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
    micros += (text[digits] - '0') * unit;
    unit /= 10;
  }
  text.remove_prefix(digits);
  return digits > 0;
}

// "Z" or "+08:00", and nothing after it: seconds to take away.
std::optional<int> zone_offset(std::string_view text) {
  if (text == "Z") return 0;
  if (text.empty()) return std::nullopt;
  int sign = text.front() == '+' ? 1 : text.front() == '-' ? -1 : 0;
  int hours = 0;
  int minutes = 0;
  text.remove_prefix(1);
  if (sign == 0 || !take_number(text, 2, hours) || !take(text, ':') ||
      !take_number(text, 2, minutes) || !text.empty() || hours > 14 || minutes > 59) {
    return std::nullopt;
  }
  return sign * (hours * 3600 + minutes * 60);
}

constexpr std::uint64_t kV4InV6 = 0xFFFF00000000;

bool is_v4_in_v6(const IpAddress& address) {
  return address.v6 && address.bits[0] == 0 && address.bits[1] >> 32 == kV4InV6 >> 32;
}

std::uint64_t read_bits(const std::uint8_t* bytes, int count) {
  std::uint64_t out = 0;
  for (int i = 0; i < count; ++i) out = out << 8 | bytes[i];
  return out;
}

// As written: an IPv4 address in IPv6 stays one of IPv6.
std::optional<IpAddress> parse_ip_as_written(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN + 1];
  if (text.empty() || text.size() >= sizeof buffer) return std::nullopt;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  if (std::strlen(buffer) != text.size()) return std::nullopt;
  std::uint8_t bytes[16];
  if (inet_pton(AF_INET, buffer, bytes) == 1) {
    return IpAddress{false, {read_bits(bytes, 4) << 32, 0}};
  }
  if (inet_pton(AF_INET6, buffer, bytes) == 1) {
    return IpAddress{true, {read_bits(bytes, 8), read_bits(bytes + 8, 8)}};
  }
  return std::nullopt;
}

IpAddress to_v4(const IpAddress& address) { return {false, {address.bits[1] << 32, 0}}; }

// The first `count` bits of 64.
std::uint64_t first_bits(int count) {
  if (count <= 0) return 0;
  return count >= 64 ? ~std::uint64_t{0} : ~(~std::uint64_t{0} >> count);
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // behind the last '*' seen
  std::size_t resume = 0;                     // where what it stands for ends so far
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t = next_character(text, t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star;
      t = resume = next_character(text, resume);
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  // NOLINTNEXTLINE(bugprone-suspicious-stringview-data-usage): `end` is the size
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<bool> parse_bool(std::string_view text) {
  if (equals_ignore_case(text, "true")) return true;
  if (equals_ignore_case(text, "false")) return false;
  return std::nullopt;
}

std::optional<std::int64_t> parse_date(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, month) ||
      !take(text, '-') || !take_number(text, 2, day)) {
    return std::nullopt;
  }
  std::chrono::year_month_day date{std::chrono::year(year),
                                   std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t seconds =
      std::int64_t{86400} * std::chrono::sys_days(date).time_since_epoch().count();
  std::int64_t micros = 0;
  if (!text.empty()) {
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take(text, 'T') || !take_number(text, 2, hour) || !take(text, ':') ||
        !take_number(text, 2, minute)) {
      return std::nullopt;
    }
    if (take(text, ':')) {
      if (!take_number(text, 2, second)) return std::nullopt;
      if (take(text, '.') && !take_fraction(text, micros)) return std::nullopt;
    }
    auto offset = zone_offset(text);
    if (!offset || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    seconds += hour * 3600 + minute * 60 + second - *offset;
  }
  return seconds * 1000000 + micros;
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  auto address = parse_ip_as_written(text);
  if (address && is_v4_in_v6(*address)) return to_v4(*address);
  return address;
}

std::optional<IpRange> parse_ip_range(std::string_view text) {
  IpRange range;
  if (text == "*") {
    range.everything = true;
    return range;
  }
  std::size_t slash = text.find('/');
  auto base = parse_ip_as_written(text.substr(0, slash));
  if (!base) return std::nullopt;
  range.base = *base;
  range.prefix = base->v6 ? 128 : 32;
  if (slash != std::string_view::npos) {
    auto prefix = parse_uint(text.substr(slash + 1));
    if (!prefix || *prefix > static_cast<std::uint64_t>(range.prefix)) return std::nullopt;
    range.prefix = static_cast<int>(*prefix);
  }
  if (range.prefix >= 96 && is_v4_in_v6(*base)) {
    range.base = to_v4(*base);
    range.prefix -= 96;
  }
  range.mask = {first_bits(range.prefix), first_bits(range.prefix - 64)};
  for (std::size_t i = 0; i < 2; ++i) range.base.bits[i] &= range.mask[i];
  return range;
}

}  // namespace lakeside::ram::policy
