// Who is computed in the next step.
#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

#include "serving/runtime/scheduler.h"

namespace lakeside::serving {
namespace {

// Tokens of a prompt that are given out at a time, so that several prompts share a step.
constexpr std::int32_t kQuantum = 32;

// Has all but its last token computed: it wants one row and gives a token.
bool is_reply(const Job& job) { return !job.leader && job.remaining() == 1; }

}  // namespace

void Scheduler::plan() {
  rows_.clear();
  planned_.clear();
  std::map<std::int32_t, std::vector<Job*>, std::greater<>> classes;  // by priority
  for (auto& job : running_) {
    job->chunk = 0;
    classes[job->tenant.priority].push_back(job.get());
  }
  // Replies never take a whole step, or no prompt would ever be read.
  std::size_t streams =
      std::min(options_.streams_per_step, std::max(options_.load.batch_tokens / 4 * 3, 1U));
  for (auto& [priority, jobs] : classes) {
    std::size_t room = options_.load.batch_tokens - rows_.size();
    // Beside others of a higher priority it gets little, whatever is free.
    if (!rows_.empty()) room = std::min<std::size_t>(room, options_.background_rows);
    std::size_t reply_room = std::min(room, streams);
    const std::size_t before = rows_.size();
    plan_replies(jobs, reply_room);
    const std::size_t replies = rows_.size() - before;
    streams -= replies;
    room -= replies;
    plan_prompts(jobs, room);
  }
}

// One token each, in the order of the tenants' shares, then of who waited longest.
void Scheduler::plan_replies(std::span<Job* const> jobs, std::size_t& room) {
  std::vector<Job*> ready;
  for (Job* job : jobs) {
    if (is_reply(*job) && !job->stream->full()) ready.push_back(job);
  }
  auto rank = [](const Job* job) { return std::tuple(job->account->time, job->served); };
  for (; room > 0 && !ready.empty(); --room) {
    auto next = std::ranges::min_element(ready, [&](Job* a, Job* b) { return rank(a) < rank(b); });
    Job& job = **next;
    *next = ready.back();
    ready.pop_back();
    job.chunk = 1;
    job.served = steps_;
    job.account->charge(1);
    add_rows(job);
  }
  for (Job* job : ready) job->account->behind = true;
}

// Who computes what the job waits for; itself if it waits for nobody.
Job& Scheduler::leader_of(Job& job) const {
  Job* found = &job;
  while (found->leader) {
    Job* next = sequences_.at(found->leader->sequence).job;
    if (!next) break;
    found = next;
  }
  return *found;
}

void Scheduler::plan_prompts(std::span<Job* const> jobs, std::size_t& room) {
  std::vector<Job*> waiting;  // with a prompt of its own or a leader's
  for (Job* job : jobs) {
    if (job->leader || job->remaining() > 1) waiting.push_back(job);
  }
  auto rank = [](const Job* job) { return std::tuple(job->account->time, job->serial); };
  std::vector<Job*> chosen;
  while (room > 0 && !waiting.empty()) {
    auto next =
        std::ranges::min_element(waiting, [&](Job* a, Job* b) { return rank(a) < rank(b); });
    Job& job = leader_of(**next);
    // A leader of another priority is computed with those of its own.
    const bool mine = !job.leader && job.tenant.priority == (*next)->tenant.priority;
    const std::int32_t left = mine ? job.remaining() - job.chunk : 0;
    const auto take = std::min({left, kQuantum, static_cast<std::int32_t>(room)});
    if (take <= 0) {
      *next = waiting.back();
      waiting.pop_back();
      continue;
    }
    if (job.chunk == 0) chosen.push_back(&job);
    job.chunk += take;
    room -= static_cast<std::size_t>(take);
    (*next)->account->charge(take);
  }
  for (Job* job : waiting) job->account->behind = true;
  for (Job* job : chosen) add_rows(*job);
}

void Scheduler::add_rows(Job& job) {
  for (std::int32_t i = 0; i < job.chunk; ++i) {
    const std::int32_t position = job.computed + i;
    const bool last = position + 1 == job.length();
    rows_.push_back({job.tokens[static_cast<std::size_t>(position)], position, job.sequence, last});
  }
  planned_.push_back({&job, rows_.size() - 1});
}

}  // namespace lakeside::serving
