// One job under way. All but cancel(), abort() and progress() on the runner's thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "services/modelstudio/core/line_models.h"
#include "services/modelstudio/core/line_reader.h"
#include "services/modelstudio/ops/runner_context.h"

namespace lakeside::modelstudio::ops {

class RunningJob {
 public:
  RunningJob(RunnerContext& context, JobName name)
      : context_(context), name_(std::move(name)), window_(context.options.lines_at_once) {}

  [[nodiscard]] const JobName& name() const { return name_; }
  // Takes the job from where its record says it is to its end, or until the runner stops. An error
  // is the storage's: what was done is kept, and work() may be called again.
  Task<Status> work();
  // Begins no further line; what runs may finish.
  void cancel() { cancelled_ = true; }
  // Ends what runs, too.
  void abort() {
    cancelled_ = true;
    generations_.stop();
  }
  [[nodiscard]] JobCounts progress() const;

 private:
  using Edit = std::function<bool(Job&)>;

  Task<Status> work_on_lines();
  Task<Status> validate();
  Task<Status> check_input(ObjectStream& stream, std::vector<JobError>& errors);
  Task<Status> run_lines();
  Task<Status> start_lines(LineReader& reader);
  Task<void> run_line(std::uint32_t number, std::string text);
  Task<void> wait_for_lines();
  Task<Status> run_task();
  Task<Status> run_response();
  Task<Status> end_task();
  Task<Status> finish();
  // Writes the lines that are `ok`, or all others, and says in which file; none where there are
  // no such lines.
  Task<Status> write_file(bool ok, std::string& file_id);
  Task<Result<std::string>> find_file(const std::string& filename);
  Task<Status> copy_file(bool ok, const std::string& filename);
  Task<Result<std::unique_ptr<ByteSource>>> results(bool ok);
  Task<Status> read_done();
  Task<Status> change(const Edit& edit);
  Task<Status> fail_with(const JobError& error);

  // Whether no further line is begun.
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] std::uint32_t done_with(bool ok) const;
  [[nodiscard]] bool has_left_out() const;
  [[nodiscard]] bool is_one_file() const { return job_.kind == Job::Kind::kFileTask; }
  void note(std::uint32_t number, const LineResult& result);

  RunnerContext& context_;
  const JobName name_;
  Job job_;
  std::atomic<bool> cancelled_ = false;
  RunningGenerations generations_;      // of its lines
  Slots window_;                        // lines of this job under way
  std::map<std::uint32_t, bool> done_;  // the lines that have a result, and whether it is ok
  std::optional<Error> failed_;         // a result could not be written
  mutable std::mutex mutex_;
  JobCounts counts_;
  JobUsage usage_;
};

}  // namespace lakeside::modelstudio::ops
