#include "app/model_admin.h"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "engines/memory/memory_kv.h"
#include "services/modelstudio/core/tests/memory_objects.h"
#include "serving/fake/fake_backend.h"
#include "serving/llamacpp/tests/gguf_builder.h"

namespace lakeside::app {
namespace {

using modelstudio::ModelTask;
using State = ModelTask::State;

std::string gguf() {
  return serving::GgufBuilder().text("general.architecture", "llama").build(1000);
}

class ModelAdminTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "model-admin-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    data_ = pattern;
    folder_.emplace(data_);
    runtime_ = serving::make_model_server(
        {.loader = [](const std::string&, const serving::LoadOptions& load) {
          serving::FakeOptions fake;
          fake.load = load;
          return Result<std::unique_ptr<serving::Backend>>(serving::make_fake_backend(fake));
        }});
    start();
    objects_.all[{"bucket", "x/tiny.gguf"}] = {"", gguf(), "1"};
    objects_.all[{"bucket", "text.gguf"}] = {"", "not a model", "2"};
  }
  // As a new process does.
  void start() {
    admin_.reset();
    auto made = make_model_admin({.folder = *folder_,
                                  .runtime = *runtime_,
                                  .objects = objects_,
                                  .disk = disk_,
                                  .clock = system_clock(),
                                  .tasks = records_.get(),
                                  .hub = hub_,
                                  .environment = [](const std::string&) { return nullptr; },
                                  .look = [this] { look(); }});
    ASSERT_TRUE(made) << made.error().detail;
    admin_ = std::move(*made);
  }
  void TearDown() override {
    admin_.reset();
    std::filesystem::remove_all(data_);
  }

  // As app/models.cc does it, without headers.
  void look() {
    std::lock_guard lock(looking_);
    std::set<std::string> there;
    for (const ModelFile& file : folder_->list()) {
      there.insert(file.name);
      if (known_.insert(file.name).second) runtime_->add_model({.name = file.name});
    }
    std::erase_if(known_, [&](const std::string& name) {
      return !there.contains(name) && runtime_->remove_model(name);
    });
  }
  Result<ModelTask> import(const std::string& key, const std::string& name = "") {
    modelstudio::ImportWish wish{{"bucket", key}, name, "ann"};
    return run_blocking(admin_->import(wish));
  }
  // Asks until it has ended; every task here ends by itself.
  ModelTask end_of(const ModelTask& task) {
    auto now = admin_->tasks().find(task.id);
    while (now && !now->has_ended()) {
      std::this_thread::yield();
      now = admin_->tasks().find(task.id);
    }
    return now.value_or(ModelTask());
  }
  ErrorCode pull_error(const modelstudio::PullWish& wish) {
    auto task = run_blocking(admin_->pull(wish));
    return task ? ErrorCode::kIo : task.error().code;
  }

  std::string hub_;
  std::filesystem::path data_;
  std::optional<ModelFolder> folder_;
  modelstudio::MemoryObjects objects_;
  ThreadPool disk_{"disk", 1};
  std::mutex looking_;
  std::set<std::string> known_;
  std::unique_ptr<engines::Kv> kv_ = engines::make_memory_kv();
  std::unique_ptr<modelstudio::ModelTaskRecords> records_ =
      modelstudio::ModelTaskRecords::create(*kv_);
  std::unique_ptr<serving::ModelRuntime> runtime_;
  std::unique_ptr<modelstudio::ModelAdmin> admin_;
};

TEST_F(ModelAdminTest, AnObjectBecomesAModel) {
  auto task = import("x/tiny.gguf");
  ASSERT_TRUE(task);
  EXPECT_EQ(task->model, "tiny");
  EXPECT_EQ(task->source, "oss://bucket/x/tiny.gguf");
  ModelTask done = end_of(*task);
  EXPECT_EQ(done.state, State::kSucceeded);
  EXPECT_EQ(done.done, gguf().size());
  ASSERT_EQ(admin_->models().size(), 1U) << "seen as soon as its task says so";
  EXPECT_EQ(admin_->models().front().name, "tiny");

  ASSERT_TRUE(run_blocking(admin_->pin("tiny", true)));
  EXPECT_TRUE(admin_->models().front().pinned);
  EXPECT_TRUE(folder_->find("tiny")->pinned);
  ASSERT_TRUE(run_blocking(admin_->remove("tiny")));
  EXPECT_TRUE(admin_->models().empty());
  EXPECT_TRUE(std::filesystem::is_empty(folder_->path()));
}

