#include "services/cms/wire/datapoints.h"

#include <chrono>
#include <utility>

namespace lakeside::cms::wire {
namespace {

std::uint64_t value_of(Quantity quantity, const Counts& counts) {
  switch (quantity) {
    case Quantity::kRequests:
      return counts.reads + counts.writes;
    case Quantity::kReads:
      return counts.reads;
    case Quantity::kWrites:
      return counts.writes;
    case Quantity::kFailed:
      return counts.failed;
    case Quantity::kReceived:
      return counts.received;
    case Quantity::kSent:
      return counts.sent;
    default:
      return 0;  // kept elsewhere
  }
}

std::uint64_t value_of(Quantity quantity, const TokenCounts& counts) {
  switch (quantity) {
    case Quantity::kModelRequests:
      return counts.requests;
    case Quantity::kPromptTokens:
      return counts.prompt;
    case Quantity::kCachedTokens:
      return counts.cached;
    case Quantity::kCompletionTokens:
      return counts.completion;
    default:
      return 0;
  }
}

Value point(const Environment& env, const MetricQuery& query, const HourLabel& at,
            std::uint64_t value) {
  Value json = {
      {"timestamp",
       std::chrono::duration_cast<std::chrono::milliseconds>(at.first.time_since_epoch()).count()},
      {"userId", query.sums.account_id}};
  if (query.name_space->name == kOssNamespace) {
    json["BucketName"] = at.second.resource;
    json["region"] = env.region;
    json["storageType"] = "Standard";
  } else {
    json["service"] = at.second.service;
    json["resource"] = at.second.resource;
    json["accessKeyId"] = at.second.access_key_id;
    json["callerId"] = at.second.caller_id;
  }
  json["Value"] = value;
  return json;
}

Fault storage_fault(const Error& error) {
  if (error.code != ErrorCode::kTooLarge) return rpc::internal_error(error);
  return {400, "206", "Query returned too many results: ask for less time, or name dimensions."};
}

Task<Read<std::vector<Value>>> stored(Environment& env, const MetricQuery& query) {
  auto sums = co_await read_stored(env.kv, query.sums);
  if (!sums) co_return std::unexpected(storage_fault(sums.error()));
  const bool bytes = query.metric->quantity == Quantity::kStoredBytes;
  std::vector<Value> points;
  for (const auto& [at, stored] : *sums) {
    const HourLabel label{at.first, {stored.account_id, "oss", stored.bucket, {}}};
    points.push_back(point(env, query, label, bytes ? stored.bytes : stored.objects));
  }
  co_return points;
}

Task<Read<std::vector<Value>>> of_models(Environment& env, const MetricQuery& query) {
  auto sums = co_await env.tokens.read(query.sums);
  if (!sums) co_return std::unexpected(storage_fault(sums.error()));
  std::vector<Value> points;
  for (const auto& [at, counts] : *sums) {
    points.push_back(point(env, query, at, value_of(query.metric->quantity, counts)));
  }
  co_return points;
}

}  // namespace

Task<Read<std::vector<Value>>> datapoints(Environment& env, const MetricQuery& query) {
  const Quantity quantity = query.metric->quantity;
  if (is_stored(quantity)) co_return co_await stored(env, query);
  if (is_of_models(quantity)) co_return co_await of_models(env, query);
  std::vector<Value> points;
  auto written = co_await env.meter.write();
  if (!written) co_return std::unexpected(storage_fault(written.error()));
  auto sums = co_await read_counts(env.kv, query.sums);
  if (!sums) co_return std::unexpected(storage_fault(sums.error()));
  for (const auto& [at, counts] : *sums) {
    // Calls on no bucket, such as ListBuckets, have no place in a bucket's metrics.
    if (query.name_space->name == kOssNamespace && at.second.resource.empty()) continue;
    points.push_back(point(env, query, at, value_of(quantity, counts)));
  }
  co_return points;
}

}  // namespace lakeside::cms::wire
