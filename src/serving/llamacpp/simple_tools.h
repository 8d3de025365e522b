// Tools for models whose template knows of none: they are told in words, and a call is a JSON
// object {"name": …, "arguments": …} that ends the reply.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "serving/backend.h"

namespace lakeside::serving {

// What ChatPrompt::parser says of a reply in this form.
inline constexpr std::string_view kSimpleToolsParser = "simple-tools";

// The same chat without tools and calls, told in texts instead. Errors: kInvalid.
[[nodiscard]] Result<ChatInput> without_tools(const ChatInput& chat);

// Grammar, triggers and parser for the reply. Errors: kInvalid.
[[nodiscard]] Status add_simple_tools(const ChatInput& chat, ChatPrompt& prompt);

[[nodiscard]] ChatReply parse_simple_tools(std::string_view text, bool partial);

}  // namespace lakeside::serving
