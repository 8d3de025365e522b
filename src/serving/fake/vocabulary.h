// The tokens of the fake model: all bytes, then these.
#pragma once

#include <array>
#include <string_view>

#include "serving/backend.h"

namespace lakeside::serving::fake {

constexpr Token kBegin = 256;
constexpr Token kEnd = 257;
constexpr Token kSystem = 258;
constexpr Token kUser = 259;
constexpr Token kAssistant = 260;
constexpr Token kTool = 261;
constexpr Token kVocabulary = 262;

constexpr std::array<std::string_view, 6> kSpecials = {"<|begin|>", "<|end|>",       "<|system|>",
                                                       "<|user|>",  "<|assistant|>", "<|tool|>"};

constexpr bool is_byte(Token token) { return token >= 0 && token < kBegin; }

}  // namespace lakeside::serving::fake
