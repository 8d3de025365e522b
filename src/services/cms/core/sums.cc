#include "services/cms/core/sums.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

namespace lakeside::cms {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostSums = 100'000;
constexpr std::size_t kPerCommit = 1'000;
constexpr std::string_view kCalls = "call/";
constexpr std::string_view kStored = "stored/";
constexpr std::size_t kHourText = 13;  // "2026-11-22T04"

std::string hour_key(std::string_view family, Time hour) {
  return std::string(family) + format_iso8601_millis(hour).substr(0, kHourText) + '/';
}

std::string key_of(const HourLabel& at) {
  const Label& label = at.second;
  std::string key = hour_key(kCalls, at.first) + label.account_id + '/' + label.service + '/' +
                    label.resource + '/' + label.access_key_id;
  if (!label.caller_id.empty()) key += '/' + label.caller_id;
  return key;
}

std::string_view take(std::string_view& rest) {
  std::string_view part = rest.substr(0, rest.find('/'));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

// Of the key's part behind the family; takes it away.
std::optional<Time> take_hour(std::string_view& key) {
  return parse_iso8601(std::string(take(key)) + ":00:00Z");
}

std::uint64_t number(const Json& json, const char* name) {
  auto found = json.find(name);
  return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::string to_value(const Counts& counts) {
  return Json{{"reads", counts.reads},
              {"writes", counts.writes},
              {"failed", counts.failed},
              {"received", counts.received},
              {"sent", counts.sent}}
      .dump();
}

std::optional<Counts> counts_of(std::string_view value) {
  Json json = Json::parse(value, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return Counts{number(json, "reads"), number(json, "writes"), number(json, "failed"),
                number(json, "received"), number(json, "sent")};
}

std::unexpected<Error> corrupt(std::string_view key) {
  return fail(ErrorCode::kCorrupt, "the sum " + std::string(key) + " cannot be read");
}

Time floor_to(Time time, std::chrono::seconds width) {
  return Time(time.time_since_epoch() - time.time_since_epoch() % width);
}

bool is_one_of(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

// Calls `see(hour, rest of the key, value)` for each record of a family in the query's time; it
// says what is wrong, or nothing.
using See = std::function<std::optional<Error>(Time, std::string_view, std::string_view)>;
Task<Status> each(engines::Kv& kv, std::string_view family, const SumsQuery& query,
                  const See& see) {
  std::optional<Error> wrong;
  const std::string from = hour_key(family, query.from);
  const engines::ScanVisitor visit = [&](std::string_view key, std::string_view value) {
    if (!key.starts_with(family)) return engines::ScanStep::stop();
    std::string_view rest = key.substr(family.size());
    auto hour = take_hour(rest);
    if (hour && *hour >= query.to) return engines::ScanStep::stop();
    wrong = hour ? see(*hour, rest, value) : std::optional(corrupt(key).error());
    return wrong ? engines::ScanStep::stop() : engines::ScanStep::next();
  };
  Status scanned = co_await kv.scan(metering_partition(), from, visit);
  if (!scanned) co_return scanned;
  if (wrong) co_return std::unexpected(std::move(*wrong));
  co_return Status{};
}

// The first keys of a family that lie before `end`.
Task<Status> find_older(engines::Kv& kv, std::string_view family, const std::string& end,
                        std::vector<std::string>& found) {
  const std::string from(family);
  const engines::ScanVisitor visit = [&](std::string_view key, std::string_view) {
    if (!key.starts_with(family) || key >= end || found.size() >= kPerCommit) {
      return engines::ScanStep::stop();
    }
    found.emplace_back(key);
    return engines::ScanStep::next();
  };
  co_return co_await kv.scan(metering_partition(), from, visit);
}

}  // namespace

const engines::Partition& metering_partition() {
  static const engines::Partition partition{"cms.metering"};
  return partition;
}

Counts& Counts::operator+=(const Counts& other) {
  reads += other.reads;
  writes += other.writes;
  failed += other.failed;
  received += other.received;
  sent += other.sent;
  return *this;
}

Task<Status> add_counts(engines::Kv& kv, const std::map<HourLabel, Counts>& counts) {
  // One commit, so that a failure leaves nothing half added.
  std::vector<std::string> keys;
  for (const auto& [at, added] : counts) keys.push_back(key_of(at));
  auto there = co_await kv.get(metering_partition(), keys);
  if (!there) co_return std::unexpected(std::move(there.error()));
  engines::Batch batch;
  for (std::size_t i = 0; const auto& [at, added] : counts) {
    Counts sum = added;
    if (const auto& old = (*there)[i]) {
      auto before = counts_of(*old);
      if (!before) co_return corrupt(keys[i]);
      sum += *before;
    }
    batch.put(std::move(keys[i++]), to_value(sum));
  }
  co_return co_await kv.commit(metering_partition(), batch);
}

Task<Status> put_stored(engines::Kv& kv, Time hour, const std::vector<Stored>& stored) {
  engines::Batch batch;
  const std::string prefix = hour_key(kStored, hour);
  for (const Stored& one : stored) {
    batch.put(prefix + one.account_id + '/' + one.bucket,
              Json{{"bytes", one.bytes}, {"objects", one.objects}}.dump());
  }
  co_return co_await kv.commit(metering_partition(), batch);
}

Task<Result<std::size_t>> remove_older(engines::Kv& kv, Time hour) {
  std::vector<std::string> found;
  for (std::string_view family : {kCalls, kStored}) {
    const std::string end = hour_key(family, hour);
    Status looked = co_await find_older(kv, family, end, found);
    if (!looked) co_return std::unexpected(std::move(looked.error()));
  }
  if (found.empty()) co_return 0;
  engines::Batch batch;
  for (const std::string& key : found) batch.remove(key);
  Status removed = co_await kv.commit(metering_partition(), batch);
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  co_return found.size();
}

Task<Result<Sums>> read_counts(engines::Kv& kv, const SumsQuery& query) {
  Sums sums;
  const See see = [&](Time hour, std::string_view rest,
                      std::string_view value) -> std::optional<Error> {
    Label label{std::string(take(rest)), std::string(take(rest)), std::string(take(rest)),
                std::string(take(rest)), std::string(rest)};
    if (label.account_id != query.account_id ||
        (!query.service.empty() && label.service != query.service) ||
        !is_one_of(query.resources, label.resource) ||
        !is_one_of(query.access_key_ids, label.access_key_id) ||
        !is_one_of(query.caller_ids, label.caller_id)) {
      return std::nullopt;
    }
    auto counts = counts_of(value);
    if (!counts) return corrupt(rest).error();
    if (!query.by_service) label.service.clear();
    if (!query.by_resource) label.resource.clear();
    if (!query.by_key) {
      label.access_key_id.clear();
      label.caller_id.clear();
    }
    sums[{floor_to(hour, query.width), std::move(label)}] += *counts;
    if (sums.size() > kMostSums) return Error{ErrorCode::kTooLarge, "too many sums"};
    return std::nullopt;
  };
  Status read = co_await each(kv, kCalls, query, see);
  if (!read) co_return std::unexpected(std::move(read.error()));
  co_return std::move(sums);
}

Task<Result<StoredSums>> read_stored(engines::Kv& kv, const SumsQuery& query) {
  StoredSums sums;
  const See see = [&](Time hour, std::string_view rest,
                      std::string_view value) -> std::optional<Error> {
    Stored stored{std::string(take(rest)), std::string(rest)};
    if (stored.account_id != query.account_id || !is_one_of(query.resources, stored.bucket)) {
      return std::nullopt;
    }
    Json json = Json::parse(value, nullptr, false);
    if (!json.is_object()) return corrupt(rest).error();
    stored.bytes = number(json, "bytes");
    stored.objects = number(json, "objects");
    std::string bucket = stored.bucket;
    sums[{floor_to(hour, query.width), std::move(bucket)}] = std::move(stored);
    if (sums.size() > kMostSums) return Error{ErrorCode::kTooLarge, "too many sums"};
    return std::nullopt;
  };
  Status read = co_await each(kv, kStored, query, see);
  if (!read) co_return std::unexpected(std::move(read.error()));
  co_return std::move(sums);
}

}  // namespace lakeside::cms
