// The thread that tidies up behind the services: removed blobs, orphans of a crash, scrubbing, what
// has expired, events for the buckets of trails, sums of the meters, when keys
// were used.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"

namespace lakeside::app {

// One kind of work, in bounded pieces.
struct Chore {
  std::string name;            // of its metric
  std::chrono::seconds first;  // after the start
  std::chrono::seconds rest;   // between two times
  // How many things were done.
  std::function<Task<Result<std::size_t>>()> work;
  bool at_once = true;  // again, while there was something to do
};

class Housekeeping {
 public:
  Housekeeping(std::vector<Chore> chores, Metrics& metrics);
  ~Housekeeping();  // waits for the piece of work under way, which is bounded
  Housekeeping(const Housekeeping&) = delete;
  Housekeeping& operator=(const Housekeeping&) = delete;

 private:
  void run(Metrics& metrics);

  const std::vector<Chore> chores_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace lakeside::app
