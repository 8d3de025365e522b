// The n replies to one request, as they grow.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "services/modelstudio/core/types.h"

namespace lakeside::modelstudio::ops {

enum class End { kStop, kLength, kToolCalls };

// One reply, whole so far.
struct Reply {
  std::string content;
  std::string reasoning;
  std::vector<serving::ToolCall> tool_calls;
  std::vector<serving::TokenLogprob> logprobs;
  std::optional<End> end;
};

// What a reply has gained.
struct ToolCallChange {
  std::size_t index = 0;
  bool begins = false;     // then `call` has its id and name
  serving::ToolCall call;  // the arguments: what is new of them
};
struct Change {
  std::size_t choice = 0;
  std::string content;
  std::string reasoning;
  std::vector<ToolCallChange> tool_calls;
  std::vector<serving::TokenLogprob> logprobs;
  std::optional<End> end;

  [[nodiscard]] bool empty() const {
    return content.empty() && reasoning.empty() && tool_calls.empty() && logprobs.empty() && !end;
  }
};

struct GenerateCall {
  serving::GenerateRequest request;
  std::vector<std::string> prompts;  // where there are some, each is the input in its turn
  std::uint32_t count = 1;           // n, of each prompt
};

// Destroying it cancels all that is not at its end.
class Choices {
 public:
  // Queues all of them: first the `count` of the first prompt. With a seed, each has its own,
  // derived from it.
  static Task<ModelResult<std::unique_ptr<Choices>>> start(ModelServer& server,
                                                           const GenerateCall& call);

  // The next change, never an empty one; nothing once all are at their end. The choices take
  // turns. An error at the end of what was cancelled: it is no answer, and not to be kept as one.
  Task<ModelResult<std::optional<Change>>> next();
  // Ends all of them now; a next() that is awaited returns.
  void cancel();

  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] const Reply& reply(std::size_t choice) const { return all_[choice].reply; }
  // A prompt counts once, however many choices it has.
  [[nodiscard]] serving::Usage usage() const;

 private:
  struct Choice {
    std::unique_ptr<serving::Generation> generation;
    std::string text;  // as the model wrote it
    Reply reply;
  };

  explicit Choices(const GenerateCall& call);
  Task<ModelResult<void>> queue(ModelServer& server, serving::GenerateRequest& request);
  [[nodiscard]] Choice* next_in_turn();
  // Takes `delta` (none: the end) into the choice.
  [[nodiscard]] Change take(Choice& choice, std::optional<serving::Delta> delta) const;
  void read_chat(Choice& choice, bool partial, Change& change) const;

  const bool chat_;  // else the text is the reply
  const std::size_t count_;
  std::vector<Choice> all_;
  std::size_t turn_ = 0;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace lakeside::modelstudio::ops
