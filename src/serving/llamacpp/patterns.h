// Patterns (regular expressions) of schemas that llama.cpp's grammars should not see.
#pragma once

#include <string_view>

namespace lakeside::serving {

// Whether repetitions within repetitions are few. Where a text can be split between the inner and
// the outer one in many ways, llama.cpp (0.3.36) follows each of them for every token: of
// ((a{0,20}){0,20}){0,20} it was busy for minutes, and nothing can stop it.
[[nodiscard]] bool repeats_little(std::string_view pattern);

}  // namespace lakeside::serving
