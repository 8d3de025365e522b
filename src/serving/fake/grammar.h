// The part of GBNF that the fake model needs: one rule `root ::= …` of alternatives, each a
// sequence of "literals" and `[^<]*`.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "serving/backend.h"

namespace lakeside::serving::fake {

// Errors: kInvalid.
[[nodiscard]] Result<std::unique_ptr<Grammar>> parse_grammar(std::string_view gbnf);

// `text` as a literal of GBNF.
[[nodiscard]] std::string literal(std::string_view text);

}  // namespace lakeside::serving::fake
