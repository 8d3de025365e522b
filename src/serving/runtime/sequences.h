// The sequences of a model's cache: those of running jobs, and those of finished ones, kept for
// whoever begins with the same tokens until they are in the way.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "serving/backend.h"
#include "serving/runtime/prefix_tree.h"

namespace lakeside::serving {

struct Job;

class Sequences {
 public:
  struct Slot {
    Job* job = nullptr;            // that runs on it
    bool cached = false;           // of a finished job
    std::int32_t kept = 0;         // tokens, where cached
    bool reused = false;           // since it was cached
    std::uint64_t used = 0;        // when it was last of use
    std::uint64_t generation = 0;  // changes when its tokens are forgotten
  };
  // What could be shared with a job: from `ready` at once, from `leader` once it is computed.
  struct Sources {
    PrefixTree::Match ready;
    PrefixTree::Match leader;
  };

  Sequences(Backend& backend, std::uint32_t count, std::uint32_t context_tokens);

  [[nodiscard]] const Slot& at(SequenceId sequence) const { return slots_[index(sequence)]; }
  // Tokens that are computed in it.
  [[nodiscard]] std::int32_t computed(SequenceId sequence) const;

  // An empty sequence for the job. Forgets the one unused for longest where none is free, but
  // rather another than the one the job could share most with. Nothing if all run.
  bool open(Job& job);
  // Announces the job's tokens, computed or not, to those that come.
  void offer(Job& job);
  [[nodiscard]] Sources sources_for(const Job& job) const;
  // Somebody begins with so many of its tokens.
  void note_use(SequenceId sequence, std::int32_t length);
  // The job is done: its tokens are kept for others if it shares, else forgotten.
  void close(Job& job);
  // Forgets the job's tokens and takes the sequence from it.
  void forget(Job& job);
  // Forgets the cached sequence that was of no use for longest; false where there is none.
  bool evict();
  void forget_all_cached();
  // Forgets what is beyond the budget. Called when those that wait for a computed beginning have
  // taken it.
  void trim();
  // Of finished jobs.
  [[nodiscard]] std::int32_t cached_tokens() const { return cached_tokens_; }

 private:
  // Of finished jobs, by their age. Remembers what was forgotten, too.
  static constexpr SequenceId kRemembered = 64;

  static std::size_t index(SequenceId sequence) { return static_cast<std::size_t>(sequence); }
  [[nodiscard]] std::optional<SequenceId> unused_longest(SequenceId except) const;
  void touch(SequenceId sequence) { slots_[index(sequence)].used = ++uses_; }
  void clear(SequenceId sequence);
  void note_miss(const Job& job);
  void change_budget(std::int32_t tokens);

  Backend& backend_;
  PrefixTree tree_;
  std::vector<Slot> slots_;
  std::uint64_t uses_ = 0;
  // How much may be cached. Every computed row looks at all cells in use, so what nobody comes back
  // for makes all replies slower: the budget grows with what was of use, or would have been, and
  // shrinks with what was not.
  const std::int32_t most_cached_;
  std::int32_t budget_;
  std::int32_t cached_tokens_ = 0;
  PrefixTree remembered_;
  SequenceId next_remembered_ = 0;
};

}  // namespace lakeside::serving
