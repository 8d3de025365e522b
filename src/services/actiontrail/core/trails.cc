#include "services/actiontrail/core/trails.h"

#include <nlohmann/json.hpp>

namespace lakeside::actiontrail {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kTrails = "t/";
constexpr std::string_view kProgress = "d/";

engines::Partition partition(const std::string& account) { return {"actiontrail." + account}; }
std::string trail_key(const std::string& name) { return std::string(kTrails) + name; }
std::string progress_key(const std::string& name) { return std::string(kProgress) + name; }

std::int64_t number_of(Time time) { return time.time_since_epoch().count(); }
Time time_of(std::int64_t number) { return Time(std::chrono::microseconds(number)); }

std::optional<Time> optional_time(const Json& json, const char* name) {
  if (!json.contains(name)) return std::nullopt;
  return time_of(json.at(name).get<std::int64_t>());
}

std::string encode(const Trail& trail) {
  Json json = {{"v", 1},
               {"name", trail.name},
               {"bucket", trail.bucket},
               {"prefix", trail.prefix},
               {"role_arn", trail.role_arn},
               {"event_rw", trail.event_rw},
               {"region", trail.region},
               {"logging", trail.logging},
               {"created", number_of(trail.created)},
               {"updated", number_of(trail.updated)}};
  if (trail.started) json["started"] = number_of(*trail.started);
  if (trail.stopped) json["stopped"] = number_of(*trail.stopped);
  return json.dump();
}

Result<Trail> decode_trail(const std::string& text) {
  try {
    const Json json = Json::parse(text);
    if (json.at("v") != 1) return fail(ErrorCode::kUnsupported, "a trail of a later version");
    Trail trail;
    trail.name = json.at("name").get<std::string>();
    trail.bucket = json.at("bucket").get<std::string>();
    trail.prefix = json.at("prefix").get<std::string>();
    trail.role_arn = json.at("role_arn").get<std::string>();
    trail.event_rw = json.at("event_rw").get<std::string>();
    trail.region = json.at("region").get<std::string>();
    trail.logging = json.at("logging").get<bool>();
    trail.created = time_of(json.at("created").get<std::int64_t>());
    trail.updated = time_of(json.at("updated").get<std::int64_t>());
    trail.started = optional_time(json, "started");
    trail.stopped = optional_time(json, "stopped");
    trail.stored = text;
    return trail;
  } catch (const Json::exception&) {
    return fail(ErrorCode::kCorrupt, "a trail's record is damaged");
  }
}

}  // namespace

Task<Result<std::vector<Trail>>> TrailStore::list(const std::string& account) const {
  std::vector<Trail> trails;
  Status read;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(kTrails)) return engines::ScanStep::stop();
    auto trail = decode_trail(std::string(value));
    if (!trail) {
      read = std::unexpected(trail.error());
      return engines::ScanStep::stop();
    }
    trails.push_back(std::move(*trail));
    return engines::ScanStep::next();
  };
  const engines::Partition where = partition(account);
  Status scanned = co_await kv_.scan(where, kTrails, visitor);
  if (!scanned) co_return std::unexpected(scanned.error());
  if (!read) co_return std::unexpected(read.error());
  co_return trails;
}

Task<Result<std::optional<Trail>>> TrailStore::find(const std::string& account,
                                                    const std::string& name) const {
  const engines::Partition where = partition(account);
  std::string key = trail_key(name);
  auto text = co_await engines::get_one(kv_, where, std::move(key));
  if (!text) co_return std::unexpected(text.error());
  if (!*text) co_return std::optional<Trail>();
  auto trail = decode_trail(**text);
  if (!trail) co_return std::unexpected(trail.error());
  co_return std::optional<Trail>(std::move(*trail));
}

Task<Status> TrailStore::put(const std::string& account, const Trail& trail) {
  const std::string key = trail_key(trail.name);
  engines::Batch batch;
  if (trail.stored) {
    batch.require(key, *trail.stored);
  } else {
    batch.require_absent(key);
  }
  batch.put(key, encode(trail));
  const engines::Partition where = partition(account);
  co_return co_await kv_.commit(where, batch);
}

Task<Status> TrailStore::remove(const std::string& account, const std::string& name) {
  engines::Batch batch;
  batch.remove(trail_key(name));
  batch.remove(progress_key(name));
  const engines::Partition where = partition(account);
  co_return co_await kv_.commit(where, batch);
}

Task<Result<Progress>> TrailStore::progress(const std::string& account,
                                            const std::string& name) const {
  const engines::Partition where = partition(account);
  std::string key = progress_key(name);
  auto text = co_await engines::get_one(kv_, where, std::move(key));
  if (!text) co_return std::unexpected(text.error());
  Progress progress;
  if (!*text) co_return progress;
  try {
    const Json json = Json::parse(**text);
    progress.delivered = json.at("delivered").get<Place>();
    progress.latest = optional_time(json, "latest");
    progress.error = json.at("error").get<std::string>();
  } catch (const Json::exception&) {
    co_return fail(ErrorCode::kCorrupt, "the record of a trail's progress is damaged");
  }
  co_return progress;
}

Task<Status> TrailStore::put_progress(const std::string& account, const std::string& name,
                                      const Progress& progress) {
  Json json = {{"v", 1}, {"delivered", progress.delivered}, {"error", progress.error}};
  if (progress.latest) json["latest"] = number_of(*progress.latest);
  engines::Batch batch;
  batch.put(progress_key(name), json.dump());
  const engines::Partition where = partition(account);
  co_return co_await kv_.commit(where, batch);
}

}  // namespace lakeside::actiontrail
