// Random passwords, as GetRandomPassword makes them.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "services/kms/core/wiped.h"

namespace lakeside::kms {

inline constexpr std::size_t kLeastPassword = 8, kMostPassword = 128;

struct PasswordRules {
  std::size_t length = 32;
  std::string_view without = {};  // these characters
  bool lowercase = true, uppercase = true, numbers = true, punctuation = true;
  bool each_type = true;  // one of each that is in it
};

// Nothing where no character is left, or where each type shall be in it and one has none left.
[[nodiscard]] std::optional<Wiped> random_password(const PasswordRules& rules);

}  // namespace lakeside::kms
