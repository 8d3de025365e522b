#include "services/modelstudio/ops/choices.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"

namespace lakeside::modelstudio::ops {
namespace {

// What `now` has beyond `before`, which then becomes `now`. A parser may take back what it took for
// text and was none; what was said cannot be unsaid, so nothing is said until it grows again.
std::string grow(std::string& before, std::string&& now) {
  if (!now.starts_with(before)) return {};
  std::string gained = now.substr(before.size());
  before = std::move(now);
  return gained;
}

std::string new_call_id() { return "call_" + random_alphanumeric(24); }

void grow_calls(std::vector<serving::ToolCall>& before, std::vector<serving::ToolCall>&& now,
                std::vector<ToolCallChange>& changes) {
  for (std::size_t i = 0; i < now.size(); ++i) {
    ToolCallChange change;
    change.index = i;
    if (i == before.size()) {
      if (now[i].name.empty()) return;  // its name is not there yet
      change.begins = true;
      change.call.id = now[i].id.empty() ? new_call_id() : now[i].id;
      change.call.name = now[i].name;
      before.push_back({change.call.id, change.call.name, {}});
    }
    change.call.arguments = grow(before[i].arguments, std::move(now[i].arguments));
    if (change.begins || !change.call.arguments.empty()) changes.push_back(std::move(change));
  }
}

End end_of(serving::FinishReason reason, const Reply& reply) {
  if (reason == serving::FinishReason::kLength) return End::kLength;
  return reply.tool_calls.empty() ? End::kStop : End::kToolCalls;
}

}  // namespace

Choices::Choices(const GenerateCall& call)
    : chat_(call.prompts.empty() && std::holds_alternative<serving::ChatInput>(call.request.input)),
      count_(call.count) {}

Task<ModelResult<void>> Choices::queue(ModelServer& server, serving::GenerateRequest& request) {
  const std::optional<std::uint64_t> seed = request.sampling.seed;
  const std::string usage_id = request.tenant.usage_id;
  for (std::size_t i = 0; i < count_; ++i) {
    if (seed) request.sampling.seed = *seed + i;
    if (!usage_id.empty()) request.tenant.usage_id = usage_id + '.' + std::to_string(all_.size());
    auto generation = co_await server.generate(request);
    if (!generation) co_return std::unexpected(std::move(generation.error()));
    all_.push_back({std::move(*generation), {}, {}});
  }
  request.sampling.seed = seed;
  request.tenant.usage_id = usage_id;
  co_return ModelResult<void>();
}

Task<ModelResult<std::unique_ptr<Choices>>> Choices::start(ModelServer& server,
                                                           const GenerateCall& call) {
  std::unique_ptr<Choices> choices(new Choices(call));
  serving::GenerateRequest request = call.request;
  for (std::size_t i = 0; i < std::max<std::size_t>(call.prompts.size(), 1); ++i) {
    if (!call.prompts.empty()) request.input = call.prompts[i];
    auto queued = co_await choices->queue(server, request);
    if (!queued) co_return std::unexpected(std::move(queued.error()));
  }
  co_return choices;
}

Choices::Choice* Choices::next_in_turn() {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    Choice& choice = all_[turn_];
    turn_ = (turn_ + 1) % all_.size();
    if (!choice.reply.end) return &choice;
  }
  return nullptr;
}

Task<ModelResult<std::optional<Change>>> Choices::next() {
  while (Choice* choice = next_in_turn()) {
    auto delta = co_await choice->generation->next();
    if (!delta) co_return std::unexpected(std::move(delta.error()));
    Change change = take(*choice, std::move(*delta));
    if (!change.empty()) co_return std::optional<Change>(std::move(change));
  }
  if (cancelled_) co_return std::unexpected(ModelError{ModelFault::kInternal, "cancelled", {}});
  co_return std::optional<Change>();
}

Change Choices::take(Choice& choice, std::optional<serving::Delta> delta) const {
  Change change;
  change.choice = static_cast<std::size_t>(&choice - all_.data());
  Reply& reply = choice.reply;
  if (delta) {
    choice.text += delta->text;
    change.logprobs = std::move(delta->logprobs);
    reply.logprobs.insert(reply.logprobs.end(), change.logprobs.begin(), change.logprobs.end());
  }
  if (chat_) {
    read_chat(choice, delta.has_value(), change);
  } else if (delta) {
    reply.content += delta->text;
    change.content = std::move(delta->text);
  }
  if (!delta) change.end = reply.end = end_of(choice.generation->finish_reason(), reply);
  return change;
}

void Choices::read_chat(Choice& choice, bool partial, Change& change) const {
  Reply& reply = choice.reply;
  auto read = choice.generation->parse(choice.text, partial);
  if (!read) {
    // Half a reply that cannot be read may become one that can. A whole one is shown as it is,
    // unless something else of it was shown.
    if (partial || !reply.tool_calls.empty() || !reply.reasoning.empty()) return;
    change.content = grow(reply.content, std::string(choice.text));
    return;
  }
  change.content = grow(reply.content, std::move(read->content));
  change.reasoning = grow(reply.reasoning, std::move(read->reasoning));
  grow_calls(reply.tool_calls, std::move(read->tool_calls), change.tool_calls);
}

void Choices::cancel() {
  cancelled_ = true;
  for (Choice& choice : all_) choice.generation->cancel();
}

serving::Usage Choices::usage() const {
  serving::Usage sum;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    serving::Usage one = all_[i].generation->usage();
    sum.completion_tokens += one.completion_tokens;
    if (i % count_ != 0) continue;
    sum.prompt_tokens += one.prompt_tokens;
    sum.cached_tokens += one.cached_tokens;
  }
  return sum;
}

}  // namespace lakeside::modelstudio::ops
