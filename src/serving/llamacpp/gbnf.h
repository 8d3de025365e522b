// Grammars in llama.cpp's notation (GBNF) that its reader should not see.
#pragma once

#include <string_view>

namespace lakeside::serving {

// Whether groups are nested so little that they can be read by a function that calls itself.
[[nodiscard]] bool shallow_groups(std::string_view gbnf);

// Whether each repetition {LEAST,MOST} has bounds that some number fits, with few digits. llama.cpp
// (0.3.36, handle_repetitions) subtracts them without a look, and makes rules until memory ends.
[[nodiscard]] bool ordered_repetitions(std::string_view gbnf);

}  // namespace lakeside::serving
