// The thread that tidies up behind the services: removed blobs, orphans of a crash, scrubbing, what
// has expired, events for the buckets of trails.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "app/models.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "services/kms/core/store.h"
#include "services/oss/core/object_store.h"

namespace lakeside::app {

class Housekeeping {
 public:
  // `deliver` brings events to the buckets of trails; how many.
  Housekeeping(oss::ObjectStore& store, Models& models, kms::Store& secrets,
               std::function<Task<Result<std::size_t>>()> deliver, const Clock& clock,
               Metrics& metrics);
  ~Housekeeping();  // waits for the piece of work under way, which is bounded
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

 private:
  void run(Metrics& metrics);

  oss::ObjectStore& store_;
  Models& models_;
  kms::Store& secrets_;
  const std::function<Task<Result<std::size_t>>()> deliver_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace lakeside::app
