// help.aliyun.com, document 114916: DescribeProjectMeta, which namespaces there are.
#include "services/cms/wire/metrics.h"
#include "services/cms/wire/operation.h"

namespace lakeside::cms::wire {

Task<Answer> describe_project_meta(Environment&, const Invocation& in) {
  auto number = in.parameters.number("PageNumber", 1, {1, 1'000'000});
  if (!number) co_return std::unexpected(std::move(number.error()));
  auto size = in.parameters.number("PageSize", 30, {1, 10'000});
  if (!size) co_return std::unexpected(std::move(size.error()));
  if (!in.parameters.get("Labels").empty()) {
    co_return std::unexpected(parameter_invalid("namespaces have no Labels here."));
  }
  Value page = Value::array();
  for (std::uint64_t i = (*number - 1) * *size; i < namespaces().size() && page.size() < *size;
       ++i) {
    const Namespace& one = namespaces()[i];
    page.push_back({{"Namespace", one.name}, {"Description", one.description}, {"Labels", "[]"}});
  }
  Value answer = success();
  answer["Total"] = std::to_string(namespaces().size());
  answer["PageNumber"] = *number;
  answer["PageSize"] = *size;
  answer["Resources"]["Resource"] = std::move(page);
  co_return answer;
}

}  // namespace lakeside::cms::wire
