// Who runs, on which sequence, and from which common beginning.
#include <algorithm>
#include <tuple>

#include "serving/runtime/scheduler.h"

namespace lakeside::serving {
namespace {

// Cells that are kept for the reply of a job that begins.
constexpr std::int32_t kHeadroom = 32;
// Waiting for another's prompt is worth it from so many tokens on.
constexpr std::int32_t kWorthWaiting = 16;

std::int32_t headroom(const Job& job) {
  return static_cast<std::int32_t>(std::min<std::uint64_t>(
      kHeadroom,
      job.most_tokens - std::min<std::uint64_t>(job.most_tokens, job.usage.completion_tokens)));
}

}  // namespace

void Scheduler::admit() {
  while (!queue_.empty() && running_.size() < most_running_) {
    const std::size_t next = next_queued();
    if (admit(*queue_[next])) {
      running_.push_back(std::move(queue_[next]));
      queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(next));
      continue;
    }
    Job* victim = victim_for(*queue_[next]);
    if (!victim) break;
    preempt(*victim);
  }
  for (auto& job : queue_) job->account->behind = true;
}

// By priority, then by the tenants' shares, then first come, first served.
std::size_t Scheduler::next_queued() const {
  auto rank = [](const Job& job) {
    return std::tuple(-job.tenant.priority, job.account->time, job.account->held(0));
  };
  auto first = std::ranges::min_element(
      queue_, [&](const auto& a, const auto& b) { return rank(*a) < rank(*b); });
  return static_cast<std::size_t>(first - queue_.begin());
}

bool Scheduler::admit(Job& job) {
  if (!running_.empty() && !has_cells_for(job)) return false;
  job.serial = ++serials_;
  if (!sequences_.open(job)) return false;
  ++job.account->running;
  if (!job.started) {
    job.started = true;
    job.place.reset();
    job.admitted = std::chrono::steady_clock::now();
    job.usage.cached_tokens = static_cast<std::uint64_t>(job.computed);
  }
  if (job.computed == 0) attach(job);
  sequences_.offer(job);
  return true;
}

// An estimate; where it is wrong, decode() says so and the last to come gives way.
bool Scheduler::has_cells_for(const Job& job) const {
  const Sequences::Sources sources = sequences_.sources_for(job);
  std::int32_t need = job.length() + headroom(job);
  need -= std::max(sources.ready.length, sources.leader.length);
  for (const auto& other : running_) {
    need += other->length() + headroom(*other);
    need -= other->leader ? other->leader->length : other->shared;
  }
  return need <= static_cast<std::int32_t>(options_.load.context_tokens);
}

// Who gives way to a job that finds no room: the youngest of a lower priority, or of a tenant
// that holds more than its share even after the change.
Job* Scheduler::victim_for(const Job& job) const {
  Job* victim = nullptr;
  for (const auto& candidate : running_) {
    if (candidate->tenant.priority > job.tenant.priority) continue;
    if (candidate->tenant.priority == job.tenant.priority &&
        (candidate->account == job.account ||
         candidate->account->held(-1) < job.account->held(1))) {
      continue;
    }
    auto rank = [](const Job& one) {
      return std::tuple(-one.tenant.priority, one.account->held(0), one.serial);
    };
    if (!victim || rank(*candidate) > rank(*victim)) victim = candidate.get();
  }
  return victim;
}

// Back to the head of the queue; what it has said so far is computed again later.
void Scheduler::preempt(Job& job) {
  sequences_.forget(job);
  --job.account->running;
  job.leader.reset();
  auto place = std::ranges::find_if(running_, [&](const auto& one) { return one.get() == &job; });
  queue_.insert(queue_.begin(), std::move(*place));
  running_.erase(place);
}

// Finds what the job's prompt has in common with others.
void Scheduler::attach(Job& job) {
  job.leader.reset();
  const Sequences::Sources sources = sequences_.sources_for(job);
  if (sources.leader.length >= sources.ready.length + kWorthWaiting) {
    const SequenceId leader = sources.leader.sequence;
    job.leader = {leader, sequences_.at(leader).generation, sources.leader.length};
  } else if (sources.ready.length > 0) {
    share(job, sources.ready.sequence, sources.ready.length);
  }
}

void Scheduler::share(Job& job, SequenceId from, std::int32_t length) {
  backend_.share(from, job.sequence, length);
  sequences_.note_use(from, length);
  job.leader.reset();
  job.computed = length;
  job.shared = length;
  if (!job.first_token) job.usage.cached_tokens = static_cast<std::uint64_t>(length);
}

// Lets those go on whose common beginning is computed now, and those whose leader is gone.
void Scheduler::resolve_leaders() {
  for (auto& job : running_) {
    if (!job->leader) continue;
    const Job::Leader leader = *job->leader;
    const Sequences::Slot& slot = sequences_.at(leader.sequence);
    const bool gone = slot.generation != leader.generation;
    if (!gone && sequences_.computed(leader.sequence) >= leader.length) {
      share(*job, leader.sequence, leader.length);
    } else if (gone || !slot.job) {
      attach(*job);
    }
  }
}

}  // namespace lakeside::serving
