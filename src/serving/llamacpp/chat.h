// Chats by the model's own template, and replies taken apart again.
#pragma once

#include <memory>
#include <string_view>

#include <llama.h>

#include "base/result.h"
#include "serving/backend.h"

struct common_chat_templates;

namespace lakeside::serving {

class ChatTemplate {
 public:
  // The template that the model brings. Errors: kUnsupported where it has none, or one that this
  // build cannot read.
  [[nodiscard]] static Result<ChatTemplate> of(const llama_model* model);

  ChatTemplate(ChatTemplate&&) noexcept;
  ChatTemplate& operator=(ChatTemplate&&) noexcept;
  ~ChatTemplate();

  // See Backend; thread-safe.
  [[nodiscard]] Result<ChatPrompt> render(const ChatInput& chat) const;

 private:
  explicit ChatTemplate(std::unique_ptr<common_chat_templates, void (*)(common_chat_templates*)> t);

  std::unique_ptr<common_chat_templates, void (*)(common_chat_templates*)> templates_;
  bool tools_ = true;  // whether the template tells the model of tools
};

// See Backend::parse_reply.
[[nodiscard]] Result<ChatReply> parse_chat_reply(const ChatPrompt& prompt, std::string_view text,
                                                 bool partial);

}  // namespace lakeside::serving
