#include "serving/runtime/sequences.h"

#include <algorithm>
#include <cassert>

#include "serving/runtime/job.h"

namespace lakeside::serving {
namespace {

// Fewer tokens in common are not worth a thought.
constexpr std::int32_t kWorthSharing = 4;
constexpr std::int32_t kLeastBudget = 64;

}  // namespace

Sequences::Sequences(Backend& backend, std::uint32_t count, std::uint32_t context_tokens)
    : backend_(backend),
      slots_(count),
      most_cached_(static_cast<std::int32_t>(context_tokens)),
      budget_(most_cached_ / 4) {}

std::int32_t Sequences::computed(SequenceId sequence) const {
  const Slot& slot = at(sequence);
  return slot.job ? slot.job->computed : slot.kept;
}

std::optional<SequenceId> Sequences::unused_longest(SequenceId except) const {
  std::optional<SequenceId> found;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto id = static_cast<SequenceId>(i);
    if (!slots_[i].cached || id == except) continue;
    if (!found || slots_[i].used < at(*found).used) found = id;
  }
  return found;
}

bool Sequences::open(Job& job) {
  if (!job.started) note_miss(job);
  auto free = std::ranges::find_if(
      slots_, [](const Slot& slot) { return slot.job == nullptr && !slot.cached; });
  auto id = static_cast<SequenceId>(free - slots_.begin());
  if (free == slots_.end()) {
    const PrefixTree::Match best = sources_for(job).ready;
    const SequenceId keep = best.length > 0 ? best.sequence : kNoSequence;
    auto oldest = unused_longest(keep);
    if (!oldest && (keep == kNoSequence || !at(keep).cached)) return false;
    if (oldest) {
      id = *oldest;
      clear(id);
    } else {
      // The only one left is the one to share with: the job goes on in it.
      id = keep;
      note_use(id, best.length);
      cached_tokens_ -= slots_[index(id)].kept;
      tree_.remove(id);
      backend_.truncate(id, best.length);
      job.computed = best.length;
      job.shared = 0;
    }
  }
  Slot& slot = slots_[index(id)];
  slot.job = &job;
  slot.cached = false;
  slot.kept = 0;
  ++slot.generation;
  job.sequence = id;
  return true;
}

void Sequences::offer(Job& job) {
  if (job.tenant.share_prefixes) tree_.insert(job.sequence, job.tokens);
}

Sequences::Sources Sequences::sources_for(const Job& job) const {
  Sources sources;
  if (!job.tenant.share_prefixes) return sources;
  // The last token is always computed: what comes after it is wanted.
  const std::span<const Token> prefix(job.tokens.data(), job.tokens.size() - 1);
  for (const PrefixTree::Match& match : tree_.matches(prefix)) {
    if (match.sequence == job.sequence) continue;
    const Slot& slot = at(match.sequence);
    const std::int32_t ready = std::min(match.length, computed(match.sequence));
    if (ready >= kWorthSharing && ready > sources.ready.length) {
      sources.ready = {match.sequence, ready};
    }
    // Only those admitted before it, so that no two wait for each other; and none that may itself
    // have to wait behind this one.
    const bool earlier = slot.job && (job.sequence == kNoSequence || slot.job->serial < job.serial);
    if (!earlier || slot.job->tenant.priority < job.tenant.priority) continue;
    // Its last token is computed only when its reader has room for what comes after it.
    const std::int32_t planned = std::min(match.length, slot.job->length() - 1);
    if (planned > sources.leader.length) sources.leader = {match.sequence, planned};
  }
  return sources;
}

void Sequences::close(Job& job) {
  const SequenceId id = job.sequence;
  Slot& slot = slots_[index(id)];
  if (!job.tenant.share_prefixes || job.computed < kWorthSharing) {
    forget(job);
    return;
  }
  tree_.remove(id);
  tree_.insert(id,
               std::span<const Token>(job.tokens).first(static_cast<std::size_t>(job.computed)));
  slot.kept = job.computed;
  slot.cached = true;
  slot.reused = false;
  slot.job = nullptr;
  touch(id);
  job.sequence = kNoSequence;
  cached_tokens_ += slot.kept;
  remembered_.remove(next_remembered_);
  remembered_.insert(
      next_remembered_,
      std::span<const Token>(job.tokens).first(static_cast<std::size_t>(job.computed)));
  next_remembered_ = (next_remembered_ + 1) % kRemembered;
}

void Sequences::trim() {
  while (cached_tokens_ > budget_ && evict()) {
  }
}

void Sequences::note_use(SequenceId sequence, std::int32_t length) {
  Slot& slot = slots_[index(sequence)];
  touch(sequence);
  if (!slot.cached) return;
  slot.reused = true;
  change_budget(2 * length);
}

// What the job could have begun with if it had not been forgotten.
void Sequences::note_miss(const Job& job) {
  if (!job.tenant.share_prefixes) return;
  const auto best = remembered_.matches(std::span(job.tokens).first(job.tokens.size() - 1));
  if (best.empty()) return;
  const Sources there = sources_for(job);
  const std::int32_t missed =
      best.front().length - std::max(there.ready.length, there.leader.length);
  if (missed >= kWorthSharing) change_budget(2 * missed);
}

void Sequences::change_budget(std::int32_t tokens) {
  budget_ = std::clamp(budget_ + tokens, std::min(kLeastBudget, most_cached_), most_cached_);
}

void Sequences::forget(Job& job) {
  clear(job.sequence);
  job.sequence = kNoSequence;
  job.computed = 0;
  job.shared = 0;
}

void Sequences::clear(SequenceId sequence) {
  Slot& slot = slots_[index(sequence)];
  tree_.remove(sequence);
  backend_.truncate(sequence, 0);
  if (slot.cached) cached_tokens_ -= slot.kept;
  if (slot.cached && !slot.reused) change_budget(-slot.kept);
  slot = {.used = slot.used, .generation = slot.generation + 1};
}

bool Sequences::evict() {
  auto oldest = unused_longest(kNoSequence);
  if (oldest) clear(*oldest);
  return oldest.has_value();
}

void Sequences::forget_all_cached() {
  while (evict()) {
  }
}

}  // namespace lakeside::serving
