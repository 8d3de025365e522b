#include "services/modelstudio/core/job_store.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/crypto.h"
#include "base/encoding.h"
#include "services/modelstudio/core/clear.h"

namespace lakeside::modelstudio {
namespace {

constexpr std::string_view kBatchPrefix = "batch_";
constexpr std::string_view kResponsePrefix = "resp_";
constexpr std::size_t kDigits = 32;
constexpr std::size_t kTimeDigits = 14;  // of microseconds: to the year 4253
// A value of the engine has at most 16 MiB.
constexpr std::size_t kPieceBytes = 8 << 20;
constexpr std::size_t kRemovedAtOnce = 1000;

const engines::Partition& partition() {
  static const engines::Partition jobs{"modelstudio.batches"};
  return jobs;
}

bool is_batch(std::string_view id) { return id.starts_with(kBatchPrefix); }
bool is_response(std::string_view id) { return id.starts_with(kResponsePrefix); }
bool is_task(std::string_view id) { return !is_batch(id) && !is_response(id); }

// The 32 hex digits of an id; empty where it is none.
std::string digits_of(std::string_view id) {
  std::string digits;
  if (is_batch(id)) {
    digits = id.substr(kBatchPrefix.size());
  } else if (is_response(id)) {
    digits = id.substr(kResponsePrefix.size());
  } else if (id.size() == kDigits + 4 && id[8] == '-' && id[13] == '-' && id[18] == '-' &&
             id[23] == '-') {
    std::ranges::copy_if(id, std::back_inserter(digits), [](char c) { return c != '-'; });
  }
  bool hex = std::ranges::all_of(
      digits, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  return digits.size() == kDigits && hex ? digits : std::string();
}

std::string new_digits(Time now) {
  auto micros = static_cast<std::uint64_t>(now.time_since_epoch().count());
  std::string digits(kTimeDigits, '0');
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, micros >>= 4) {
    *digit = "0123456789abcdef"[micros & 15];
  }
  return digits + to_lower_ascii(random_hex_upper((kDigits - kTimeDigits) / 2));
}

std::string padded(std::size_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

// So that the newest comes first: 0 ↔ f.
std::string inverted(std::string digits) {
  for (char& c : digits) {
    int value = c <= '9' ? c - '0' : c - 'a' + 10;
    c = "fedcba9876543210"[value];
  }
  return digits;
}

std::string prefix_of(const std::string& workspace, bool tasks) {
  return (tasks ? "t/" : "b/") + workspace + "/";
}
std::string key_of(const JobName& name) {
  const std::string digits = inverted(digits_of(name.id));
  if (is_response(name.id)) return "s/" + name.workspace + "/" + digits;
  return prefix_of(name.workspace, is_task(name.id)) + digits;
}
std::string active_key(const std::string& id) { return "a/" + id; }
std::string request_key(const std::string& id) { return "q/" + id; }
// Tasks by their age.
std::string age_key(const std::string& id) { return "e/" + id; }

engines::Partition lines_of(const std::string& id) { return {"modelstudio.job." + digits_of(id)}; }
std::string line_key(std::uint32_t number) { return "r/" + padded(number, 8); }
std::string piece_key(std::uint32_t number, std::size_t piece) {
  return "p/" + padded(number, 8) + "/" + padded(piece, 4);
}

// The record of a line: its head as JSON, a line feed, then its text unless that is in pieces.
std::string head_of(const LineResult& result, std::size_t pieces) {
  nlohmann::json head = {
      {"v", 1},
      {"ok", result.ok},
      {"usage",
       {result.usage.input_tokens, result.usage.cached_tokens, result.usage.output_tokens}},
      {"pieces", pieces}};
  return head.dump() + '\n';
}

struct LineHead {
  LineResult result;
  std::size_t pieces = 0;
};
Result<LineHead> read_head(std::string_view record) {
  std::size_t end = record.find('\n');
  auto json = nlohmann::json::parse(record.substr(0, end), nullptr, false);
  try {
    if (end == std::string_view::npos || json.at("v").get<int>() != 1) {
      return fail(ErrorCode::kCorrupt, "a line's record");
    }
    const auto& usage = json.at("usage");
    LineHead head;
    head.result.ok = json.at("ok").get<bool>();
    head.result.usage = {usage.at(0).get<std::uint64_t>(), usage.at(1).get<std::uint64_t>(),
                         usage.at(2).get<std::uint64_t>()};
    head.pieces = json.at("pieces").get<std::size_t>();
    head.result.text = record.substr(end + 1);
    return head;
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kCorrupt, std::string("a line's record: ") + error.what());
  }
}

}  // namespace

std::string new_batch_id(Time now) { return std::string(kBatchPrefix) + new_digits(now); }

std::string new_task_id(Time now) {
  std::string id = new_digits(now);
  for (std::size_t dash : {8, 13, 18, 23}) id.insert(dash, "-");
  return id;
}

std::string new_response_id(Time now) { return std::string(kResponsePrefix) + new_digits(now); }

Task<Status> JobStore::create(const Job& job, const std::string& request) {
  std::string key = key_of({job.workspace, job.id});
  engines::Batch batch;
  batch.require_absent(key);
  batch.put(key, encode_job(job));
  batch.put(active_key(job.id), job.workspace);
  if (!request.empty()) batch.put(request_key(job.id), request);
  if (is_task(job.id)) batch.put(age_key(job.id), job.workspace);
  co_return co_await kv_.commit(partition(), batch);
}

Task<Result<std::optional<Job>>> JobStore::find(const JobName& name) {
  if (digits_of(name.id).empty()) co_return std::optional<Job>();
  std::string key = key_of(name);
  auto record = co_await engines::get_one(kv_, partition(), key);
  if (!record) co_return std::unexpected(std::move(record.error()));
  if (!*record) co_return std::optional<Job>();
  auto job = decode_job(**record);
  if (!job) co_return std::unexpected(std::move(job.error()));
  co_return std::optional<Job>(std::move(*job));
}

Task<Result<std::string>> JobStore::request(const std::string& id) {
  std::string key = request_key(id);
  auto record = co_await engines::get_one(kv_, partition(), key);
  if (!record) co_return std::unexpected(std::move(record.error()));
  co_return std::move(*record).value_or("");
}

Task<Result<std::optional<Job>>> JobStore::change(const JobName& name,
                                                  const std::function<bool(Job&)>& edit) {
  while (true) {
    auto found = co_await find(name);
    if (!found || !*found) co_return found;
    Job& job = **found;
    engines::Batch batch;
    std::string key = key_of(name);
    batch.require(key, encode_job(job));
    if (!edit(job)) co_return found;
    batch.put(std::move(key), encode_job(job));
    Status written = co_await kv_.commit(partition(), batch);
    if (written) co_return found;
    if (written.error().code != ErrorCode::kGuardFailed) {
      co_return std::unexpected(std::move(written.error()));
    }
  }
}

Task<Result<JobStore::Page>> JobStore::list(const std::string& workspace, bool tasks,
                                            const std::string& after, std::size_t skip,
                                            std::size_t limit,
                                            const std::function<bool(const Job&)>& wanted) {
  Page page;
  Status decoded;
  const std::string prefix = prefix_of(workspace, tasks);
  const std::string last = after.empty() ? "" : key_of({workspace, after});
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    if (!key.starts_with(prefix)) return engines::ScanStep::stop();
    if (key == last) return engines::ScanStep::next();
    auto job = decode_job(record);
    if (!job) {
      decoded = std::unexpected(std::move(job.error()));
      return engines::ScanStep::stop();
    }
    if (!wanted(*job)) return engines::ScanStep::next();
    if (skip > 0) {
      --skip;
      return engines::ScanStep::next();
    }
    if (page.jobs.size() == limit) {
      page.more = true;
      return engines::ScanStep::stop();
    }
    page.jobs.push_back(std::move(*job));
    return engines::ScanStep::next();
  };
  const std::string from = last.empty() ? prefix : last;
  Status scanned = co_await kv_.scan(partition(), from, visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  if (!decoded) co_return std::unexpected(std::move(decoded.error()));
  co_return page;
}

Task<Result<std::size_t>> JobStore::count(const std::string& workspace, bool tasks,
                                          const std::function<bool(const Job&)>& wanted) {
  std::size_t all = 0;
  std::function<bool(const Job&)> counted = [&](const Job& job) {
    if (wanted(job)) ++all;
    return false;
  };
  std::string from_the_first;
  auto page = co_await list(workspace, tasks, from_the_first, 0, 0, counted);
  if (!page) co_return std::unexpected(std::move(page.error()));
  co_return all;
}

Task<Result<std::vector<JobName>>> JobStore::active() {
  std::vector<JobName> names;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view workspace) {
    if (!key.starts_with("a/")) return engines::ScanStep::stop();
    names.push_back({std::string(workspace), std::string(key.substr(2))});
    return engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), "a/", visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  co_return names;
}

