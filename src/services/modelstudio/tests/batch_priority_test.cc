// A batch that runs yields to interactive work: the whole way, on the runtime and the fake model.
#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "services/modelstudio/tests/test_studio.h"
#include "serving/fake/fake_backend.h"
#include "serving/runtime/model_server.h"

namespace lakeside::modelstudio {
namespace {

// Holds the model before each step until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void open() {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void await_arrival() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return arrived_ > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int arrived_ = 0;
};

class Ledger final : public serving::UsageSink {
 public:
  void record(const serving::UsageRecord& record, std::move_only_function<void()> kept) override {
    {
      std::lock_guard lock(mutex_);
      ids_.push_back(record.id);
    }
    kept();
  }
  // Of the calls, in the order in which they ended.
  std::vector<std::string> ids() {
    std::lock_guard lock(mutex_);
    return ids_;
  }

 private:
  std::mutex mutex_;
  std::vector<std::string> ids_;
};

class BatchPriority : public testing::Test {
 protected:
  serving::RuntimeOptions options() {
    serving::RuntimeOptions options;
    options.load.max_sequences = 1;  // so that one line fills the model
    options.usage = &ledger_;
    options.loader = [this](const std::string&, const serving::LoadOptions& load) {
      serving::FakeOptions fake;
      fake.load = load;
      fake.probe = &probe_;
      return Result<std::unique_ptr<serving::Backend>>(serving::make_fake_backend(fake));
    };
    return options;
  }
  std::string begin_batch(const std::string& text, int lines) {
    std::string input;
    for (int i = 0; i < lines; ++i) {
      Json line = {{"custom_id", std::to_string(i)},
                   {"method", "POST"},
                   {"url", "/v1/chat/completions"},
                   {"body", said(text)}};
      input += line.dump() + "\n";
    }
    Json body = {{"input_file_id", studio_.add_file("batch", input)},
                 {"endpoint", "/v1/chat/completions"},
                 {"completion_window", "24h"}};
    return studio_.post("/v1/batches", body).json()["id"];
  }
  static Json said(const std::string& text) {
    return {{"model", "fake"}, {"messages", Json::array({{{"role", "user"}, {"content", text}}})}};
  }
  // Beside the one that runs.
  void await_queued(std::uint32_t count) {
    while (runtime_->models()[0].queued < count) std::this_thread::yield();
  }

  Gate gate_;
  serving::FakeProbe probe_;
  Ledger ledger_;
  std::unique_ptr<serving::ModelRuntime> runtime_ = serving::make_model_server(options());
  TestStudio studio_{runtime_.get()};
};

TEST_F(BatchPriority, InteractiveWorkGoesFirst) {
  probe_.on_decode = [this](std::span<const serving::Row>) {
    gate_.pass();
    return Status{};
  };
  runtime_->add_model({.name = "fake", .path = {}, .file_bytes = 1 << 20, .added = {}});
  const std::string id = begin_batch("repeat 200 word", 12);
  gate_.await_arrival();
  await_queued(11);
  // The key's limit of requests at once is for its interactive work.
  KeySettings settings = studio_.keys->list()[0].settings;
  settings.max_concurrent = 1;
  ASSERT_TRUE(run_blocking(studio_.keys->change(studio_.key_id, settings)));
  auto reply = std::async(std::launch::async, [this] {
    return studio_.post("/v1/chat/completions", said("say Hello"));
  });
  await_queued(12);
  gate_.open();
  EXPECT_EQ(reply.get().json()["choices"][0]["message"]["content"], "Hello");
  studio_.wait_for_jobs();
  const std::vector<std::string> ids = ledger_.ids();
  ASSERT_EQ(ids.size(), 13U);
  EXPECT_EQ(ids[0], "");  // the interactive call: it has no name
  std::set<std::string> named(ids.begin() + 1, ids.end());
  EXPECT_EQ(named.size(), 12U);
  EXPECT_TRUE(named.contains(id + "/12.0"));
  EXPECT_EQ(studio_.get("/v1/batches/" + id).json()["request_counts"]["completed"], 12);
}

TEST_F(BatchPriority, AStopEndsWhatRunsAndTheNextStartGoesOn) {
  probe_.on_decode = [this](std::span<const serving::Row>) {
    gate_.pass();
    return Status{};
  };
  runtime_->add_model({.name = "fake", .path = {}, .file_bytes = 1 << 20, .added = {}});
  const std::string id = begin_batch("repeat 400 word", 12);
  gate_.await_arrival();
  await_queued(11);
  auto restart = std::async(std::launch::async, [this] { studio_.start(); });
  gate_.open();  // a stop waits for the step that runs
  restart.get();
  studio_.wait_for_jobs();
  Json batch = studio_.get("/v1/batches/" + id).json();
  EXPECT_EQ(batch["status"], "completed");
  EXPECT_EQ(batch["request_counts"]["completed"], 12);
  std::string output = studio_.file_text(batch["output_file_id"]);
  EXPECT_EQ(std::ranges::count(output, '\n'), 12);
}

}  // namespace
}  // namespace lakeside::modelstudio
