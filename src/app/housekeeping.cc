#include "app/housekeeping.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace lakeside::app {
namespace {

using Steady = std::chrono::steady_clock;

struct Planned {
  const Chore* chore;
  Counter* done;
  Steady::time_point due;
};

// Work must not come in bursts that take the disk from requests.
constexpr std::chrono::milliseconds kBetween{50};

}  // namespace

Housekeeping::Housekeeping(std::vector<Chore> chores, Metrics& metrics)
    : chores_(std::move(chores)), thread_([this, &metrics] { run(metrics); }) {}

Housekeeping::~Housekeeping() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Housekeeping::run(Metrics& metrics) {
  std::vector<Planned> plan;
  for (const Chore& chore : chores_) {
    Counter& done =
        metrics.counter("lakeside_housekeeping_total", "Things dealt with in the background.",
                        "chore=\"" + chore.name + "\"");
    plan.push_back({&chore, &done, Steady::now() + chore.first});
  }
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    Planned& next = *std::ranges::min_element(plan, {}, &Planned::due);
    if (wake_.wait_until(lock, next.due, [this] { return stopping_; })) return;
    lock.unlock();
    const Chore& chore = *next.chore;
    auto done = run_blocking(chore.work());
    if (done) {
      next.done->add(*done);
    } else {
      log(LogLevel::kWarn, "housekeeping failed",
          {{"chore", chore.name}, {"why", done.error().detail}});
    }
    bool again = done && *done > 0 && chore.at_once;
    next.due = Steady::now() + (again ? kBetween : std::chrono::milliseconds(chore.rest));
    lock.lock();
  }
}

}  // namespace lakeside::app
