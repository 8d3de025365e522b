// help.aliyun.com, document 98846: DescribeMetricMetaList, which metrics there are.
#include "services/cms/wire/metrics.h"
#include "services/cms/wire/operation.h"

namespace lakeside::cms::wire {

Task<Answer> describe_metric_meta_list(Environment&, const Invocation& in) {
  auto number = in.parameters.number("PageNumber", 1, {1, 1'000'000});
  if (!number) co_return std::unexpected(std::move(number.error()));
  auto size = in.parameters.number("PageSize", 30, {1, 10'000});
  if (!size) co_return std::unexpected(std::move(size.error()));
  if (!in.parameters.get("Labels").empty()) {
    co_return std::unexpected(parameter_invalid("metrics have no Labels here."));
  }
  std::string_view name_space = in.parameters.get("Namespace");
  std::string_view name = in.parameters.get("MetricName");
  Value found = Value::array();
  for (const Metric& metric : metrics()) {
    if (!name_space.empty() && metric.name_space != name_space) continue;
    if (!name.empty() && metric.name != name) continue;
    found.push_back({{"Namespace", metric.name_space},
                     {"MetricName", metric.name},
                     {"Description", metric.description},
                     {"Unit", metric.unit},
                     {"Periods", "3600,86400"},
                     {"Dimensions", find_namespace(metric.name_space)->dimensions},
                     {"Statistics", "Value"},
                     {"Labels", "[]"}});
  }
  Value page = Value::array();
  for (std::uint64_t i = (*number - 1) * *size; i < found.size() && page.size() < *size; ++i) {
    page.push_back(found[i]);
  }
  Value answer = success();
  answer["TotalCount"] = std::to_string(found.size());
  answer["Resources"]["Resource"] = std::move(page);
  co_return answer;
}

}  // namespace lakeside::cms::wire