TEST_F(ModelAdminTest, WhatCannotBeImportedIsRefusedAtOnce) {
  EXPECT_EQ(import("none.gguf").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(import("text.bin").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(import("x/tiny.gguf", "../tiny").error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(admin_->tasks().list().empty());
}

TEST_F(ModelAdminTest, AFailureTellsNoPathsAndLeavesNothing) {
  auto task = import("text.gguf");
  ASSERT_TRUE(task);
  ModelTask failed = end_of(*task);
  ASSERT_EQ(failed.state, State::kFailed);
  EXPECT_EQ(failed.error->code, ErrorCode::kInvalid);
  EXPECT_EQ(failed.error->detail.find(data_.string()), std::string::npos) << failed.error->detail;
  EXPECT_TRUE(std::filesystem::is_empty(folder_->path()));
}

TEST_F(ModelAdminTest, AnImportGoesOnAfterARestart) {
  ModelTask left{.id = "0011223344556677",
                 .kind = ModelTask::Kind::kImport,
                 .source = "oss://bucket/x/tiny.gguf",
                 .model = "tiny",
                 .created_by = "ann",
                 .state = State::kRunning,
                 .created = system_clock().now()};
  ModelTask gone = left;
  gone.id = "8899aabbccddeeff";
  gone.source = "oss://bucket/none.gguf";
  gone.model = "none";
  admin_.reset();
  ASSERT_TRUE(records_->save(left));
  ASSERT_TRUE(records_->save(gone));
  start();
  EXPECT_EQ(end_of(left).state, State::kSucceeded);
  EXPECT_EQ(admin_->models().front().name, "tiny");
  EXPECT_EQ(end_of(gone).state, State::kFailed);
  EXPECT_EQ(end_of(gone).error->code, ErrorCode::kNotFound);
}

TEST_F(ModelAdminTest, CallersNameNoAddresses) {
  EXPECT_EQ(pull_error({.source = "owner/repo", .hub = "http://10.0.0.1"}), ErrorCode::kInvalid);
  EXPECT_EQ(pull_error({.source = "owner/repo", .hub = "hf+http://10.0.0.1"}), ErrorCode::kInvalid);
  EXPECT_EQ(pull_error({.source = "http://10.0.0.1/x"}), ErrorCode::kInvalid);
  EXPECT_EQ(pull_error({.source = "owner/repo", .model = "../x"}), ErrorCode::kInvalid);
}

class OwnHubTest : public ModelAdminTest {
 protected:
  OwnHubTest() { hub_ = "hf+http://127.0.0.1:1"; }
};

TEST_F(OwnHubTest, IsTheOnlyOne) {
  EXPECT_EQ(pull_error({.source = "owner/repo", .hub = "modelscope"}), ErrorCode::kInvalid);
  modelstudio::PullWish wish{.source = "owner/repo", .model = "x"};
  auto task = run_blocking(admin_->pull(wish));
  ASSERT_TRUE(task);
  ModelTask failed = end_of(*task);
  ASSERT_EQ(failed.state, State::kFailed) << "nobody is there";
  EXPECT_EQ(failed.error->code, ErrorCode::kDisconnected);
}

TEST_F(ModelAdminTest, WhatIsNotThere) {
  EXPECT_EQ(admin_->load("none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(admin_->unload("none").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(run_blocking(admin_->pin("none", true)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(run_blocking(admin_->remove("none")).error().code, ErrorCode::kNotFound);
}

TEST_F(ModelAdminTest, AModelWithoutAFileIsPinnedAndStays) {
  runtime_->add_model({.name = "fake"});
  ASSERT_TRUE(run_blocking(admin_->pin("fake", true)));
  EXPECT_TRUE(admin_->models().front().pinned);
  EXPECT_EQ(run_blocking(admin_->remove("fake")).error().code, ErrorCode::kUnsupported);
  ASSERT_TRUE(admin_->load("fake"));
}

}  // namespace
}  // namespace lakeside::app
