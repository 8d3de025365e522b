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
    std::uint64_t used = 0;        // when it was last of use
    std::uint64_t generation = 0;  // changes when its tokens are forgotten
  };
  // What could be shared with a job: from `ready` at once, from `leader` once it is computed.
  struct Sources {
    PrefixTree::Match ready;
    PrefixTree::Match leader;
  };

  Sequences(Backend& backend, std::uint32_t count);

  [[nodiscard]] const Slot& at(SequenceId sequence) const { return slots_[index(sequence)]; }
  // Tokens that are computed in it.
  [[nodiscard]] std::int32_t computed(SequenceId sequence) const;

  // An empty sequence for the job. Forgets the one unused for longest where none is free, but
  // rather another than the one the job could share most with. Nothing if all run.
  bool open(Job& job);
  // Announces the job's tokens, computed or not, to those that come.
  void offer(Job& job);
  [[nodiscard]] Sources sources_for(const Job& job) const;
  void touch(SequenceId sequence) { slots_[index(sequence)].used = ++uses_; }
  // The job is done: its tokens are kept for others if it shares, else forgotten.
  void close(Job& job);
  // Forgets the job's tokens and takes the sequence from it.
  void forget(Job& job);
  // Forgets the cached sequence that was of no use for longest; false where there is none.
  bool evict();
  void forget_all_cached();

 private:
  static std::size_t index(SequenceId sequence) { return static_cast<std::size_t>(sequence); }
  [[nodiscard]] std::optional<SequenceId> unused_longest(SequenceId except) const;
  void clear(SequenceId sequence);

  Backend& backend_;
  PrefixTree tree_;
  std::vector<Slot> slots_;
  std::uint64_t uses_ = 0;
};

}  // namespace lakeside::serving
