// Where models run, as services see it: text in, a stream of text out, fairly shared.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/task.h"
#include "serving/backend.h"

namespace lakeside::serving {

// ---- what can go wrong ------------------------------------------------------------------

enum class ModelFault {
  kUnknownModel,
  kForbiddenModel,  // the caller learns no more than of one that is unknown
  kWrongModel,      // it cannot do this: embed with a chat model, chat without a template
  kPromptTooLong,
  kInvalid,      // messages, schema, or parameter
  kQueueFull,    // retry_after says when to come again
  kRateLimited,  // the caller's own limit; retry_after …
  kOverQuota,    // too many at once from one caller; retry_after …
  kDeadline,     // it did not begin in time
  kNoMemory,     // the model cannot be loaded beside the others
  kBroken,       // the model file is damaged
  kInternal,
};
struct ModelError {
  ModelFault fault = ModelFault::kInternal;
  std::string message;  // fit for the client
  std::chrono::seconds retry_after{0};
  std::string param = {};  // of the request, where it is known: "response_format"
};
template <class T>
using ModelResult = std::expected<T, ModelError>;

// ---- generation -------------------------------------------------------------------------

struct Sampling {
  float temperature = 1.0F;  // 0: always the likeliest token
  float top_p = 1.0F;
  std::int32_t top_k = 0;  // 0: all
  float min_p = 0.0F;
  float presence_penalty = 0.0F;
  float frequency_penalty = 0.0F;
  float repetition_penalty = 1.0F;
  std::optional<std::uint64_t> seed;
  std::vector<std::pair<Token, float>> logit_bias;
};

// For whom: the scheduler shares between tenants, not between requests.
struct Tenant {
  std::string id;  // the key's
  double weight = 1.0;
  std::int32_t priority = 0;            // higher goes first; batch jobs are below 0
  std::uint32_t max_concurrent = 0;     // 0: no limit of its own
  std::uint64_t tokens_per_minute = 0;  // prompt and completion; 0: no limit
  bool share_prefixes = true;
  // Names the call in the usage records, so that one that is repeated after a crash is counted
  // once; empty: it is like no other.
  std::string usage_id;
};

struct GenerateRequest {
  std::string model;
  std::variant<std::string, ChatInput> input;  // a prompt to go on from, or a chat
  Sampling sampling;
  std::optional<std::uint32_t> max_tokens;  // none: to the end of the context
  std::vector<std::string> stops;
  std::string json_schema;                // for a prompt; a chat has its own
  std::optional<std::uint32_t> logprobs;  // with so many alternatives
  Tenant tenant;
  std::chrono::milliseconds start_within{0};  // 0: no deadline
};

struct TokenLogprob {
  std::string text;
  float logprob = 0;
  std::vector<std::pair<std::string, float>> alternatives;
};
struct Delta {
  std::string text;                    // whole characters
  std::vector<TokenLogprob> logprobs;  // where asked for
};
enum class FinishReason { kStop, kLength };
struct Usage {
  std::uint64_t prompt_tokens = 0;
  std::uint64_t cached_tokens = 0;  // of the prompt, not computed again
  std::uint64_t completion_tokens = 0;
  std::chrono::microseconds queued{0};
  std::chrono::microseconds prefill{0};  // from its start to the first token
  std::chrono::microseconds decode{0};   // from there to the end
};

// A reply that is being made. Destroying it cancels what is left, at once.
class Generation {
 public:
  virtual ~Generation() = default;
  // The next piece; nothing at the end. Not destroyed while this is awaited: cancel() first.
  virtual Task<ModelResult<std::optional<Delta>>> next() = 0;
  // Ends it now, from any thread; a next() that is awaited returns nothing.
  virtual void cancel() {}
  // After the end.
  [[nodiscard]] virtual FinishReason finish_reason() const = 0;
  [[nodiscard]] virtual Usage usage() const = 0;  // so far
  // The reply as a chat's, from all text so far.
  [[nodiscard]] virtual Result<ChatReply> parse(std::string_view text, bool partial) const = 0;
};

// ---- models -----------------------------------------------------------------------------

// How fast a model has been for one request: the mean of its latest ones. 0: nothing measured yet.
struct ModelSpeed {
  std::chrono::microseconds first_token{0};  // from the request to its first token
  double tokens_per_second = 0;              // from there on
};

struct ModelStatus {
  // kFetching: its file is not here yet.
  enum class State { kUnloaded, kLoading, kLoaded, kBroken, kFetching };
  std::string name;
  State state = State::kUnloaded;
  std::string problem;  // why it is broken, or could not be loaded last; for operators
  bool pinned = false;
  std::uint64_t file_bytes = 0;
  std::uint64_t memory_bytes = 0;  // what it takes of the models' memory while it is loaded
  // What its file says of it; more once it was loaded. None: it is not known.
  std::optional<ModelCard> card;
  std::uint32_t context_tokens = 0;  // of a request and its answer, here; 0: not known yet
  ModelSpeed speed;
  Time added;
  std::uint32_t running = 0;
  std::uint32_t queued = 0;
};

// Of all models together.
struct ModelMemory {
  std::uint64_t used = 0;
  std::uint64_t limit = 0;  // 0: none
};

inline constexpr std::array<std::string_view, 5> kModelStates = {"unloaded", "loading", "loaded",
                                                                 "broken", "fetching"};
[[nodiscard]] constexpr std::string_view to_string(ModelStatus::State state) {
  return kModelStates[static_cast<std::size_t>(state)];
}

struct EmbedResult {
  std::vector<std::vector<float>> vectors;
  std::uint64_t tokens = 0;
};
struct RankResult {
  std::vector<float> scores;  // in the order of the documents
  std::uint64_t tokens = 0;
};

// Thread-safe; called on event loops, never blocks them.
class ModelServer {
 public:
  virtual ~ModelServer() = default;

  [[nodiscard]] virtual std::vector<ModelStatus> models() const = 0;
  // Waits for its turn to load and to queue, not for the first token.
  virtual Task<ModelResult<std::unique_ptr<Generation>>> generate(
      const GenerateRequest& request) = 0;
  virtual Task<ModelResult<EmbedResult>> embed(const std::string& model,
                                               const std::vector<std::string>& texts,
                                               const Tenant& tenant) = 0;
  virtual Task<ModelResult<RankResult>> rank(const std::string& model, const std::string& query,
                                             const std::vector<std::string>& documents,
                                             const Tenant& tenant) = 0;
  struct Tokens {
    std::vector<Token> ids;
    std::vector<std::string> texts;
  };
  virtual Task<ModelResult<Tokens>> tokenize(const std::string& model, const std::string& text) = 0;
};

}  // namespace lakeside::serving
