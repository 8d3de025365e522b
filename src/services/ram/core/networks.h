// LoginNetworkMasks: where people may sign in from.
#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "services/ram/policy/values.h"

namespace lakeside::ram {

inline constexpr std::size_t kMaxNetworks = 40, kMaxNetworksText = 512;

// "192.168.0.0/16;10.0.0.0/8". Nothing where one is wrong or they are too many.
[[nodiscard]] inline std::optional<std::vector<policy::IpRange>> parse_networks(
    std::string_view text) {
  if (text.size() > kMaxNetworksText) return std::nullopt;
  std::vector<policy::IpRange> ranges;
  while (!text.empty()) {
    std::string_view one = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    auto range = policy::parse_ip_range(one);
    if (!range || range->everything || ranges.size() == kMaxNetworks) return std::nullopt;
    ranges.push_back(*range);
  }
  return ranges;
}

// No networks: from everywhere.
[[nodiscard]] inline bool in_networks(std::string_view text, std::string_view address) {
  if (text.empty()) return true;
  auto ranges = parse_networks(text);
  auto from = policy::parse_ip(address);
  if (!ranges || !from) return false;
  for (const policy::IpRange& range : *ranges) {
    if (range.contains(*from)) return true;
  }
  return false;
}

}  // namespace lakeside::ram
