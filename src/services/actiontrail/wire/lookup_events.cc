// LookupEvents: the events of the caller's account, newest first unless it is told otherwise.
#include <charconv>
#include <limits>

#include "base/encoding.h"
#include "services/actiontrail/core/event.h"
#include "services/actiontrail/wire/operation.h"

namespace lakeside::actiontrail::wire {
namespace {

constexpr std::chrono::hours kDefaultRange{7 * 24};
constexpr std::size_t kMostAttributes = 8;

Place place_of(Time time) { return time.time_since_epoch().count(); }

Read<Time> read_time(const Parameters& in, std::string_view name, Time otherwise) {
  std::string_view text = in.get(name);
  if (text.empty()) return otherwise;
  auto time = parse_iso8601(text);
  if (time) return *time;
  return std::unexpected(Fault{400, "InvalidParameter" + std::string(name),
                               "The specified " + std::string(name) + " is invalid."});
}

Read<Query> read_attributes(const Parameters& in, Query query) {
  for (std::size_t i = 1; i <= kMostAttributes + 1; ++i) {
    const std::string name = "LookupAttribute." + std::to_string(i);
    std::string_view key = in.get(name + ".Key");
    std::string_view value = in.get(name + ".Value");
    if (key.empty() && value.empty()) break;
    if (i > kMostAttributes) {
      return std::unexpected(
          invalid_query(rpc::invalid_parameter("LookupAttribute", "at most 8 conditions")));
    }
    if (!is_attribute(key)) {
      return std::unexpected(invalid_query(
          rpc::invalid_parameter(name + ".Key",
                                 "EventId, EventName, EventRW, EventType, ServiceName, User, "
                                 "EventAccessKeyId, ResourceType or ResourceName")));
    }
    query.attributes.emplace_back(key, value);
  }
  return query;
}

// The place where the page before it ended.
Read<Query> read_token(const Parameters& in, Query query) {
  std::string_view token = in.get("NextToken");
  if (token.empty()) return query;
  auto place = parse_uint(token);
  if (!place || *place > static_cast<std::uint64_t>(std::numeric_limits<Place>::max())) {
    return std::unexpected(
        invalid_query(rpc::invalid_parameter("NextToken", "one that LookupEvents gave")));
  }
  auto at = static_cast<Place>(*place);
  if (query.newest_first) {
    query.to = std::min(query.to, at);
  } else {
    query.from = std::max(query.from, at);
  }
  return query;
}

}  // namespace

Task<Answer> lookup_events(Environment& env, const Invocation& in) {
  auto start = read_time(in.parameters, "StartTime", in.now - kDefaultRange);
  if (!start) co_return std::unexpected(std::move(start.error()));
  auto end = read_time(in.parameters, "EndTime", in.now);
  if (!end) co_return std::unexpected(std::move(end.error()));
  if (*end < *start) {
    co_return std::unexpected(Fault{400, "InvalidParameterCombination",
                                    "The end time must be later than the start time."});
  }
  auto direction = in.parameters.one_of("Direction", {"BACKWARD", "FORWARD"});
  if (!direction) co_return std::unexpected(invalid_query(direction.error()));
  auto most = in.parameters.number("MaxResults", 20, {0, 50});
  if (!most) co_return std::unexpected(invalid_query(most.error()));

  Query query;
  query.from = place_of(*start);
  // The times are whole seconds, and the last belongs to the range.
  query.to = place_of(*end) + (in.parameters.get("EndTime").empty() ? 1 : 1'000'000);
  query.newest_first = *direction == "BACKWARD";
  query.most = *most == 0 ? 20 : static_cast<std::size_t>(*most);
  auto with_attributes = read_attributes(in.parameters, std::move(query));
  if (!with_attributes) co_return std::unexpected(std::move(with_attributes.error()));
  auto whole = read_token(in.parameters, std::move(*with_attributes));
  if (!whole) co_return std::unexpected(std::move(whole.error()));

  co_await env.journal.kept();
  auto page = co_await env.journal.find(in.caller().account_id, *whole);
  if (!page) co_return std::unexpected(rpc::internal_error(page.error()));
  Value value;
  value["StartTime"] = event_time(*start);
  value["EndTime"] = event_time(*end);
  value["Events"] = Value::array();
  for (const Found& event : page->events) {
    Value json = Value::parse(event.json, nullptr, false);
    if (!json.is_discarded()) value["Events"].push_back(std::move(json));
  }
  if (page->more) value["NextToken"] = std::to_string(page->next);
  co_return value;
}

}  // namespace lakeside::actiontrail::wire
