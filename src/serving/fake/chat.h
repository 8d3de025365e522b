// Chats as the fake model reads and writes them.
#pragma once

#include <string_view>

#include "serving/backend.h"

namespace lakeside::serving::fake {

// Errors: kInvalid.
[[nodiscard]] Result<ChatPrompt> render_chat(const ChatInput& chat);
[[nodiscard]] Result<ChatReply> parse_chat_reply(const ChatPrompt& prompt, std::string_view text,
                                                 bool partial);

}  // namespace lakeside::serving::fake
