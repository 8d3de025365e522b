#include "services/kms/core/passwords.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/crypto.h"

namespace lakeside::kms {
namespace {

constexpr std::string_view kLowercase = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUppercase = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kNumbers = "0123456789";
constexpr std::string_view kPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

std::string left_of(std::string_view type, std::string_view without) {
  std::string left;
  for (char c : type) {
    if (without.find(c) == without.npos) left += c;
  }
  return left;
}

// Uniform below `count`, at most 256: bytes that would favour some are thrown away.
std::size_t random_below(std::size_t count) {
  const std::size_t fair = 256 - 256 % count;
  std::array<std::byte, 1> one;
  do {
    fill_random(one);
  } while (std::to_integer<std::size_t>(one[0]) >= fair);
  return std::to_integer<std::size_t>(one[0]) % count;
}

bool has_one_of(std::string_view password, std::string_view type) {
  return password.find_first_of(type) != password.npos;
}

}  // namespace

std::optional<Wiped> random_password(const PasswordRules& rules) {
  std::vector<std::string> types;
  std::string all;
  auto add = [&](bool wanted, std::string_view type) {
    if (!wanted) return;
    types.push_back(left_of(type, rules.without));
    all += types.back();
  };
  add(rules.lowercase, kLowercase);
  add(rules.uppercase, kUppercase);
  add(rules.numbers, kNumbers);
  add(rules.punctuation, kPunctuation);
  if (all.empty()) return std::nullopt;
  bool none_left = std::ranges::any_of(types, [](const auto& type) { return type.empty(); });
  if (rules.each_type && none_left) return std::nullopt;
  // All that fit are equally likely: those that do not are made anew. Of the shortest ones and the
  // rarest types (8 characters, three of the types have one left) 1 in 80 fits.
  while (true) {
    Wiped password(rules.length);
    for (std::size_t i = 0; i < rules.length; ++i)
      password.data()[i] = all[random_below(all.size())];
    bool fits = !rules.each_type || std::ranges::all_of(types, [&](const std::string& type) {
      return has_one_of(password.view(), type);
    });
    if (fits) return password;
  }
}

}  // namespace lakeside::kms
