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
// A step in which nobody writes may take so many times longer.
constexpr double kPatience = 4;
// Rows of a step while it is not known how fast the model is.
constexpr std::size_t kFirstRows = 64;

// Has all but its last token computed: it wants one row and gives a token.
bool is_reply(const Job& job) { return !job.leader && job.remaining() == 1; }

}  // namespace

std::size_t Scheduler::rows_for_step() const {
  const std::size_t most = options_.load.batch_tokens;
  if (options_.step_time.count() == 0) return most;
  if (seconds_per_row_ == 0) return std::min(most, kFirstRows);
  double seconds = std::chrono::duration<double>(options_.step_time).count();
  // Large pieces are computed faster: where no reply stalls, only who comes next waits for them.
  if (std::ranges::none_of(running_, [](const auto& job) { return is_reply(*job); })) {
    seconds *= kPatience;
  }
  const double rows = std::min(seconds / seconds_per_row_, static_cast<double>(most));
  return std::min(most, std::max(kLeastRows, static_cast<std::size_t>(rows)));
}

// Rows beyond those of a step for tenants that had less than their share of late: somebody who asks
// now and then need not wait behind those who always do.
std::size_t Scheduler::rows_for_lagging(std::span<Job* const> jobs) const {
  double most = 0;
  for (const Job* job : jobs) {
    if (!is_reply(*job)) most = std::max(most, shares_.lag(*job->account));
  }
  return static_cast<std::size_t>(most);
}

void Scheduler::plan() {
  rows_.clear();
  planned_.clear();
  std::map<std::int32_t, std::vector<Job*>, std::greater<>> classes;  // by priority
  for (auto& job : running_) {
    job->chunk = 0;
    classes[job->tenant.priority].push_back(job.get());
  }
  const std::size_t rows = rows_for_step();
  // Replies never take a whole step, or no prompt would ever be read.
  std::size_t streams =
      std::min<std::size_t>(options_.streams_per_step, std::max<std::size_t>(rows / 4 * 3, 1));
  for (auto& [priority, jobs] : classes) {
    std::size_t room = rows - std::min(rows, rows_.size());
    // Beside others of a higher priority it gets little, whatever is free.
    if (!rows_.empty()) room = std::min<std::size_t>(room, options_.background_rows);
    std::size_t reply_room = std::min(room, streams);
    const std::size_t before = rows_.size();
    plan_replies(jobs, reply_room);
    const std::size_t replies = rows_.size() - before;
    streams -= replies;
    room -= replies;
    const std::size_t most = options_.load.batch_tokens - rows_.size() - room;
    plan_prompts(jobs, room, before == 0 ? std::min(most, rows_for_lagging(jobs)) : 0);
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

// `extra` rows are for tenants that lag only.
void Scheduler::plan_prompts(std::span<Job* const> jobs, std::size_t room, std::size_t extra) {
  std::vector<Job*> waiting;  // with a prompt of its own or a leader's
  for (Job* job : jobs) {
    if (job->leader || job->remaining() > 1) waiting.push_back(job);
  }
  auto rank = [](const Job* job) { return std::tuple(job->account->time, job->serial); };
  std::vector<Job*> chosen;
  while (room + extra > 0 && !waiting.empty()) {
    auto next =
        std::ranges::min_element(waiting, [&](Job* a, Job* b) { return rank(a) < rank(b); });
    Job& job = leader_of(**next);
    // A leader of another priority is computed with those of its own.
    const bool mine = !job.leader && job.tenant.priority == (*next)->tenant.priority;
    const std::int32_t left = mine ? job.remaining() - job.chunk : 0;
    const std::size_t more = shares_.lag(*(*next)->account) > 0 ? extra : 0;
    const auto take = std::min({left, kQuantum, static_cast<std::int32_t>(room + more)});
    if (take <= 0) {
      *next = waiting.back();
      waiting.pop_back();
      continue;
    }
    if (job.chunk == 0) chosen.push_back(&job);
    job.chunk += take;
    const std::size_t from_room = std::min(room, static_cast<std::size_t>(take));
    room -= from_room;
    extra -= static_cast<std::size_t>(take) - from_room;
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
