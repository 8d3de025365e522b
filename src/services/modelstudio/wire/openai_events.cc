#include "services/modelstudio/wire/openai_events.h"

namespace lakeside::modelstudio::wire {

std::string openai_event(const Json& json) { return "data: " + to_text(json) + "\n\n"; }

std::string openai_failure_event(const ModelError& error) {
  return "data: " +
         error_document(to_wire(error, Dialect::kOpenAi), Dialect::kOpenAi, std::string_view()) +
         "\n\n";
}

Json openai_usage(const serving::Usage& usage) {
  return {{"prompt_tokens", usage.prompt_tokens},
          {"completion_tokens", usage.completion_tokens},
          {"total_tokens", usage.prompt_tokens + usage.completion_tokens},
          {"prompt_tokens_details", {{"cached_tokens", usage.cached_tokens}}}};
}

}  // namespace lakeside::modelstudio::wire
