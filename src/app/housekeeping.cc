#include "app/housekeeping.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>

#include "base/log.h"

namespace lakeside::app {
namespace {

using Steady = std::chrono::steady_clock;

// One kind of work: done again at once while there is more of it, else after `rest`.
struct Chore {
  std::string_view name;
  std::chrono::seconds rest;
  std::function<Task<Result<std::size_t>>()> work;
  Counter* done;
  Steady::time_point due;
};

// Work must not come in bursts that take the disk from requests.
constexpr std::chrono::milliseconds kBetween{50};

}  // namespace

Housekeeping::Housekeeping(oss::ObjectStore& store, Models& models, kms::Store& secrets,
                           std::function<Task<Result<std::size_t>>()> deliver, const Clock& clock,
                           Metrics& metrics)
    : store_(store),
      models_(models),
      secrets_(secrets),
      deliver_(std::move(deliver)),
      clock_(clock),
      thread_([this, &metrics] { run(metrics); }) {}

Housekeeping::~Housekeeping() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Housekeeping::run(Metrics& metrics) {
  auto counter = [&metrics](const char* chore) {
    return &metrics.counter("lakeside_housekeeping_total", "Things dealt with in the background.",
                            "chore=\"" + std::string(chore) + "\"");
  };
  const auto start = Steady::now();
  std::array<Chore, 6> chores = {{
      {"garbage", std::chrono::seconds(5), [this] { return store_.collect_garbage(); },
       counter("garbage"), start + std::chrono::seconds(5)},
      {"orphans", std::chrono::hours(1), [this] { return store_.collect_orphans(); },
       counter("orphans"), start + std::chrono::seconds(10)},
      {"scrub", std::chrono::seconds(60), [this] { return store_.scrub(); }, counter("scrub"),
       start + std::chrono::seconds(60)},
      {"expired", std::chrono::hours(1), [this] { return models_.remove_expired(); },
       counter("expired"), start + std::chrono::seconds(20)},
      {"kms", std::chrono::seconds(60), [this] { return secrets_.do_what_is_due(clock_.now()); },
       counter("kms"), start + std::chrono::seconds(2)},
      {"trails", std::chrono::seconds(60), [this] { return deliver_(); }, counter("trails"),
       start + std::chrono::seconds(30)},
  }};
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    Chore& next = *std::ranges::min_element(chores, {}, &Chore::due);
    if (wake_.wait_until(lock, next.due, [this] { return stopping_; })) return;
    lock.unlock();
    auto done = run_blocking(next.work());
    if (done) {
      next.done->add(*done);
    } else {
      log(LogLevel::kWarn, "housekeeping failed",
          {{"chore", std::string(next.name)}, {"why", done.error().detail}});
    }
    bool again = done && *done > 0 && next.name != "scrub";
    next.due = Steady::now() + (again ? kBetween : std::chrono::milliseconds(next.rest));
    lock.lock();
  }
}

}  // namespace lakeside::app
