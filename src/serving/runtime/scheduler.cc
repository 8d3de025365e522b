#include "serving/runtime/scheduler.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace lakeside::serving {
namespace {

std::chrono::microseconds between(Job::Instant from, Job::Instant to) {
  return std::chrono::duration_cast<std::chrono::microseconds>(to - from);
}

// What a job has cost so far.
void note_times(Job& job) {
  const auto now = std::chrono::steady_clock::now();
  job.usage.queued = between(job.submitted, job.started ? job.admitted : now);
  if (!job.started) return;
  job.usage.prefill = between(job.admitted, job.first_token ? job.first : now);
  if (job.first_token) job.usage.decode = between(job.first, now);
}

}  // namespace

Scheduler::Scheduler(Backend& backend, const SchedulerOptions& options, const Clock& clock,
                     OnEnd on_end)
    : backend_(backend),
      options_(options),
      clock_(clock),
      on_end_(std::move(on_end)),
      sequences_(backend, options.load.max_sequences, options.load.context_tokens),
      context_(static_cast<std::int32_t>(options.load.context_tokens)) {
  const std::uint32_t trained = backend.card().trained_context;
  if (trained != 0) context_ = std::min(context_, static_cast<std::int32_t>(trained));
}

Scheduler::~Scheduler() { fail_all({ModelFault::kInternal, "the server is stopping"}); }

void Scheduler::add(std::unique_ptr<Job> job) {
  job->account = &shares_.enter(job->tenant);
  job->ticket->charge(job->usage.prompt_tokens);
  queue_.push_back(std::move(job));
}

bool Scheduler::step() {
  ++steps_;
  drop_ended();
  resolve_leaders();
  admit();
  sequences_.trim();
  plan();
  if (rows_.empty()) return false;
  compute();
  shares_.settle();
  return true;
}

// Takes out the jobs whose reader left or that did not start in time.
void Scheduler::drop_ended() {
  const bool any_queued = std::erase_if(queue_, [this](std::unique_ptr<Job>& job) {
                            if (!drop(*job)) return false;
                            ended_.push_back(std::move(job));
                            return true;
                          }) > 0;
  bool any_running = false;
  for (auto& job : running_) any_running = drop(*job) || any_running;
  if (any_queued || any_running) sweep();
}

bool Scheduler::drop(Job& job) {
  if (job.stream->cancelled()) {
    finish(job, {});
    return true;
  }
  if (!job.started && job.deadline && clock_.now() >= *job.deadline) {
    finish(job, {{}, ModelError{ModelFault::kDeadline, "the request did not start in time"}});
    return true;
  }
  return false;
}

// Ends a job. It is taken from its list by the next sweep().
void Scheduler::finish(Job& job, const Outcome& outcome) {
  note_times(job);
  if (job.sequence != kNoSequence) {
    sequences_.close(job);
    --job.account->running;
    most_running_ = std::numeric_limits<std::size_t>::max();
  }
  shares_.leave(job.tenant.id);
  job.account = nullptr;
  job.ticket->charge(job.usage.completion_tokens);
  // What it held is free before its reader can ask for more.
  job.ticket.reset();
  job.lease.reset();
  job.place.reset();
  on_end_(job, outcome, [stream = job.stream, usage = job.usage, outcome] {
    if (outcome.error) {
      stream->fail(*outcome.error, usage);
    } else {
      stream->end(outcome.finish.value_or(FinishReason::kStop), usage);
    }
  });
}

void Scheduler::sweep() {
  std::erase_if(running_, [](const std::unique_ptr<Job>& job) { return !job->account; });
  ended_.clear();
}

void Scheduler::fail_all(const ModelError& error) {
  for (auto& job : queue_) finish(*job, {{}, error});
  for (auto& job : running_) finish(*job, {{}, error});
  queue_.clear();
  running_.clear();
}

// The cache is full of what runs: the last to come has to begin anew when there is room.
void Scheduler::handle_no_space() {
  if (running_.size() > 1) {
    auto last = std::ranges::max_element(running_, [](const auto& a, const auto& b) {
      return std::pair(-a->tenant.priority, a->serial) < std::pair(-b->tenant.priority, b->serial);
    });
    preempt(**last);
    most_running_ = running_.size();
    return;
  }
  Job& only = *running_.front();
  send_rest(only);
  if (only.first_token) {
    finish(only, {FinishReason::kLength, {}});
  } else {
    finish(only, {{}, ModelError{ModelFault::kPromptTooLong, "the prompt exceeds the cache"}});
  }
  sweep();
}

}  // namespace lakeside::serving
