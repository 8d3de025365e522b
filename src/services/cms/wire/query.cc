#include "services/cms/wire/query.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/encoding.h"

namespace lakeside::cms::wire {
namespace {

using std::chrono::seconds;

constexpr std::chrono::days kMostDays{400};
constexpr std::size_t kMostDimensions = 100;
constexpr std::size_t kLongestDimensions = 16 << 10;
constexpr std::uint64_t kLatest = 253'402'300'799'000;  // the year 9999, in milliseconds

Time floor_to(Time time, seconds width) {
  return Time(time.time_since_epoch() - time.time_since_epoch() % width);
}

// Milliseconds since 1970, 2026-11-22T04:00:00Z or 2026-11-22 04:00:00: all three are in the
// vendor's examples; the last is read as UTC.
Read<std::optional<Time>> read_time(const Parameters& in, std::string_view name) {
  std::string text(in.get(name));
  if (text.empty()) return std::nullopt;
  if (auto millis = parse_uint(text); millis && *millis <= kLatest) {
    return Time(std::chrono::milliseconds(*millis));
  }
  if (text.size() == 19 && text[10] == ' ') {
    text[10] = 'T';
    text += 'Z';
  }
  if (auto time = parse_iso8601(text)) return time;
  return std::unexpected(parameter_invalid(std::string(name) + " is milliseconds since 1970, or "
                                                               "YYYY-MM-DDThh:mm:ssZ."));
}

Read<seconds> read_period(const Parameters& in, std::string& period) {
  period = in.get("Period");
  if (period.empty()) period = "3600";
  if (period == "3600") return seconds(3600);
  if (period == "86400") return seconds(86'400);
  return std::unexpected(parameter_invalid("Period is 3600 or 86400."));
}

// Where a dimension's values go; null: there is no such dimension. A userId is the caller's own
// whatever is said.
std::vector<std::string>* values_of(std::string_view name, MetricQuery& query) {
  const bool oss = query.name_space->name == kOssNamespace;
  if (oss && name == "BucketName") return &query.sums.resources;
  if (!oss && name == "resource") return &query.sums.resources;
  if (!oss && name == "accessKeyId") return &query.sums.access_key_ids;
  // What is stored is nobody's, and keys of models are theirs who have them.
  const bool of_calls = !is_stored(query.metric->quantity) && !is_of_models(query.metric->quantity);
  if (!oss && of_calls && name == "callerId") return &query.sums.caller_ids;
  return nullptr;
}

std::optional<Fault> read_dimension(std::string_view name, const Value& value, MetricQuery& query) {
  if (!value.is_string()) return parameter_invalid("Dimensions have texts as values.");
  if (name == "userId" || name == "region" || name == "storageType") return std::nullopt;
  if (name == "service" && query.name_space->name == kOwnNamespace) {
    if (!query.sums.service.empty() && query.sums.service != value) {
      return parameter_invalid("Dimensions name one service at a time.");
    }
    query.sums.service = value;
    return std::nullopt;
  }
  std::vector<std::string>* values = values_of(name, query);
  if (values == nullptr) {
    return parameter_invalid("this metric has the dimensions " +
                             std::string(query.name_space->dimensions) + ".");
  }
  values->push_back(value);
  return std::nullopt;
}

// {"BucketName":"a"}, or a list of such.
std::optional<Fault> read_dimensions(const Parameters& in, MetricQuery& query) {
  std::string_view text = in.get("Dimensions");
  if (text.empty()) return std::nullopt;
  if (text.size() > kLongestDimensions) return parameter_invalid("Dimensions are too long.");
  Value json = Value::parse(text, nullptr, false);
  if (json.is_object()) json = Value::array({json});
  if (!json.is_array() || json.size() > kMostDimensions) {
    return parameter_invalid(R"(Dimensions are JSON such as [{"BucketName":"photos"}].)");
  }
  for (const Value& one : json) {
    if (!one.is_object()) return parameter_invalid("Dimensions are a list of objects.");
    for (const auto& [name, value] : one.items()) {
      if (auto fault = read_dimension(name, value, query)) return fault;
    }
  }
  return std::nullopt;
}

// "(StartTime, EndTime]": a sum is at its hour's beginning.
std::optional<Fault> read_range(const Invocation& in, std::chrono::hours reach, SumsQuery& sums) {
  auto start = read_time(in.parameters, "StartTime");
  if (!start) return start.error();
  auto end = read_time(in.parameters, "EndTime");
  if (!end) return end.error();
  const Time last = end->value_or(in.now);
  const Time first = start->value_or(last - reach);
  if (first >= last) return parameter_invalid("StartTime lies before EndTime.");
  if (last - first > kMostDays) return parameter_invalid("there are at most 400 days at once.");
  sums.from = floor_to(first, sums.width) + sums.width;
  sums.to = floor_to(last, sums.width) + sums.width;
  return std::nullopt;
}

}  // namespace

Read<MetricQuery> read_query(const Invocation& in, std::chrono::hours reach) {
  MetricQuery query;
  auto name_space = in.parameters.required("Namespace");
  if (!name_space) return std::unexpected(std::move(name_space.error()));
  query.name_space = find_namespace(*name_space);
  if (query.name_space == nullptr) return std::unexpected(resource_not_found(*name_space));
  auto metric = in.parameters.required("MetricName");
  if (!metric) return std::unexpected(std::move(metric.error()));
  query.metric = find_metric(*name_space, *metric);
  if (query.metric == nullptr) return std::unexpected(resource_not_found(*metric));

  auto width = read_period(in.parameters, query.period);
  if (!width) return std::unexpected(std::move(width.error()));
  const bool own = query.name_space->name == kOwnNamespace;
  query.sums = {.account_id = in.caller().account_id,
                .service = std::string(query.name_space->service),
                .by_service = own,
                .by_resource = true,
                .by_key = own,
                .width = *width};
  if (auto fault = read_range(in, reach, query.sums)) return std::unexpected(std::move(*fault));
  if (auto fault = read_dimensions(in.parameters, query)) return std::unexpected(std::move(*fault));
  return query;
}

bool asks_for_own(const Invocation& in) {
  const std::string& id = in.caller().id;
  if (id.empty()) return false;
  auto query = read_query(in, std::chrono::hours(1));
  return query && !query->sums.caller_ids.empty() &&
         std::ranges::all_of(query->sums.caller_ids, [&](const auto& one) { return one == id; });
}

}  // namespace lakeside::cms::wire
