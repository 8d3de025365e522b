// The blob store on a disk that fails and loses power at every possible moment: what finished is
// there, whole, afterwards; what did not leaves nothing.
#include <cerrno>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engines/contract/blob_io.h"
#include "engines/contract/coroutines.h"
#include "engines/contract/temp_folder.h"
#include "engines/fault/fault_file_system.h"
#include "engines/fault/simulated_disk.h"
#include "engines/files/file_blob_store.h"

namespace lakeside::engines {
namespace {

using contract::read_blob;
using contract::test_data;
using contract::write_blob;

// Sizes and seeds of the blobs that finished.
using Finished = std::map<BlobId, std::pair<std::size_t, std::uint64_t>>;

Task<void> write_some(BlobStore& store, std::uint64_t seed, int most_errors, Finished& finished) {
  std::mt19937_64 random(seed);
  int errors = 0;
  for (int i = 0; i < 20 && errors < most_errors; ++i) {
    std::uint64_t content = random();
    std::size_t size = content % (i % 4 == 0 ? 2'500'000 : 100'000);
    const std::string data = test_data(size, content);
    auto id = co_await write_blob(store, "g" + std::to_string(content % 3), data);
    if (id) {
      finished[*id] = {size, content};
    } else {
      ++errors;
    }
  }
}

class FileFaults : public testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    store_.reset();
    FileBlobOptions options;
    options.path = folder_.path() + "/blobs";
    options.file_system = file_system_.get();
    auto store = open_file_blob_store(options);
    ASSERT_TRUE(store) << store.error().detail;
    store_ = std::move(*store);
  }

  void write_all(std::uint64_t seed, int most_errors) {
    std::vector<Task<void>> tasks;
    for (std::uint64_t i = 0; i < 5; ++i) {
      tasks.push_back(write_some(*store_, seed * 10 + i, most_errors, finished_));
    }
    contract::run_together(std::move(tasks));
  }

  // `exact`: no other blob may be there.
  void check(bool exact) {
    for (const auto& [id, content] : finished_) {
      auto data = run_blocking(read_blob(*store_, id, 0, content.first));
      ASSERT_TRUE(data) << data.error().detail;
      ASSERT_TRUE(*data == test_data(content.first, content.second));
    }
    std::set<BlobId> listed;
    std::function<bool(const BlobInfo&)> visit = [&](const BlobInfo& info) {
      return listed.insert(info.id).second;
    };
    ASSERT_TRUE(run_blocking(store_->list(visit)));
    if (exact) {
      ASSERT_EQ(listed.size(), finished_.size());
    }
    for (const BlobId& id : listed) ASSERT_TRUE(run_blocking(store_->verify(id)));
  }

  contract::TempFolder folder_;
  SimulatedDisk disk_{folder_.path() + "/graves"};
  std::unique_ptr<FileSystem> file_system_ = make_fault_file_system(disk_);
  std::unique_ptr<BlobStore> store_;
  Finished finished_;
};

TEST_F(FileFaults, PowerCutAtAnyOperation) {
  std::mt19937_64 random(1);
  for (std::uint64_t round = 0; round < 30; ++round) {
    disk_.cut_power(random() % 250);
    write_all(round, 1);
    store_.reset();
    disk_.restore_power(round);
    open();
    ASSERT_TRUE(std::filesystem::is_empty(folder_.path() + "/blobs/TMP"));
    check(false);
    if (HasFatalFailure()) FAIL() << "in round " << round;
    if (round % 5 == 4) finished_.clear();  // has been read often enough
  }
}

TEST_F(FileFaults, OperationsFailNowAndThen) {
  for (std::uint64_t round = 0; round < 6; ++round) {
    disk_.break_some(round % 2 == 0 ? ENOSPC : EIO, 8, round);
    write_all(round, 1'000);
    disk_.break_writes(std::nullopt);
    // Removing what failed may have failed too: then it is left, until the store is opened.
    store_.reset();
    open();
    ASSERT_TRUE(std::filesystem::is_empty(folder_.path() + "/blobs/TMP"));
    check(false);
    if (HasFatalFailure()) FAIL() << "in round " << round;
  }
}

// A writer that was told of no error but did not finish, and one that was.
TEST_F(FileFaults, AFullDiskLeavesNothingBehind) {
  write_all(1, 1);
  disk_.break_writes(ENOSPC);
  auto failed = run_blocking(write_blob(*store_, "g", test_data(5'000'000, 1)));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kNoSpace);
  disk_.break_writes(std::nullopt);
  write_all(2, 1);
  check(true);
}

}  // namespace
}  // namespace lakeside::engines
