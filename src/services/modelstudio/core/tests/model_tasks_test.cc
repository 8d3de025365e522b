#include "services/modelstudio/core/model_tasks.h"

#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>

#include <gtest/gtest.h>

namespace lakeside::modelstudio {
namespace {

using State = ModelTask::State;

// Work that tells when it has begun and ends when it is let go, or stopped.
class Held {
 public:
  ModelWork work(Result<std::string> result = "model") {
    return [this, result](ModelTaskReport& report, const std::stop_token& stop) {
      report.moved(1, 4);
      std::unique_lock lock(mutex_);
      ++begun_;
      changed_.notify_all();
      changed_.wait(lock, stop, [this] { return open_; });
      discarded_ = report.discards();
      return stop.stop_requested() ? Result<std::string>(fail(ErrorCode::kUnavailable, "stopped"))
                                   : result;
    };
  }
  void await_begun(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return begun_ >= count; });
  }
  void let_go() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  int begun() {
    std::lock_guard lock(mutex_);
    return begun_;
  }
  bool discarded() {
    std::lock_guard lock(mutex_);
    return discarded_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool open_ = false;
  bool discarded_ = false;
  int begun_ = 0;
};

class ModelTasksTest : public testing::Test {
 public:
  // Tasks are taken in turn by one thread: when a later one has ended, all before it have.
  void await_earlier() {
    std::promise<void> turn;
    ASSERT_TRUE(tasks.start({.source = "last"}, [&](ModelTaskReport&, const std::stop_token&) {
      turn.set_value();
      return Result<std::string>("last");
    }));
    turn.get_future().wait();
  }
  ModelTask task(const std::string& id) { return tasks.find(id).value_or(ModelTask()); }

  Held held;  // outlives the work that it holds
  ModelTasks tasks{system_clock(), {.running = 1, .waiting = 2, .kept = 2}};
};

TEST_F(ModelTasksTest, ATaskSaysHowFarItIsAndHowItEnded) {
  auto begun = tasks.start({.source = "owner/repo", .created_by = "ann"}, held.work("tiny"));
  ASSERT_TRUE(begun);
  EXPECT_EQ(begun->state, State::kPending);
  held.await_begun(1);
  EXPECT_EQ(task(begun->id).state, State::kRunning);
  EXPECT_EQ(task(begun->id).done, 1U);
  EXPECT_EQ(task(begun->id).total, 4U);
  held.let_go();
  await_earlier();
  EXPECT_EQ(task(begun->id).state, State::kSucceeded);
  EXPECT_EQ(task(begun->id).model, "tiny");
  EXPECT_EQ(task(begun->id).created_by, "ann");
  EXPECT_EQ(task(begun->id).done, 4U);
}

TEST_F(ModelTasksTest, AFailureKeepsItsReason) {
  auto begun = tasks.start({.source = "x"}, held.work(fail(ErrorCode::kNotFound, "no such")));
  ASSERT_TRUE(begun);
  held.let_go();
  await_earlier();
  ASSERT_EQ(task(begun->id).state, State::kFailed);
  EXPECT_EQ(task(begun->id).error->detail, "no such");
}

TEST_F(ModelTasksTest, OneModelComesOnce) {
  ASSERT_TRUE(tasks.start({.source = "x", .model = "a"}, held.work()));
  EXPECT_TRUE(tasks.is_coming("a"));
  auto again = tasks.start({.source = "y", .model = "a"}, held.work());
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kGuardFailed);
  held.let_go();
  await_earlier();
  EXPECT_FALSE(tasks.is_coming("a"));
}

TEST_F(ModelTasksTest, HowManyMayWaitIsBounded) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(tasks.start({.source = "x"}, held.work()));
  auto more = tasks.start({.source = "x"}, held.work());
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kUnavailable);
  held.let_go();
}

TEST_F(ModelTasksTest, WhatRunsIsStopped) {
  auto begun = tasks.start({.source = "x"}, held.work());
  ASSERT_TRUE(begun);
  held.await_begun(1);
  ASSERT_TRUE(tasks.cancel(begun->id, true));
  await_earlier();
  EXPECT_EQ(task(begun->id).state, State::kCanceled);
  EXPECT_TRUE(held.discarded());
  EXPECT_EQ(tasks.cancel(begun->id, true).error().code, ErrorCode::kGuardFailed);
  EXPECT_EQ(tasks.cancel("none", true).error().code, ErrorCode::kNotFound);
}

TEST_F(ModelTasksTest, WhatWaitsNeverBegins) {
  ASSERT_TRUE(tasks.start({.source = "x"}, held.work()));
  held.await_begun(1);
  auto waits = tasks.start({.source = "y", .model = "y"}, held.work());
  ASSERT_TRUE(waits);
  EXPECT_EQ(tasks.cancel(waits->id, false)->state, State::kCanceled);
  EXPECT_FALSE(tasks.is_coming("y"));
  held.let_go();
  await_earlier();
  EXPECT_EQ(held.begun(), 1);
}

TEST_F(ModelTasksTest, OldOnesAreForgotten) {
  std::string first;
  for (int i = 0; i < 5; ++i) {
    auto begun = tasks.start({.source = "x"}, held.work());
    ASSERT_TRUE(begun);
    if (i == 0) first = begun->id;
    held.let_go();
    await_earlier();
  }
  EXPECT_LE(tasks.list().size(), 4U);
  EXPECT_FALSE(tasks.find(first));
  EXPECT_EQ(tasks.list().front().source, "last");
}

TEST(ModelTasksEnd, StopsWhatIsUnderWay) {
  Held held;
  auto tasks = std::make_unique<ModelTasks>(system_clock(), ModelTaskLimits{.running = 1});
  ASSERT_TRUE(tasks->start({.source = "x"}, held.work()));
  ASSERT_TRUE(tasks->start({.source = "y"}, held.work()));
  held.await_begun(1);
  tasks.reset();
  EXPECT_EQ(held.begun(), 1);
  EXPECT_FALSE(held.discarded());
}

}  // namespace
}  // namespace lakeside::modelstudio
