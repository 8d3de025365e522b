// The cloud's own endpoints under /_lakeside/: health, metrics, reset.
#pragma once

#include <functional>
#include <memory>

#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "gateway/pipeline/service.h"

namespace lakeside::app {

struct AdminHooks {
  std::function<Task<Status>()> reset;  // removes all data
  bool allow_reset = false;
};

// Health is for anybody; metrics and reset are for the root key and for callers on this
// machine. Reset refuses browsers, so that no web page can empty a developer's cloud.
[[nodiscard]] std::unique_ptr<gateway::Service> make_admin_service(const Metrics& metrics,
                                                                   AdminHooks hooks);

}  // namespace lakeside::app
