#include "base/timer_loop.h"

#include <future>
#include <vector>

#include <gtest/gtest.h>

#include "base/slots.h"
#include "base/task.h"

namespace lakeside {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

Task<void> sleep_and_note(TimerLoop& loop, milliseconds time, int number, std::vector<int>& order) {
  co_await loop.sleep_for(time);
  order.push_back(number);
}

Task<void> take_and_note(Slots& slots, int number, std::vector<int>& order) {
  co_await slots.take();
  order.push_back(number);
}

// Runs `steps` on the loop and waits for the last of `count` coroutines that they start.
class Counted {
 public:
  explicit Counted(int count) : left_(count) {}
  auto one() {
    return [this] {
      if (--left_ == 0) done_.set_value();
    };
  }
  void wait() { done_.get_future().wait(); }

 private:
  int left_;
  std::promise<void> done_;
};

TEST(TimerLoop, WakesSleepersInTheOrderOfTheirTimes) {
  std::vector<int> order;
  Counted all(3);
  TimerLoop loop("test");
  loop.run([&] {
    start(sleep_and_note(loop, milliseconds(3), 3, order), all.one());
    start(sleep_and_note(loop, milliseconds(1), 1, order), all.one());
    start(sleep_and_note(loop, milliseconds(2), 2, order), all.one());
  });
  all.wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(TimerLoop, WakesEverybodyWhenAsked) {
  std::vector<int> order;
  Counted all(2);
  TimerLoop loop("test");
  loop.run([&] {
    start(sleep_and_note(loop, hours(2), 2, order), all.one());
    start(sleep_and_note(loop, hours(1), 1, order), all.one());
  });
  loop.run([&] { loop.wake_sleepers(); });
  all.wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(Slots, AreGivenInTheOrderOfAsking) {
  std::vector<int> order;
  Counted all(3);
  TimerLoop loop("test");
  Slots slots(1);
  loop.run([&] {
    for (int number : {1, 2, 3}) start(take_and_note(slots, number, order), all.one());
    EXPECT_EQ(order, (std::vector<int>{1}));
    slots.give();
    slots.give();
  });
  all.wait();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

}  // namespace
}  // namespace lakeside
