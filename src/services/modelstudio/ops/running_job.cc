#include "services/modelstudio/ops/running_job.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"
#include "services/modelstudio/ops/result_lines.h"

namespace lakeside::modelstudio::ops {
namespace {

// What passes by itself: the line is tried again.
bool is_busy(const std::optional<ModelError>& fault) {
  if (!fault) return false;
  switch (fault->fault) {
    case ModelFault::kQueueFull:
    case ModelFault::kRateLimited:
    case ModelFault::kOverQuota:
    case ModelFault::kDeadline:
    case ModelFault::kNoMemory:
      return true;
    default:
      return false;
  }
}

// Whether it will be the same however often it is tried.
bool is_lasting(const ObjectError& error) {
  return error.fault != ObjectFault::kNoSpace && error.fault != ObjectFault::kInternal &&
         error.fault != ObjectFault::kIncomplete;
}

std::unexpected<Error> storage_error(const ObjectError& error) {
  return fail(ErrorCode::kIo, "objects: " + error.internal);
}

JobError no_input(const Job& job) {
  return {"file_not_found", "The input '" + job.input + "' cannot be read.", "input_file_id", {}};
}

}  // namespace

JobCounts RunningJob::progress() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

bool RunningJob::is_over() const {
  return cancelled_ || context_.stopping || failed_ || context_.parts.clock.now() >= job_.expires;
}

std::uint32_t RunningJob::done_with(bool ok) const {
  return static_cast<std::uint32_t>(
      std::ranges::count_if(done_, [ok](const auto& line) { return line.second == ok; }));
}

bool RunningJob::has_left_out() const { return done_.size() < job_.counts.total; }

void RunningJob::note(std::uint32_t number, const LineResult& result) {
  if (!done_.emplace(number, result.ok).second) return;
  std::lock_guard lock(mutex_);
  ++(result.ok ? counts_.completed : counts_.failed);
  usage_.add(result.usage);
}

Task<Status> RunningJob::change(const Edit& edit) {
  auto changed = co_await context_.parts.jobs.change(name_, edit);
  if (!changed) co_return std::unexpected(std::move(changed.error()));
  if (!*changed) co_return fail(ErrorCode::kNotFound, "the job is gone");
  job_ = std::move(**changed);
  co_return Status{};
}

Task<Status> RunningJob::fail_with(const JobError& error) {
  const Time now = context_.parts.clock.now();
  Edit edit = [&error, now](Job& job) {
    if (is_final(job.status)) return false;
    job.status = JobStatus::kFailed;
    job.errors.push_back(error);
    job.ended = now;
    return true;
  };
  co_return co_await change(edit);
}

Task<Status> RunningJob::work() {
  auto found = co_await context_.parts.jobs.find(name_);
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (!*found) co_return Status{};
  job_ = std::move(**found);
  failed_.reset();
  {
    std::lock_guard lock(mutex_);
    counts_.total = job_.counts.total;
  }
  if (job_.kind == Job::Kind::kResponse) co_return co_await run_response();
  Status worked;
  if (job_.kind == Job::Kind::kTask) {
    worked = co_await run_task();
  } else {
    co_await context_.files.take();
    worked = co_await work_on_lines();
    context_.files.give();
  }
  if (!worked || context_.stopping || !is_final(job_.status)) co_return worked;
  // The answer of a task is its one line; it is kept as long as the task.
  if (job_.kind != Job::Kind::kTask) {
    Status forgotten = co_await context_.parts.jobs.forget_lines(job_.id);
    if (!forgotten) co_return forgotten;
  }
  co_return co_await context_.parts.jobs.settle(name_);
}

Task<Status> RunningJob::work_on_lines() {
  Status done;
  if (job_.status == JobStatus::kValidating) done = co_await validate();
  if (done && !context_.stopping && job_.status == JobStatus::kInProgress) {
    done = co_await run_lines();
  }
  if (done && !context_.stopping && !is_final(job_.status) &&
      job_.status > JobStatus::kInProgress) {
    done = co_await finish();
  }
  co_return done;
}

// ---- validating -------------------------------------------------------------------------

Task<Status> RunningJob::validate() {
  auto stream = co_await context_.parts.objects.open(job_.input_object, 0);
  if (!stream && !is_lasting(stream.error())) co_return storage_error(stream.error());
  const JobError missing = no_input(job_);
  if (!stream) co_return co_await fail_with(missing);
  job_.input_etag = stream->etag;
  std::vector<JobError> errors;
  Status checked = co_await check_input(*stream, errors);
  if (!checked || context_.stopping) co_return checked;
  const Job seen = job_;
  const Time now = context_.parts.clock.now();
  Edit edit = [&](Job& job) {
    if (job.status != JobStatus::kValidating) return false;
    job.model = seen.model;
    job.errors = errors;
    if (!errors.empty()) {
      job.status = JobStatus::kFailed;
      job.ended = now;
      return true;
    }
    job.input_etag = seen.input_etag;
    job.counts.total = seen.counts.total;
    job.status = JobStatus::kInProgress;
    job.in_progress = now;
    return true;
  };
  Status changed = co_await change(edit);
  std::lock_guard lock(mutex_);
  counts_.total = job_.counts.total;
  co_return changed;
}

Task<Status> RunningJob::check_input(ObjectStream& stream, std::vector<JobError>& errors) {
  if (stream.bytes > kMaxInputBytes) {
    errors.push_back({"file_too_large", "The input file is larger than 200 MB.", "", {}});
    co_return Status{};
  }
  LineReader reader(std::move(stream), kMaxLineBytes);
  auto check = context_.parts.work.check(job_);
  std::uint32_t lines = 0;
  while (!cancelled_ && !context_.stopping && errors.size() < kMaxJobErrors) {
    auto line = co_await reader.next();
    if (!line && line.error().code != ErrorCode::kTooLarge) {
      co_return std::unexpected(std::move(line.error()));
    }
    if (!line) {
      errors.push_back(
          {"line_too_large", "This line is larger than 4 MiB.", "", reader.number() + 1});
      break;
    }
    if (!*line) break;
    if (trim(**line).empty()) continue;
    if (++lines > kMaxLines) {
      errors.push_back({"too_many_tasks",
                        "The input file has more than " + std::to_string(kMaxLines) + " lines.",
                        "",
                        {}});
      break;
    }
    if (auto error = check->line(**line)) {
      error->line = reader.number();
      errors.push_back(std::move(*error));
    }
  }
  if (lines == 0 && errors.empty()) {
    errors.push_back({"empty_file",
                      "The input file is empty. Please ensure that it contains at least one line.",
                      "",
                      {}});
  }
  job_.model = job_.model.empty() ? check->model() : job_.model;
  job_.counts.total = lines;
  co_return Status{};
}

// ---- running ----------------------------------------------------------------------------

Task<Status> RunningJob::read_done() {
  auto done = co_await context_.parts.jobs.lines_done(job_.id);
  if (!done) co_return std::unexpected(std::move(done.error()));
  for (const JobStore::LineDone& line : *done) note(line.number, {line.ok, line.usage, {}});
  co_return Status{};
}

Task<Status> RunningJob::run_lines() {
  Status known = co_await read_done();
  if (!known) co_return known;
  auto stream = co_await context_.parts.objects.open(job_.input_object, 0);
  if (!stream && !is_lasting(stream.error())) co_return storage_error(stream.error());
  const JobError missing = no_input(job_);
  if (!stream) co_return co_await fail_with(missing);
  if (stream->etag != job_.input_etag) {
    const JobError changed{
        "file_changed", "The input was replaced while the job ran.", "input_file_id", {}};
    co_return co_await fail_with(changed);
  }
  LineReader reader(std::move(*stream), kMaxLineBytes);
  Status started = co_await start_lines(reader);
  co_await wait_for_lines();
  if (!started || context_.stopping) co_return started;
  if (failed_) co_return std::unexpected(*failed_);
  const Time now = context_.parts.clock.now();
  const bool expired = has_left_out();
  Edit edit = [&](Job& job) {
    if (job.status != JobStatus::kInProgress) return false;
    job.status = JobStatus::kFinalizing;
    job.outcome = expired ? JobStatus::kExpired : JobStatus::kCompleted;
    job.finalizing = now;
    return true;
  };
  co_return co_await change(edit);
}

Task<Status> RunningJob::start_lines(LineReader& reader) {
  while (!is_over()) {
    auto line = co_await reader.next();
    if (!line) co_return std::unexpected(std::move(line.error()));
    if (!*line) break;
    if (trim(**line).empty() || done_.contains(reader.number())) continue;
    co_await window_.take();
    co_await context_.lines.take();
    if (is_over()) {
      context_.lines.give();
      window_.give();
      break;
    }
    lakeside::start(run_line(reader.number(), std::move(**line)), [] {});
  }
  co_return Status{};
}

// Has one place among this job's lines and one among everybody's, and gives them back.
Task<void> RunningJob::run_line(std::uint32_t number, std::string text) {
  auto pause = context_.options.retry_least;
  while (!context_.stopping) {
    LineModels models(context_.parts.models, generations_);
    const std::optional<ModelKey> key = context_.parts.keys.named(job_.key_id);
    LineResult result = co_await context_.parts.work.run(job_, number, text, key, models);
    if (context_.stopping) break;  // what was cut off is no result
    if (!result.ok && is_busy(models.fault())) {
      // Others may have its place for the time.
      context_.lines.give();
      const std::chrono::milliseconds asked = models.fault()->retry_after;
      co_await context_.loop.sleep_for(
          std::min(std::max(pause, asked), context_.options.retry_most));
      pause = std::min(pause * 2, context_.options.retry_most);
      co_await context_.lines.take();
      if (is_over()) break;
      continue;
    }
    result.usage = models.usage();
    Status kept = co_await context_.parts.jobs.put_line(job_.id, number, result);
    if (kept) {
      note(number, result);
    } else {
      failed_ = std::move(kept.error());
    }
    break;
  }
  context_.lines.give();
  window_.give();
}

Task<void> RunningJob::wait_for_lines() {
  for (std::size_t i = 0; i < context_.options.lines_at_once; ++i) co_await window_.take();
  for (std::size_t i = 0; i < context_.options.lines_at_once; ++i) window_.give();
}

// ---- tasks ------------------------------------------------------------------------------

Task<Status> RunningJob::run_task() {
  Status known = co_await read_done();
  if (!known) co_return known;
  if (is_final(job_.status)) co_return Status{};
  auto request = co_await context_.parts.jobs.request(job_.id);
  if (!request) co_return std::unexpected(std::move(request.error()));
  co_await window_.take();
  co_await context_.lines.take();
  const Time now = context_.parts.clock.now();
  Edit begin = [now](Job& job) {
    if (job.status != JobStatus::kValidating) return false;
    job.status = JobStatus::kInProgress;
    job.in_progress = now;
    return true;
  };
  Status begun = co_await change(begin);
  if (begun && job_.status == JobStatus::kInProgress && done_.empty() && !is_over()) {
    Task<void> line = run_line(1, std::move(*request));
    co_await line;
  } else {
    context_.lines.give();
    window_.give();
  }
  if (!begun || context_.stopping || is_final(job_.status)) co_return begun;
  if (failed_) co_return std::unexpected(*failed_);
  co_return co_await end_task();
}

Task<Status> RunningJob::end_task() {
  const Time now = context_.parts.clock.now();
  Edit end = [&](Job& job) {
    if (is_final(job.status)) return false;
    job.status = done_with(true) > 0 ? JobStatus::kCompleted : JobStatus::kFailed;
    if (done_.empty()) job.status = JobStatus::kExpired;
    job.counts = progress();
    job.usage = usage_;
    job.ended = now;
    return true;
  };
  co_return co_await change(end);
}

// Where the response is, its end is told; then nothing of the job is left.
Task<Status> RunningJob::run_response() {
  Status known = co_await read_done();
  if (!known) co_return known;
  auto request = co_await context_.parts.jobs.request(job_.id);
  if (!request) co_return std::unexpected(std::move(request.error()));
  co_await window_.take();
  co_await context_.lines.take();
  if (done_.empty() && !is_over()) {
    Task<void> line = run_line(1, std::move(*request));
    co_await line;
  } else {
    context_.lines.give();
    window_.give();
  }
  if (context_.stopping) co_return Status{};
  if (failed_) co_return std::unexpected(*failed_);
  auto result = co_await context_.parts.jobs.line(job_.id, 1);
  if (!result) co_return std::unexpected(std::move(result.error()));
  Status told = co_await context_.parts.work.conclude(job_, *result);
  if (!told) co_return told;
  co_return co_await context_.parts.jobs.remove(name_);
}

// ---- finishing --------------------------------------------------------------------------

Task<Status> RunningJob::finish() {
  Status known = co_await read_done();
  if (!known) co_return known;
  std::string output;
  std::string errors;
  Status written = co_await write_file(true, output);
  if (!written) co_return written;
  if (!is_one_file()) written = co_await write_file(false, errors);
  if (!written || context_.stopping) co_return written;
  const Time now = context_.parts.clock.now();
  Edit edit = [&](Job& job) {
    if (is_final(job.status)) return false;
    job.status = job.outcome;
    job.output_file = output;
    job.error_file = errors;
    job.counts.completed = done_with(true);
    job.counts.failed = done_with(false);
    job.usage = usage_;
    job.ended = now;
    return true;
  };
  co_return co_await change(edit);
}

Task<Status> RunningJob::write_file(bool ok, std::string& file_id) {
  const bool left_out = job_.in_progress && has_left_out();
  std::uint32_t lines = is_one_file() ? job_.counts.total : done_with(ok);
  if (!ok && left_out) ++lines;
  if (lines == 0) co_return Status{};
  NewFile file;
  file.workspace = job_.workspace;
  file.purpose = "batch_output";
  file.filename = job_.id + (ok ? "_output.jsonl" : "_error.jsonl");
  file.content_type = "application/jsonl";
  file.max_bytes = kMaxOutputBytes;
  if (job_.output_seconds != 0) {
    file.expires = context_.parts.clock.now() + std::chrono::seconds(job_.output_seconds);
  }
  if (!job_.output_object.bucket.empty()) {
    Status copied = co_await copy_file(ok, file.filename);
    if (!copied) co_return copied;
  }
  // A process that was killed may have written it already.
  auto found = co_await find_file(file.filename);
  if (!found) co_return std::unexpected(std::move(found.error()));
  file_id = std::move(*found);
  if (!file_id.empty()) co_return Status{};
  auto source = co_await results(ok);
  if (!source) co_return std::unexpected(std::move(source.error()));
  auto added = co_await context_.parts.files.add(file, **source);
  if (!added) co_return storage_error(added.error());
  file_id = added->id;
  co_return Status{};
}

Task<Result<std::unique_ptr<ByteSource>>> RunningJob::results(bool ok) {
  using Which = ResultLines::Which;
  const Which which = is_one_file() ? Which::kAll : ok ? Which::kOk : Which::kOthers;
  std::optional<ObjectStream> input;
  if (which != Which::kOk && job_.in_progress && has_left_out()) {
    auto stream = co_await context_.parts.objects.open(job_.input_object, 0);
    if (!stream && !is_lasting(stream.error())) co_return storage_error(stream.error());
    // Where the input is gone, so is what names the lines that were not run.
    if (stream && stream->etag == job_.input_etag) input = std::move(*stream);
  }
  co_return std::unique_ptr<ByteSource>(std::make_unique<ResultLines>(
      context_.parts.jobs, context_.parts.work, job_, done_, which, std::move(input)));
}

Task<Result<std::string>> RunningJob::find_file(const std::string& filename) {
  FileStore::ListOptions options;
  options.purpose = "batch_output";
  options.limit = 1000;
  while (true) {
    auto page = co_await context_.parts.files.list(job_.workspace, options);
    if (!page) co_return storage_error(page.error());
    for (const StoredFile& file : page->files) {
      if (file.filename == filename) co_return file.id;
      if (file.created < job_.created) co_return std::string();
    }
    if (!page->more || page->files.empty()) co_return std::string();
    options.after = page->files.back().id;
  }
}

Task<Status> RunningJob::copy_file(bool ok, const std::string& filename) {
  auto source = co_await results(ok);
  if (!source) co_return std::unexpected(std::move(source.error()));
  const ObjectName name{job_.output_object.bucket, job_.output_object.key + filename};
  const std::string type = "application/jsonl";
  auto put = co_await context_.parts.objects.put(name, type, **source, kMaxOutputBytes);
  if (put) co_return Status{};
  if (!is_lasting(put.error())) co_return storage_error(put.error());
  JobError error{"output_not_written",
                 "The outputs could not be written to '" + job_.output_prefix + "'.",
                 "output_prefix",
                 {}};
  Edit note_error = [&error](Job& job) {
    for (const JobError& known : job.errors) {
      if (known.code == error.code) return false;
    }
    job.errors.push_back(error);
    return true;
  };
  co_return co_await change(note_error);
}

}  // namespace lakeside::modelstudio::ops