Task<Status> JobStore::settle(const JobName& name) {
  engines::Batch batch;
  batch.remove(active_key(name.id));
  batch.remove(request_key(name.id));
  co_return co_await kv_.commit(partition(), batch);
}

Task<Result<std::vector<JobName>>> JobStore::tasks_before(Time time, std::size_t limit) {
  std::vector<JobName> names;
  const std::string end = new_task_id(time).substr(0, kTimeDigits + 1);  // with one dash in it
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view workspace) {
    std::string_view id = key.substr(std::min<std::size_t>(key.size(), 2));
    if (!key.starts_with("e/") || id.substr(0, end.size()) >= end || names.size() == limit) {
      return engines::ScanStep::stop();
    }
    names.push_back({std::string(workspace), std::string(id)});
    return engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), "e/", visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  co_return names;
}

// Its lines first: without the record nobody would find them.
Task<Status> JobStore::remove(const JobName& name) {
  Status forgotten = co_await forget_lines(name.id);
  if (!forgotten) co_return forgotten;
  engines::Batch batch;
  batch.remove(key_of(name));
  batch.remove(active_key(name.id));
  batch.remove(request_key(name.id));
  batch.remove(age_key(name.id));
  co_return co_await kv_.commit(partition(), batch);
}

Task<Status> JobStore::clear() {
  std::vector<JobName> names;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    auto job = decode_job(record);
    const bool is_job = key.starts_with("b/") || key.starts_with("t/") || key.starts_with("s/");
    if (is_job && job) names.push_back({job->workspace, job->id});
    return engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), "", visitor);
  if (!scanned) co_return scanned;
  for (const JobName& name : names) {
    Status removed = co_await remove(name);
    if (!removed) co_return removed;
  }
  co_return co_await modelstudio::clear(kv_, partition());
}

