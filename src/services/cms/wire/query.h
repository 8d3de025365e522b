// What DescribeMetricList and DescribeMetricLast are asked.
#pragma once

#include <string>

#include "services/cms/core/sums.h"
#include "services/cms/wire/metrics.h"
#include "services/cms/wire/operation.h"

namespace lakeside::cms::wire {

struct MetricQuery {
  const Namespace* name_space = nullptr;
  const Metric* metric = nullptr;
  std::string period;
  SumsQuery sums;
};

// Namespace, MetricName, Period, StartTime, EndTime and Dimensions; without times the last
// `reach`.
[[nodiscard]] Read<MetricQuery> read_query(const Invocation& in, std::chrono::hours reach);

// Whether all that is asked for is the caller's own: its callerId in the dimensions, and no other.
[[nodiscard]] bool asks_for_own(const Invocation& in);

}  // namespace lakeside::cms::wire
