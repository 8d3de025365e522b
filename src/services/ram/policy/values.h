// The values of conditions, and patterns with wildcards. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lakeside::ram::policy {

// '*' stands for any characters, also none, '?' for one. Case counts.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view text);
[[nodiscard]] inline bool has_wildcard(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

// FNV-1a.
[[nodiscard]] constexpr std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = 14695981039346656037U;
  for (char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211U;
  }
  return hash;
}

[[nodiscard]] std::optional<double> parse_number(std::string_view text);  // finite, decimal
[[nodiscard]] std::optional<bool> parse_bool(std::string_view text);      // "true", any case

// Microseconds since 1970, UTC, of ISO 8601: a day, or a time with its zone, with seconds or
// without: 2026-11-22, 2026-11-22T10:00Z, 2026-11-22T10:00:00.5+08:00.
[[nodiscard]] std::optional<std::int64_t> parse_date(std::string_view text);

struct IpAddress {
  bool v6 = false;
  std::array<std::uint64_t, 2> bits{};  // the first bit is the highest; v4 has 32
};

// An IPv4 address that is written as IPv6 (::ffff:1.2.3.4) is one of IPv4.
[[nodiscard]] std::optional<IpAddress> parse_ip(std::string_view text);

struct IpRange {
  bool everything = false;  // "*"
  IpAddress base;           // without the bits that do not count
  std::array<std::uint64_t, 2> mask{};
  int prefix = 0;

  [[nodiscard]] bool contains(const IpAddress& address) const {
    return everything || (address.v6 == base.v6 && (address.bits[0] & mask[0]) == base.bits[0] &&
                          (address.bits[1] & mask[1]) == base.bits[1]);
  }
};

// An address, a CIDR block, or "*". Bits behind the prefix are ignored.
[[nodiscard]] std::optional<IpRange> parse_ip_range(std::string_view text);

}  // namespace lakeside::ram::policy
