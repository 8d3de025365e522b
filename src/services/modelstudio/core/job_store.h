// Jobs and the results of their lines, in the database: docs/formats/model-jobs.md.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"
#include "services/modelstudio/core/jobs.h"

namespace lakeside::modelstudio {

struct JobName {
  std::string workspace;
  std::string id;
};

// Ids have the time in front, so that jobs stand in the order in which they were made.
[[nodiscard]] std::string new_batch_id(Time now);
[[nodiscard]] std::string new_task_id(Time now);
[[nodiscard]] std::string new_response_id(Time now);

// Thread-safe, called on executors. All errors are the engine's, or kCorrupt.
class JobStore {
 public:
  explicit JobStore(engines::Kv& kv) : kv_(kv) {}

  // With the one request of a kTask or kResponse. It is among the active ones until settle().
  Task<Status> create(const Job& job, const std::string& request);
  // Nothing where there is none in that workspace, or what has that name is no id.
  Task<Result<std::optional<Job>>> find(const JobName& name);
  // The one request of a kTask or kResponse.
  Task<Result<std::string>> request(const std::string& id);
  // Writes what `edit` makes of the job unless it says no; edits again where somebody was faster.
  // Returns the job as it is then.
  Task<Result<std::optional<Job>>> change(const JobName& name,
                                          const std::function<bool(Job&)>& edit);
  struct Page {
    std::vector<Job> jobs;
    bool more = false;
  };
  // Batches or tasks of a workspace, the newest first; those for which `wanted` says yes, without
  // the first `skip` of them. `after`: from there on; may be empty.
  Task<Result<Page>> list(const std::string& workspace, bool tasks, const std::string& after,
                          std::size_t skip, std::size_t limit,
                          const std::function<bool(const Job&)>& wanted);
  // How many.
  Task<Result<std::size_t>> count(const std::string& workspace, bool tasks,
                                  const std::function<bool(const Job&)>& wanted);

  // What is to be taken up again at a start.
  Task<Result<std::vector<JobName>>> active();
  // No more is to be done for it.
  Task<Status> settle(const JobName& name);
  // The tasks that were made before `time`, at most `limit`.
  Task<Result<std::vector<JobName>>> tasks_before(Time time, std::size_t limit);
  // With everything of it.
  Task<Status> remove(const JobName& name);
  // All of them. What runs ends when it next looks for its record.
  Task<Status> clear();

  // Results: written once or again, whole.
  Task<Status> put_line(const std::string& id, std::uint32_t number, const LineResult& result);
  Task<Result<std::optional<LineResult>>> line(const std::string& id, std::uint32_t number);
  struct LineDone {
    std::uint32_t number = 0;
    bool ok = false;
    JobUsage usage;
  };
  Task<Result<std::vector<LineDone>>> lines_done(const std::string& id);
  Task<Status> forget_lines(const std::string& id);

 private:
  Task<Result<std::vector<std::string>>> line_keys(const std::string& id);

  engines::Kv& kv_;
};

}  // namespace lakeside::modelstudio
