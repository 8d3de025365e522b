// From computed rows to text.
#include <algorithm>
#include <utility>

#include "serving/runtime/scheduler.h"

namespace lakeside::serving {

void Scheduler::compute() {
  Status status = decode_timed();
  while (!status && status.error().code == ErrorCode::kNoSpace && sequences_.evict()) {
    status = decode_timed();
  }
  if (!status && status.error().code == ErrorCode::kNoSpace) {
    handle_no_space();
    return;
  }
  if (!status) {
    // The cache cannot be trusted any more.
    fail_all({ModelFault::kInternal, "the model failed to compute"});
    sequences_.forget_all_cached();
    return;
  }
  for (const Planned& planned : planned_) {
    planned.job->computed += planned.job->chunk;
    if (planned.job->remaining() == 0) take_result(*planned.job, planned.last_row);
  }
  sweep();
}

// Few rows cost more each than many, so they tell nothing of a prompt's.
Status Scheduler::decode_timed() {
  const Time begun = clock_.now();
  Status status = backend_.decode(rows_);
  const std::chrono::duration<double> took = clock_.now() - begun;
  if (!status || rows_.size() < kLeastRows || took.count() < 0) return status;
  const double each = took.count() / static_cast<double>(rows_.size());
  seconds_per_row_ = seconds_per_row_ == 0 ? each : (seconds_per_row_ + each) / 2;
  return status;
}

void Scheduler::take_result(Job& job, std::size_t last_row) {
  std::optional<Choice> choice = job.sampler.choose(backend_.logits(last_row));
  note_first_token(job);
  if (!choice || backend_.ends_generation(choice->token)) {
    send_rest(job);
    finish(job, {FinishReason::kStop, {}});
    return;
  }
  take_token(job, *choice);
  if (job.text.stopped()) {
    send_rest(job);
    finish(job, {FinishReason::kStop, {}});
  } else if (job.usage.completion_tokens >= job.most_tokens || job.length() >= context_) {
    send_rest(job);
    finish(job, {FinishReason::kLength, {}});
  }
}

void Scheduler::note_first_token(Job& job) {
  if (std::exchange(job.first_token, true)) return;
  job.first = std::chrono::steady_clock::now();
}

void Scheduler::take_token(Job& job, const Choice& choice) {
  job.tokens.push_back(choice.token);
  ++job.usage.completion_tokens;
  const std::string piece = backend_.piece(choice.token, job.special_pieces);
  if (job.wants_logprobs) job.logprobs.push_back(describe(choice));
  if (!job.triggers.empty()) look_for_triggers(job, piece);
  send(job, job.text.add(piece));
}

TokenLogprob Scheduler::describe(const Choice& choice) const {
  TokenLogprob described{backend_.piece(choice.token, true), choice.logprob, {}};
  for (const auto& [token, logprob] : choice.alternatives) {
    described.alternatives.emplace_back(backend_.piece(token, true), logprob);
  }
  return described;
}

// From a trigger on, and with it, the reply keeps to the grammar.
void Scheduler::look_for_triggers(Job& job, const std::string& piece) {
  job.unmatched += piece;
  std::size_t first = std::string::npos;
  std::size_t longest = 0;
  for (const std::string& trigger : job.triggers) {
    first = std::min(first, job.unmatched.find(trigger));
    longest = std::max(longest, trigger.size());
  }
  if (first == std::string::npos) {
    if (job.unmatched.size() > longest) job.unmatched.erase(0, job.unmatched.size() - longest);
    return;
  }
  job.triggers.clear();
  auto grammar = backend_.grammar(job.lazy_grammar);
  if (!grammar) return;  // it was checked when the request came
  for (Token token : backend_.tokenize(job.unmatched.substr(first), false)) {
    (*grammar)->accept(token);
  }
  job.sampler.set_grammar(std::move(*grammar));
}

void Scheduler::send(Job& job, std::string text) {
  if (text.empty()) return;
  Delta piece;
  piece.text = std::move(text);
  piece.logprobs = std::exchange(job.logprobs, {});
  job.stream->push(std::move(piece), job.usage);
}

// What was held back, at the end.
void Scheduler::send_rest(Job& job) {
  std::string text = job.text.finish();
  if (text.empty() && job.logprobs.empty()) return;
  Delta piece;
  piece.text = std::move(text);
  piece.logprobs = std::exchange(job.logprobs, {});
  job.stream->push(std::move(piece), job.usage);
}

}  // namespace lakeside::serving
