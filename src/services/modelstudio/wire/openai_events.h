// What the streams and documents of OpenAI's text endpoints have in common. Pure.
#pragma once

#include <string>

#include "services/modelstudio/wire/errors.h"
#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio::wire {

inline constexpr std::string_view kDone = "data: [DONE]\n\n";

[[nodiscard]] std::string openai_event(const Json& json);
[[nodiscard]] std::string openai_failure_event(const ModelError& error);
[[nodiscard]] Json openai_usage(const serving::Usage& usage);

}  // namespace lakeside::modelstudio::wire
