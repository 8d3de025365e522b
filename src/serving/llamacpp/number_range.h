// Numbers between bounds, as a rule of GBNF: llama.cpp bounds integers alone.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace lakeside::serving {

struct NumberRange {
  struct Bound {
    double value = 0;
    bool itself = true;  // whether the bound is in the range
  };
  std::optional<Bound> least;
  std::optional<Bound> most;
};

// The texts of the numbers in the range, without exponents.
// Errors: kInvalid (no number lies in it; a bound of more digits than a double has).
[[nodiscard]] Result<std::string> number_rule(const NumberRange& range);

}  // namespace lakeside::serving
