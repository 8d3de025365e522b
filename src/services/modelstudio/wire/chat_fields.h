// What both dialects say with the same words: messages, tools, the form of the answer, sampling.
// Pure.
#pragma once

#include <initializer_list>
#include <string_view>

#include "services/modelstudio/core/types.h"
#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio::wire {

inline constexpr std::size_t kMaxMessages = 4096;
inline constexpr std::size_t kMaxTools = 128;
inline constexpr std::size_t kMaxStops = 16;  // OpenAI takes 4, Model Studio more
inline constexpr std::int64_t kMaxChoices = 16;
inline constexpr std::size_t kMaxTexts = 2048;

// Refuses each of these that asks for anything.
void refuse(Fields& fields, std::initializer_list<std::string_view> names);
// enable_thinking, chat_template_kwargs, reasoning_effort.
void read_template_arguments(Fields& fields, serving::ChatInput& chat);
// temperature, top_p, top_k, min_p, seed, the penalties, logit_bias.
void read_sampling(Fields& fields, serving::Sampling& sampling);
// max_tokens, max_completion_tokens, stop.
void read_bounds(Fields& fields, serving::GenerateRequest& request);
// logprobs (whether) and top_logprobs (how many alternatives).
void read_logprobs(Fields& fields, serving::GenerateRequest& request);
// "messages". Only texts: a part of another type is refused. Roles that templates do not know are
// those they mean: developer is system, function is tool.
void read_messages(Fields& fields, serving::ChatInput& chat);
// tools, tool_choice, parallel_tool_calls.
void read_tools(Fields& fields, serving::ChatInput& chat);
// response_format as the schema that the reply keeps to; empty: free text.
[[nodiscard]] std::string read_response_format(Fields& fields);
// All messages' texts in one, for counting tokens.
[[nodiscard]] std::string joined_texts(const serving::ChatInput& chat);

}  // namespace lakeside::modelstudio::wire
