#include "app/usage_journal.h"

#include <chrono>
#include <utility>

#include <nlohmann/json.hpp>
#include <pthread.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/task.h"

namespace lakeside::app {
namespace {

// Beyond it records are dropped: the database has not been able to write for long, and says so.
constexpr std::size_t kMostWaiting = 100'000;
constexpr std::size_t kPerCommit = 1'000;
constexpr std::chrono::seconds kRetry{1};

// Records begin with a digit, the year's.
std::string id_key(const std::string& id) { return "id/" + id; }

modelstudio::UsageKind kind_of(serving::UsageRecord::Kind kind) {
  switch (kind) {
    case serving::UsageRecord::Kind::kGenerate:
      return modelstudio::UsageKind::kGenerate;
    case serving::UsageRecord::Kind::kEmbed:
      return modelstudio::UsageKind::kEmbed;
    case serving::UsageRecord::Kind::kRank:
      return modelstudio::UsageKind::kRank;
  }
  return {};
}

std::string_view end_of(const serving::UsageRecord& record) {
  if (record.fault) return "failed";
  if (!record.finish) return "cancelled";
  return *record.finish == serving::FinishReason::kStop ? "stop" : "length";
}

std::string to_json(const serving::UsageRecord& record) {
  const serving::Usage& usage = record.usage;
  nlohmann::ordered_json json = {
      {"at", format_iso8601_millis(record.at)},
      {"kind", to_string(kind_of(record.kind))},
      {"key", record.tenant},
      {"model", record.model},
      {"prompt_tokens", usage.prompt_tokens},
      {"cached_tokens", usage.cached_tokens},
      {"completion_tokens", usage.completion_tokens},
      {"queued_us", usage.queued.count()},
      {"prefill_us", usage.prefill.count()},
      {"decode_us", usage.decode.count()},
      {"end", end_of(record)},
  };
  if (!record.id.empty()) json["batch"] = true;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

UsageJournal::UsageJournal(engines::Kv& kv) : kv_(kv), thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "usage");
}

UsageJournal::~UsageJournal() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void UsageJournal::record(const serving::UsageRecord& record,
                          std::move_only_function<void()> kept) {
  // Only a call that came to its end has its name: one that was cut off will be repeated, and both
  // have been computed.
  const serving::Usage& usage = record.usage;
  Entry entry{record.finish ? record.id : std::string(),
              record.at,
              {kind_of(record.kind), !record.id.empty(), record.tenant, record.model},
              {1, usage.prompt_tokens, usage.cached_tokens, usage.completion_tokens},
              to_json(record),
              std::move(kept)};
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() < kMostWaiting) waiting_.push_back(std::move(entry));
  }
  if (entry.kept) return entry.kept();
  wake_.notify_one();
}

void UsageJournal::run() {
  while (true) {
    Entries taken;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      while (!waiting_.empty() && taken.size() < kPerCommit) {
        taken.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    write(taken);
  }
}

void UsageJournal::write(Entries& entries) {
  while (true) {
    Status done = try_write(entries);
    release(entries);
    if (done) return;
    log(LogLevel::kError, "usage records not written", {{"error", done.error().detail}});
    std::unique_lock lock(mutex_);
    // Where the disk is full replies come to their end all the same.
    release(waiting_);
    if (wake_.wait_for(lock, kRetry, [this] { return stopping_; })) return;
  }
}

void UsageJournal::release(Entries& entries) {
  for (Entry& entry : entries) {
    if (auto kept = std::exchange(entry.kept, nullptr)) kept();
  }
}

// A record whose id is there already was written before a crash, and its call repeated after it.
Status UsageJournal::try_write(const Entries& entries) {
  std::vector<std::string> ids;
  for (const Entry& entry : entries) ids.push_back(id_key(entry.id));
  auto there = run_blocking(kv_.get(modelstudio::usage_partition(), ids));
  if (!there) return std::unexpected(there.error());
  engines::Batch batch;
  modelstudio::UsageSums sums;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& entry = entries[i];
    if (!entry.id.empty() && (*there)[i]) continue;
    // Times of one width sort as text; what ends in the same millisecond is told apart at random.
    sums.add(entry.at, entry.label, entry.totals);
    std::string key = format_iso8601_millis(entry.at) + '/' + random_hex_upper(8);
    if (!entry.id.empty()) batch.put(ids[i], key);
    batch.put(std::move(key), entry.json);
  }
  if (Status summed = sums.write(kv_, batch); !summed) return summed;
  return run_blocking(kv_.commit(modelstudio::usage_partition(), batch));
}

}  // namespace lakeside::app
