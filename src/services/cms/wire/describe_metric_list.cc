// help.aliyun.com, document 51936: DescribeMetricList.
#include <algorithm>

#include "base/encoding.h"
#include "services/cms/wire/datapoints.h"

namespace lakeside::cms::wire {
namespace {

constexpr std::uint64_t kUsualLength = 1000;
constexpr std::uint64_t kMostLength = 1440;

}  // namespace

Task<Answer> describe_metric_list(Environment& env, const Invocation& in) {
  auto query = read_query(in, std::chrono::hours(24));
  if (!query) co_return std::unexpected(std::move(query.error()));
  auto length = in.parameters.number("Length", kUsualLength, {1, kMostLength});
  if (!length) co_return std::unexpected(std::move(length.error()));
  std::string_view token = in.parameters.get("NextToken");
  auto first = token.empty() ? std::optional<std::uint64_t>(0) : parse_uint(token);
  if (!first) {
    co_return std::unexpected(parameter_invalid("NextToken is not one that an answer named."));
  }
  auto points = co_await datapoints(env, *query);
  if (!points) co_return std::unexpected(std::move(points.error()));

  Value page = Value::array();
  const std::uint64_t end = std::min<std::uint64_t>(*first + *length, points->size());
  for (std::uint64_t i = *first; i < end; ++i) page.push_back(std::move((*points)[i]));
  Value answer = success();
  answer["Period"] = query->period;
  answer["Datapoints"] = page.dump();  // JSON in a text, as the vendor has it
  if (end < points->size()) answer["NextToken"] = std::to_string(end);
  co_return answer;
}

}  // namespace lakeside::cms::wire
