// Pieces of JSON that several answers have. Pure.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "services/modelstudio/ops/choices.h"
#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio::wire {

[[nodiscard]] std::int64_t unix_seconds(Time time);
// "stop", "length", "tool_calls".
[[nodiscard]] std::string_view end_name(ops::End end);
// {"content": [{"token", "logprob", "bytes", "top_logprobs"}]}
[[nodiscard]] Json logprobs_json(std::span<const serving::TokenLogprob> logprobs);
// [{"id", "type", "function": {"name", "arguments"}}]; with `indexed`, "index" too.
[[nodiscard]] Json tool_calls_json(std::span<const serving::ToolCall> calls, bool indexed);
[[nodiscard]] Json tool_changes_json(std::span<const ops::ToolCallChange> changes);
// Little-endian floats in base64: what OpenAI's clients ask for unless told otherwise.
[[nodiscard]] std::string base64_floats(std::span<const float> vector);

}  // namespace lakeside::modelstudio::wire
