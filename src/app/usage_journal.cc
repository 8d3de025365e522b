#include "app/usage_journal.h"

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

const engines::Partition& partition() {
  static const engines::Partition usage{"modelstudio.usage"};
  return usage;
}

std::string_view name_of(serving::UsageRecord::Kind kind) {
  switch (kind) {
    case serving::UsageRecord::Kind::kGenerate:
      return "generate";
    case serving::UsageRecord::Kind::kEmbed:
      return "embed";
    case serving::UsageRecord::Kind::kRank:
      return "rank";
  }
  return "";
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
      {"kind", name_of(record.kind)},
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

void UsageJournal::record(const serving::UsageRecord& record) {
  std::string json = to_json(record);
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() == kMostWaiting) return;
    waiting_.push_back(std::move(json));
  }
  wake_.notify_one();
}

void UsageJournal::run() {
  std::vector<std::string> taken;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      taken.swap(waiting_);
    }
    write(taken);
    taken.clear();
  }
}

void UsageJournal::write(const std::vector<std::string>& records) {
  engines::Batch batch;
  std::string prefix;
  for (const std::string& record : records) {
    // Times of one width sort as text; what ends in the same millisecond is told apart at random.
    prefix = record.substr(std::string_view(R"({"at":")").size(), 24);
    batch.put(prefix + '/' + random_hex_upper(8), record);
  }
  while (true) {
    Status done = run_blocking(kv_.commit(partition(), batch));
    if (done) return;
    log(LogLevel::kError, "usage records not written", {{"error", done.error().detail}});
    std::unique_lock lock(mutex_);
    if (wake_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; })) return;
  }
}

}  // namespace lakeside::app
