#include "serving/runtime/prepare.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace lakeside::serving {
namespace {

std::unexpected<ModelError> fault(ModelFault fault, std::string message) {
  return std::unexpected(ModelError{fault, std::move(message), {}});
}

bool has_schema(const GenerateRequest& request) {
  const auto* chat = std::get_if<ChatInput>(&request.input);
  return !request.json_schema.empty() || (chat != nullptr && !chat->json_schema.empty());
}

// That of the answer, else those of the tools' parameters.
std::unexpected<ModelError> bad_schema(const GenerateRequest& request, std::string_view why) {
  ModelError fault{ModelFault::kInvalid, "Invalid schema for ", {}};
  fault.param = has_schema(request) ? "response_format" : "tools";
  fault.message += fault.param + ": ";
  fault.message += why;
  return std::unexpected(std::move(fault));
}

// What a backend says of a schema begins so.
std::unexpected<ModelError> invalid(const GenerateRequest& request, const Error& error) {
  constexpr std::string_view kSchema = "schema: ";
  const std::string_view detail = error.detail;
  if (detail.starts_with(kSchema)) return bad_schema(request, detail.substr(kSchema.size()));
  return fault(ModelFault::kInvalid, error.detail);
}

// Empty where the sampling makes sense.
std::string problem_with(const Sampling& sampling) {
  if (!std::isfinite(sampling.temperature) || sampling.temperature < 0) return "temperature";
  if (!(sampling.top_p >= 0 && sampling.top_p <= 1)) return "top_p";
  if (!(sampling.min_p >= 0 && sampling.min_p <= 1)) return "min_p";
  if (sampling.top_k < 0) return "top_k";
  if (!std::isfinite(sampling.presence_penalty)) return "presence_penalty";
  if (!std::isfinite(sampling.frequency_penalty)) return "frequency_penalty";
  if (!std::isfinite(sampling.repetition_penalty) || sampling.repetition_penalty <= 0) {
    return "repetition_penalty";
  }
  for (const auto& [token, bias] : sampling.logit_bias) {
    if (std::isnan(bias)) return "logit_bias";
  }
  return {};
}

ModelResult<ChatPrompt> prompt_of(const GenerateRequest& request, const Backend& model) {
  if (const auto* chat = std::get_if<ChatInput>(&request.input)) {
    auto prompt = model.render(*chat);
    if (prompt) return std::move(*prompt);
    if (prompt.error().code == ErrorCode::kUnsupported) {
      return fault(ModelFault::kWrongModel, "this model has no chat template");
    }
    return invalid(request, prompt.error());
  }
  ChatPrompt prompt;
  prompt.text = std::get<std::string>(request.input);
  if (request.json_schema.empty()) return prompt;
  auto grammar = model.schema_grammar(request.json_schema);
  if (!grammar) return invalid(request, grammar.error());
  prompt.grammar = std::move(*grammar);
  return prompt;
}

ModelResult<void> add_grammar(const GenerateRequest& request, const ChatPrompt& prompt,
                              const Backend& model, Job& job) {
  if (prompt.grammar.empty()) return {};
  auto grammar = model.grammar(prompt.grammar);
  if (!grammar && has_schema(request)) return bad_schema(request, grammar.error().detail);
  if (!grammar) return fault(ModelFault::kInvalid, grammar.error().detail);
  if (!prompt.grammar_after_trigger) {
    job.sampler.set_grammar(std::move(*grammar));
  } else {
    job.lazy_grammar = prompt.grammar;
    job.triggers = prompt.triggers;
    std::erase(job.triggers, std::string());
  }
  return {};
}

// No token has so many bytes; a text beyond it needs no counting.
constexpr std::uint64_t kMostTokenBytes = 256;

std::unexpected<ModelError> too_long(const std::string& size, std::uint64_t context) {
  return fault(ModelFault::kPromptTooLong, "the prompt has " + size +
                                               ", but the model's context is " +
                                               std::to_string(context) + " tokens");
}

}  // namespace

std::uint32_t context_of(const ModelCard& card, const LoadOptions& load) {
  return card.trained_context == 0 ? load.context_tokens
                                   : std::min(load.context_tokens, card.trained_context);
}

ModelResult<Prepared> prepare(const GenerateRequest& request, const Backend& model,
                              const LoadOptions& load, Time now) {
  if (!model.card().generates) {
    return fault(ModelFault::kWrongModel, "this model does not generate text");
  }
  if (std::string problem = problem_with(request.sampling); !problem.empty()) {
    return fault(ModelFault::kInvalid, problem + " is out of range");
  }
  if (request.max_tokens == 0U) return fault(ModelFault::kInvalid, "max_tokens must be positive");
  auto prompt = prompt_of(request, model);
  if (!prompt) return std::unexpected(std::move(prompt.error()));

  const std::uint64_t context = context_of(model.card(), load);
  if (prompt->text.size() / kMostTokenBytes > context) {
    return too_long(std::to_string(prompt->text.size()) + " bytes", context);
  }
  std::vector<std::string> stops = request.stops;
  stops.insert(stops.end(), prompt->stops.begin(), prompt->stops.end());
  auto job = std::make_unique<Job>(request, std::move(stops));
  job->tokens = model.tokenize(prompt->text, true);
  const std::uint64_t length = job->tokens.size();
  if (length == 0) return fault(ModelFault::kInvalid, "the prompt is empty");
  if (length >= context) {
    return too_long(std::to_string(length) + " tokens", context);
  }
  job->usage.prompt_tokens = length;
  job->most_tokens = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      request.max_tokens.value_or(std::numeric_limits<std::uint32_t>::max()), context - length));
  // What a grammar or a parser works on includes marks that are tokens of their own.
  job->special_pieces = !prompt->grammar.empty() || !prompt->triggers.empty();
  if (auto added = add_grammar(request, *prompt, model, *job); !added) {
    return std::unexpected(std::move(added.error()));
  }
  if (request.start_within.count() > 0) job->deadline = now + request.start_within;
  return Prepared{std::move(job), std::move(*prompt)};
}

}  // namespace lakeside::serving
