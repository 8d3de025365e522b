#include "services/cms/core/meter.h"

#include <atomic>
#include <utility>

namespace lakeside::cms {
namespace {

// Of a shard. Who makes up keys and names cannot fill the memory: they are counted without.
constexpr std::size_t kMostEntries = 10'000;
constexpr std::size_t kPerWrite = 5'000;

std::size_t shard_of_thread(std::size_t shards) {
  static std::atomic<std::size_t> threads{0};
  thread_local const std::size_t mine = threads.fetch_add(1, std::memory_order_relaxed);
  return mine % shards;
}

Time hour_of(Time at) {
  const Time hour(at.time_since_epoch() - at.time_since_epoch() % kHour);
  return hour;
}

bool is_of(const Label& label, const MeteredCall& call) {
  return label.account_id == call.account_id && label.service == call.service &&
         label.resource == call.resource && label.access_key_id == call.access_key_id &&
         label.caller_id == call.caller_id;
}

void make_key(std::string& key, Time hour, const MeteredCall& call) {
  const auto hours =
      std::chrono::duration_cast<std::chrono::hours>(hour.time_since_epoch()).count();
  key.assign(reinterpret_cast<const char*>(&hours), sizeof hours);
  for (std::string_view part :
       {call.account_id, call.service, call.resource, call.access_key_id, call.caller_id}) {
    key.append(part).push_back('/');
  }
}

}  // namespace

void Meter::record(const MeteredCall& call) {
  const Counts counts{.reads = call.write ? 0U : 1U,
                      .writes = call.write ? 1U : 0U,
                      .failed = call.failed ? 1U : 0U,
                      .received = call.received,
                      .sent = call.sent};
  const Time hour = hour_of(call.at);
  Shard& shard = shards_[shard_of_thread(kShards)];
  std::lock_guard lock(shard.mutex);
  if (shard.last == nullptr || shard.last->hour != hour || !is_of(shard.last->label, call)) {
    shard.last = &entry_of(shard, hour, call);
  }
  shard.last->counts += counts;
}

Meter::Entry& Meter::entry_of(Shard& shard, Time hour, const MeteredCall& call) {
  thread_local std::string key;
  make_key(key, hour, call);
  auto found = shard.entries.find(std::string_view(key));
  if (found == shard.entries.end()) {
    MeteredCall counted = call;
    if (shard.entries.size() >= kMostEntries) {
      counted.resource = counted.access_key_id = counted.caller_id = {};
      make_key(key, hour, counted);
    }
    Label label{std::string(counted.account_id), std::string(counted.service),
                std::string(counted.resource), std::string(counted.access_key_id),
                std::string(counted.caller_id)};
    found = shard.entries.try_emplace(key, Entry{hour, std::move(label), {}}).first;
  }
  return found->second;
}

std::map<HourLabel, Counts> Meter::take() {
  std::map<HourLabel, Counts> all;
  for (Shard& shard : shards_) {
    decltype(shard.entries) entries;
    {
      std::lock_guard lock(shard.mutex);
      entries.swap(shard.entries);
      shard.last = nullptr;
    }
    for (auto& [key, entry] : entries) {
      all[{entry.hour, std::move(entry.label)}] += entry.counts;
    }
  }
  return all;
}

void Meter::forget() {
  for (Shard& shard : shards_) {
    std::lock_guard lock(shard.mutex);
    shard.entries.clear();
  }
}

Task<Result<std::size_t>> Meter::write() {
  auto turn = co_await queue_.turn();
  for (auto& [at, counts] : take()) unwritten_[at] += counts;
  std::size_t written = 0;
  while (!unwritten_.empty()) {
    std::map<HourLabel, Counts> piece;
    while (!unwritten_.empty() && piece.size() < kPerWrite) {
      piece.insert(unwritten_.extract(unwritten_.begin()));
    }
    Status added = co_await add_counts(kv_, piece);
    if (!added) {
      unwritten_.merge(piece);
      co_return std::unexpected(std::move(added.error()));
    }
    written += piece.size();
  }
  co_return written;
}

}  // namespace lakeside::cms
