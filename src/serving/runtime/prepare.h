// From a request to a job: template, tokens, grammar and limits of the model.
#pragma once

#include <memory>

#include "serving/model.h"
#include "serving/runtime/job.h"

namespace lakeside::serving {

struct Prepared {
  std::unique_ptr<Job> job;
  ChatPrompt prompt;  // of a chat; for parsing its reply
};

// How many tokens a prompt and its reply may have together.
[[nodiscard]] std::uint32_t context_of(const ModelCard& card, const LoadOptions& load);

// Takes long for long texts. Faults: kWrongModel, kPromptTooLong, kInvalid.
[[nodiscard]] ModelResult<Prepared> prepare(const GenerateRequest& request, const Backend& model,
                                            const LoadOptions& load, Time now);

}  // namespace lakeside::serving
