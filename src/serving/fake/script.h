// What the fake model says.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "serving/backend.h"

namespace lakeside::serving::fake {

// The token after these: a byte or kEnd.
[[nodiscard]] Token next_token(std::span<const Token> tokens);

// The reply to a message or prompt, but for `repeat`, which may be endless.
[[nodiscard]] std::string reply_to(std::string_view message);

// A call of a tool as the model writes it.
[[nodiscard]] std::string tool_call_text(std::string_view name, std::string_view arguments);

}  // namespace lakeside::serving::fake
