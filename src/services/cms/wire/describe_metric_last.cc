// help.aliyun.com, document 51939: DescribeMetricLast, the newest value of each.
#include <map>
#include <string>

#include "services/cms/wire/datapoints.h"

namespace lakeside::cms::wire {

Task<Answer> describe_metric_last(Environment& env, const Invocation& in) {
  auto query = read_query(in, std::chrono::hours(24));
  if (!query) co_return std::unexpected(std::move(query.error()));
  auto points = co_await datapoints(env, *query);
  if (!points) co_return std::unexpected(std::move(points.error()));
  std::map<std::string, Value> last;  // by the dimensions
  for (Value& point : *points) {
    Value dimensions = point;
    dimensions.erase("timestamp");
    dimensions.erase("Value");
    last[dimensions.dump()] = std::move(point);
  }
  Value all = Value::array();
  for (auto& [dimensions, point] : last) all.push_back(std::move(point));
  Value answer = success();
  answer["Period"] = query->period;
  answer["Datapoints"] = all.dump();
  co_return answer;
}

}  // namespace lakeside::cms::wire