// Its pieces first: a line is there once its head is.
Task<Status> JobStore::put_line(const std::string& id, std::uint32_t number,
                                const LineResult& result) {
  const engines::Partition lines = lines_of(id);
  if (result.text.size() <= kPieceBytes) {
    engines::Batch batch;
    batch.put(line_key(number), head_of(result, 0) + result.text);
    co_return co_await kv_.commit(lines, batch);
  }
  std::size_t pieces = 0;
  for (std::size_t at = 0; at < result.text.size(); at += kPieceBytes) {
    engines::Batch batch;
    batch.put(piece_key(number, pieces++), result.text.substr(at, kPieceBytes));
    Status written = co_await kv_.commit(lines, batch);
    if (!written) co_return written;
  }
  engines::Batch batch;
  batch.put(line_key(number), head_of(result, pieces));
  co_return co_await kv_.commit(lines, batch);
}

Task<Result<std::optional<LineResult>>> JobStore::line(const std::string& id,
                                                       std::uint32_t number) {
  const engines::Partition lines = lines_of(id);
  std::string key = line_key(number);
  auto record = co_await engines::get_one(kv_, lines, key);
  if (!record) co_return std::unexpected(std::move(record.error()));
  if (!*record) co_return std::optional<LineResult>();
  auto head = read_head(**record);
  if (!head) co_return std::unexpected(std::move(head.error()));
  for (std::size_t i = 0; i < head->pieces; ++i) {
    key = piece_key(number, i);
    auto piece = co_await engines::get_one(kv_, lines, key);
    if (!piece) co_return std::unexpected(std::move(piece.error()));
    if (!*piece) co_return fail(ErrorCode::kCorrupt, "a piece of a line is missing");
    head->result.text += **piece;
  }
  co_return std::optional<LineResult>(std::move(head->result));
}

Task<Result<std::vector<JobStore::LineDone>>> JobStore::lines_done(const std::string& id) {
  std::vector<LineDone> done;
  Status decoded;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    if (!key.starts_with("r/")) return engines::ScanStep::stop();
    auto head = read_head(record);
    auto number = parse_uint(key.substr(2));
    if (!head || !number) {
      decoded = fail(ErrorCode::kCorrupt, "a line's record");
      return engines::ScanStep::stop();
    }
    done.push_back({static_cast<std::uint32_t>(*number), head->result.ok, head->result.usage});
    return engines::ScanStep::next();
  };
  const engines::Partition lines = lines_of(id);
  Status scanned = co_await kv_.scan(lines, "r/", visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  if (!decoded) co_return std::unexpected(std::move(decoded.error()));
  co_return done;
}

Task<Result<std::vector<std::string>>> JobStore::line_keys(const std::string& id) {
  std::vector<std::string> keys;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view) {
    keys.emplace_back(key);
    return keys.size() == kRemovedAtOnce ? engines::ScanStep::stop() : engines::ScanStep::next();
  };
  const engines::Partition lines = lines_of(id);
  std::string from_the_first(1, '\0');
  Status scanned = co_await kv_.scan(lines, from_the_first, visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  co_return keys;
}

Task<Status> JobStore::forget_lines(const std::string& id) {
  const engines::Partition lines = lines_of(id);
  while (true) {
    auto keys = co_await line_keys(id);
    if (!keys) co_return std::unexpected(std::move(keys.error()));
    if (keys->empty()) co_return Status{};
    engines::Batch batch;
    for (std::string& key : *keys) batch.remove(std::move(key));
    Status removed = co_await kv_.commit(lines, batch);
    if (!removed) co_return removed;
  }
}

}  // namespace lakeside::modelstudio
