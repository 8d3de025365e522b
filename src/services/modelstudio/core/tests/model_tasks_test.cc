#include "services/modelstudio/core/model_tasks.h"

#include <condition_variable>
#include <future>
#include <mutex>
#include <utility>

#include <gtest/gtest.h>

#include "engines/memory/memory_kv.h"
#include "services/modelstudio/core/model_task_records.h"

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

// Processes that follow each other over the same records.
class ModelTasksRestart : public testing::Test {
 protected:
  void start() {
    tasks_.reset();
    ASSERT_TRUE(open());
  }
  Status open() {
    ModelTaskLimits limits{.running = 1, .waiting = 5, .kept = 3};
    tasks_ = std::make_unique<ModelTasks>(clock_, limits, records_.get());
    return tasks_->take_up([this](const ModelTask& task) {
      asked_.push_back(task);
      return held_->work(task.source + " is here");
    });
  }
  std::string begin(const std::string& source, Result<std::string> result = "model") {
    clock_.set(clock_.now() + std::chrono::seconds(1));
    auto task =
        tasks_->start({.source = source, .hub = "hf", .file = "*.gguf", .created_by = "ann"},
                      held_->work(std::move(result)));
    EXPECT_TRUE(task);
    run_blocking(tasks_->saved());
    return task ? task->id : "";
  }
  void let_all_go() {
    held_->let_go();
    std::promise<void> turn;
    ASSERT_TRUE(tasks_->start({.source = "last"}, [&](ModelTaskReport&, const std::stop_token&) {
      turn.set_value();
      return Result<std::string>("last");
    }));
    turn.get_future().wait();
  }
  ModelTask task(const std::string& id) { return tasks_->find(id).value_or(ModelTask()); }

  ManualClock clock_{*parse_iso8601("2026-11-21T23:15:09Z")};
  std::unique_ptr<engines::Kv> kv_ = engines::make_memory_kv();
  std::unique_ptr<ModelTaskRecords> records_ = ModelTaskRecords::create(*kv_);
  std::unique_ptr<Held> held_ = std::make_unique<Held>();  // outlives the work that it holds
  std::vector<ModelTask> asked_;
  std::unique_ptr<ModelTasks> tasks_;
};

TEST_F(ModelTasksRestart, WhatWasUnderWayGoesOnAndWhatEndedIsListed) {
  start();
  const std::string first = begin("a", fail(ErrorCode::kNotFound, "no such model"));
  held_->await_begun(1);
  let_all_go();
  tasks_.reset();
  held_ = std::make_unique<Held>();
  start();
  const std::string runs = begin("b");
  held_->await_begun(1);
  const std::string waits = begin("c");
  start();
  ASSERT_EQ(asked_.size(), 2U);
  EXPECT_EQ(asked_[0].id, runs);
  EXPECT_EQ(asked_[0].source, "b");
  EXPECT_EQ(asked_[0].hub, "hf");
  EXPECT_EQ(asked_[0].file, "*.gguf");
  EXPECT_EQ(asked_[1].id, waits) << "in their order";
  EXPECT_EQ(tasks_->list().size(), 4U) << "with the last of the first process";
  EXPECT_EQ(task(first).state, State::kFailed);
  EXPECT_EQ(task(first).error->code, ErrorCode::kNotFound);
  EXPECT_EQ(task(first).error->detail, "no such model");
  EXPECT_FALSE(task(runs).has_ended());
  let_all_go();
  EXPECT_EQ(task(runs).state, State::kSucceeded);
  EXPECT_EQ(task(runs).model, "b is here");
  EXPECT_EQ(task(runs).created_by, "ann");
  EXPECT_EQ(task(waits).state, State::kSucceeded);
  run_blocking(tasks_->saved());
  asked_.clear();
  start();
  EXPECT_TRUE(asked_.empty()) << "what has ended ends once";
  EXPECT_EQ(task(runs).state, State::kSucceeded);
}

TEST_F(ModelTasksRestart, WhoCancelledDoesNotGetItAfterAll) {
  start();
  const std::string id = begin("a");
  held_->await_begun(1);
  // As a process leaves it that is killed before the work has noticed.
  ModelTask asked = task(id);
  asked.stopping = asked.discard = true;
  tasks_.reset();
  ASSERT_TRUE(records_->save(asked));
  start();
  held_->await_begun(2);
  let_all_go();
  EXPECT_EQ(task(id).state, State::kCanceled);
  EXPECT_TRUE(held_->discarded());
}

TEST_F(ModelTasksRestart, WhatWaitsAfterARestartIsStillThrownAway) {
  start();
  begin("a");
  held_->await_begun(1);
  const std::string waits = begin("b");
  start();
  held_->await_begun(2);
  ASSERT_TRUE(tasks_->cancel(waits, true));
  let_all_go();
  EXPECT_EQ(task(waits).state, State::kCanceled);
  EXPECT_EQ(held_->begun(), 3) << "its work removes what is there";
  EXPECT_TRUE(held_->discarded());
}

TEST_F(ModelTasksRestart, OldOnesAreForgottenForGood) {
  start();
  held_->let_go();
  for (const char* source : {"a", "b", "c", "d", "e"}) begin(source);
  let_all_go();
  run_blocking(tasks_->saved());
  tasks_.reset();
  EXPECT_LE(records_->load()->size(), 5U);
  start();
  EXPECT_EQ(tasks_->list().size(), 3U);
}

TEST_F(ModelTasksRestart, RecordsThatCannotBeRead) {
  engines::Batch batch;
  batch.put("00000000000000000001/x", "{\"v\":2}");
  batch.put("00000000000000000002/y", "no JSON");
  ASSERT_TRUE(run_blocking(kv_->commit({"modelstudio.modeltasks"}, batch)));
  start();
  EXPECT_TRUE(tasks_->list().empty());
}

}  // namespace
}  // namespace lakeside::modelstudio
