// What runs behind its request: OpenAI's batches and background responses, and DashScope's
// asynchronous tasks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "services/modelstudio/core/objects.h"

namespace lakeside::modelstudio {

// OpenAI's states of a batch; DashScope's are fewer, see wire/.
enum class JobStatus {
  kValidating,  // or has not begun
  kInProgress,
  kFinalizing,
  kCancelling,
  // It goes no further than these.
  kFailed,
  kCompleted,
  kExpired,
  kCancelled,
};
[[nodiscard]] constexpr bool is_final(JobStatus status) { return status >= JobStatus::kFailed; }

// Why a job failed; of a batch, what is wrong with its input.
struct JobError {
  std::string code;
  std::string message;
  std::string param;
  std::optional<std::uint32_t> line;  // from 1 on
};

struct JobCounts {
  std::uint32_t total = 0;
  std::uint32_t completed = 0;
  std::uint32_t failed = 0;
};

struct JobUsage {
  std::uint64_t input_tokens = 0;
  std::uint64_t cached_tokens = 0;  // of the input
  std::uint64_t output_tokens = 0;

  void add(const JobUsage& more) {
    input_tokens += more.input_tokens;
    cached_tokens += more.cached_tokens;
    output_tokens += more.output_tokens;
  }
};

struct Job {
  enum class Kind {
    kBatch,     // the lines of an object are requests; answers and errors become two files
    kTask,      // one request, kept with the job, and so is its answer
    kFileTask,  // the lines of an object are texts; one file of answers
    kResponse,  // one request; what comes of it is a stored response, and nothing of the job is
                // left
  };
  std::string id;  // "batch_…"; "resp_…", as the response; of a task, a UUID
  Kind kind = Kind::kBatch;
  std::string workspace;
  std::string key_id;  // whose work it is
  JobStatus status = JobStatus::kValidating;
  // What it becomes when all is written: kCompleted, kExpired or kCancelled.
  JobStatus outcome = JobStatus::kCompleted;

  std::string path;  // what every line asks for: "/v1/chat/completions"
  std::string model;
  std::string parameters;            // of a file task, for all lines: JSON
  std::string input;                 // as the client named it
  ObjectName input_object;           // empty for kTask
  std::string input_etag;            // what was validated
  std::string window;                // "24h"
  std::string output_prefix;         // "oss://BUCKET/PREFIX": outputs go there too; may be empty
  ObjectName output_object;          // the same, taken apart: its key is the prefix
  std::uint32_t output_seconds = 0;  // after which output files expire; 0: never
  std::vector<std::pair<std::string, std::string>> metadata;

  JobCounts counts;  // at the last change of its status
  JobUsage usage;    // the same
  std::string output_file;
  std::string error_file;
  std::vector<JobError> errors;

  Time created;
  Time expires;
  // When it came to each of these states.
  std::optional<Time> in_progress;
  std::optional<Time> finalizing;
  std::optional<Time> cancelling;
  std::optional<Time> ended;
};

// What came of one line.
struct LineResult {
  bool ok = false;
  JobUsage usage;
  std::string text;  // as it stands in the output
};

// The id that usage records of a line have: the same however often the line is run, so that what a
// line costs is kept once (serving/runtime/usage.h).
[[nodiscard]] std::string usage_id_of(const Job& job, std::uint32_t line);

[[nodiscard]] std::string encode_job(const Job& job);
// Errors: kCorrupt.
[[nodiscard]] Result<Job> decode_job(std::string_view record);

}  // namespace lakeside::modelstudio
