// Which tokens a model computes next. One for each loaded model, on that model's thread.
//
// A step is one decode(): first a token for each running reply, as many as a step may have, by the
// tenants' shares; then pieces of prompts. A prompt begins with what another sequence has in
// common with it; where that is still being computed, it waits for that part alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "serving/runtime/fair_share.h"
#include "serving/runtime/job.h"
#include "serving/runtime/sequences.h"

namespace lakeside::serving {

struct SchedulerOptions {
  LoadOptions load;
  // Replies that get a token in one step. Beyond it tenants' weights decide, so it is also what
  // "saturated" means: more is a little more throughput and less fairness.
  std::uint32_t streams_per_step = 16;
  // Rows of prompts in a step with replies of a higher priority.
  std::uint32_t background_rows = 32;
  // How long a step should take: a prompt is read in pieces so small that running replies, and who
  // comes next, do not wait longer. 0: pieces are as large as load.batch_tokens allows.
  std::chrono::milliseconds step_time{0};
};

// A step may have so many rows, however slow the model is.
inline constexpr std::size_t kLeastRows = 24;

// How a job ended; neither: the reader went away.
struct Outcome {
  std::optional<FinishReason> finish;
  std::optional<ModelError> error;
};

class Scheduler {
 public:
  // Called when a job ends. Its reader learns of it when `then` is called, once, on any thread.
  using OnEnd =
      std::function<void(const Job&, const Outcome&, std::move_only_function<void()> then)>;

  Scheduler(Backend& backend, const SchedulerOptions& options, const Clock& clock, OnEnd on_end);
  ~Scheduler();

  void add(std::unique_ptr<Job> job);
  // Does what there is to do; false if there was nothing, until a job comes or a reader moves.
  bool step();
  // Ends all jobs with this error.
  void fail_all(const ModelError& error);

  [[nodiscard]] std::size_t queued() const { return queue_.size(); }
  [[nodiscard]] std::size_t running() const { return running_.size(); }
  [[nodiscard]] std::int32_t cached_tokens() const { return sequences_.cached_tokens(); }

 private:
  using JobList = std::vector<std::unique_ptr<Job>>;

  // scheduler.cc: jobs come and go
  void drop_ended();
  bool drop(Job& job);
  void finish(Job& job, const Outcome& outcome);
  void sweep();
  void handle_no_space();
  // admission.cc: who runs, and on which sequence
  void admit();
  [[nodiscard]] std::size_t next_queued() const;
  bool admit(Job& job);
  bool has_cells_for(const Job& job) const;
  Job* victim_for(const Job& job) const;
  void preempt(Job& job);
  void attach(Job& job);
  void share(Job& job, SequenceId from, std::int32_t length);
  void resolve_leaders();
  // plan.cc: who is computed in this step
  void plan();
  [[nodiscard]] std::size_t rows_for_step() const;
  [[nodiscard]] std::size_t rows_for_lagging(std::span<Job* const> jobs) const;
  void plan_replies(std::span<Job* const> jobs, std::size_t& room);
  void plan_prompts(std::span<Job* const> jobs, std::size_t room, std::size_t extra);
  [[nodiscard]] Job& leader_of(Job& job) const;
  void add_rows(Job& job);
  // output.cc: what comes of it
  void compute();
  Status decode_timed();
  void take_result(Job& job, std::size_t last_row);
  void take_token(Job& job, const Choice& choice);
  void note_first_token(Job& job);
  void look_for_triggers(Job& job, const std::string& piece);
  void send(Job& job, std::string text);
  void send_rest(Job& job);
  TokenLogprob describe(const Choice& choice) const;

  Backend& backend_;
  const SchedulerOptions options_;
  const Clock& clock_;
  const OnEnd on_end_;
  FairShare shares_;
  Sequences sequences_;
  std::int32_t context_;        // the longest a sequence may become
  double seconds_per_row_ = 0;  // of late; 0: not known yet
  JobList queue_;
  JobList running_;
  std::vector<std::unique_ptr<Job>> ended_;
  // While the cache is full, nobody comes in addition to so many.
  std::size_t most_running_ = std::numeric_limits<std::size_t>::max();
  std::uint64_t steps_ = 0;
  std::uint64_t serials_ = 0;
  std::vector<Row> rows_;
  struct Planned {
    Job* job;
    std::size_t last_row;
  };
  std::vector<Planned> planned_;
};

}  // namespace lakeside::serving
