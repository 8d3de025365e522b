// RocksDB on a disk that fails and loses power at every possible moment: what was acknowledged
// is there, whole, afterwards.
#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "engines/contract/coroutines.h"
#include "engines/contract/temp_folder.h"
#include "engines/fault/fault_rocksdb_fs.h"
#include "engines/fault/simulated_disk.h"
#include "engines/rocksdb/rocksdb_kv.h"
#include "engines/rocksdb/wal_tail.h"

namespace lakeside::engines {
namespace {

constexpr int kWriters = 6;
const Partition kPartition{"p"};

// What a writer was told. Each of its commits raises the number in two keys, one short, one
// long.
struct Told {
  int acknowledged = 0;
  int attempted = 0;
};

std::string long_value(int writer, int number) {
  std::string text = std::to_string(number) + " ";
  std::mt19937_64 random(static_cast<std::uint64_t>(writer) * 1'000'003 + number);
  std::size_t size = 100 + random() % 6'000;
  while (text.size() < size) text += static_cast<char>('a' + random() % 26);
  return text;
}

std::string short_key(int writer) { return "short " + std::to_string(writer); }
std::string long_key(int writer, int number) {
  return "long " + std::to_string(writer) + " " + std::to_string(number % 50);
}

Batch batch_of(int writer, int number) {
  Batch batch;
  batch.put(short_key(writer), std::to_string(number));
  batch.put(long_key(writer, number), long_value(writer, number));
  return batch;
}

// Commits until there were so many errors, or so many commits.
Task<void> write(Kv& kv, int writer, Told& told, int most_errors, int most_commits) {
  int errors = 0;
  for (int i = 0; i < most_commits && errors < most_errors; ++i) {
    told.attempted = told.acknowledged + 1;
    Batch batch = batch_of(writer, told.attempted);
    Status status = co_await kv.commit(kPartition, batch);
    if (status) {
      told.acknowledged = told.attempted;
    } else {
      ++errors;
    }
  }
}

class RocksdbFaults : public testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    kv_.reset();
    RocksdbOptions options;
    options.path = folder_.path() + "/kv";
    options.write_buffer_bytes = 64 << 10;  // so that flushes and compactions happen all the time
    options.file_system = make_fault_rocksdb_fs(disk_);
    auto kv = open_rocksdb_kv(options);
    ASSERT_TRUE(kv) << kv.error().detail;
    kv_ = std::move(*kv);
  }

  void write_all(int most_errors, int most_commits) {
    std::vector<Task<void>> tasks;
    for (int i = 0; i < kWriters; ++i) {
      tasks.push_back(write(*kv_, i, told_[i], most_errors, most_commits));
    }
    contract::run_together(std::move(tasks));
  }

  std::optional<std::string> get(const std::string& key) {
    auto value = run_blocking(get_one(*kv_, kPartition, key));
    EXPECT_TRUE(value) << value.error().detail;
    return value ? *value : std::nullopt;
  }

  // `exact`: nothing that was not acknowledged may be there.
  void check(bool exact) {
    for (int i = 0; i < kWriters; ++i) {
      auto number = get(short_key(i));
      int kept = number ? std::stoi(*number) : 0;
      ASSERT_GE(kept, told_[i].acknowledged) << "writer " << i << " lost a commit";
      ASSERT_LE(kept, exact ? told_[i].acknowledged : told_[i].attempted);
      for (int n = std::max(1, kept - 49); n <= kept; ++n) {
        ASSERT_EQ(get(long_key(i, n)), long_value(i, n)) << "writer " << i << ", commit " << n;
      }
      told_[i].acknowledged = kept;
    }
  }

  void lose_power_and_check(std::uint64_t seed) {
    kv_.reset();
    disk_.restore_power(seed);
    open();
    ASSERT_TRUE(kv_);
    check(false);
  }

  // Until a commit succeeds again.
  void heal() {
    disk_.break_writes(std::nullopt);
    for (int attempt = 0; attempt < 200; ++attempt) {
      Batch batch;
      batch.put("healed", "x");
      if (run_blocking(kv_->commit(kPartition, batch))) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL() << "writing does not resume";
  }

  contract::TempFolder folder_;
  SimulatedDisk disk_{folder_.path() + "/graves"};
  std::unique_ptr<Kv> kv_;
  Told told_[kWriters];
};

TEST_F(RocksdbFaults, PowerCutAtAnyOperation) {
  std::mt19937_64 random(1);
  for (std::uint64_t round = 0; round < 25; ++round) {
    disk_.cut_power(random() % 300);
    write_all(1, 1'000'000);
    lose_power_and_check(round);
    if (HasFatalFailure()) FAIL() << "in round " << round;
  }
}

TEST_F(RocksdbFaults, PowerCutWhileOpening) {
  std::mt19937_64 random(2);
  for (std::uint64_t round = 0; round < 20; ++round) {
    write_all(1, 20);
    disk_.cut_power(random() % 20);
    kv_.reset();
    RocksdbOptions options;
    options.path = folder_.path() + "/kv";
    options.file_system = make_fault_rocksdb_fs(disk_);
    std::ignore = open_rocksdb_kv(options);  // it closes at once
    lose_power_and_check(round);
    if (HasFatalFailure()) FAIL() << "in round " << round;
  }
}

TEST_F(RocksdbFaults, OperationsFailNowAndThen) {
  for (std::uint64_t round = 0; round < 6; ++round) {
    disk_.break_some(round % 2 == 0 ? ENOSPC : EIO, 20, round);
    write_all(1'000, 60);
    check(true);
    heal();
    write_all(1, 5);
    check(true);
    if (round % 3 == 2) lose_power_and_check(round);
    if (HasFatalFailure()) FAIL() << "in round " << round;
  }
}

TEST_F(RocksdbFaults, ErrorThenPowerCut) {
  for (std::uint64_t round = 0; round < 12; ++round) {
    write_all(1, static_cast<int>(round * 7 % 40));
    disk_.break_some(round % 2 == 0 ? ENOSPC : EIO, 5, round);
    write_all(1'000, 10);
    lose_power_and_check(round);
    if (HasFatalFailure()) FAIL() << "in round " << round;
  }
}

TEST_F(RocksdbFaults, ErrorOfTheFirstWrite) {
  for (int error_number : {ENOSPC, EIO}) {
    for (int round = 0; round < 2; ++round) {
      open();
      disk_.break_writes(error_number);
      write_all(1'000, 2);
      heal();
      write_all(1, 3);
      check(true);
      lose_power_and_check(0);
    }
  }
}

// Opening anew fails half-way too; whatever happens, reads go on.
TEST_F(RocksdbFaults, RecoveryFailsNowAndThen) {
  write_all(1, 30);
  disk_.break_some(ENOSPC, 12, 1);
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < end) {
    write_all(3, 20);
    check(true);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  heal();
  lose_power_and_check(0);
}

// ---- what is not a torn end must not pass for one

class RocksdbLogs : public RocksdbFaults {
 protected:
  std::string log_path() {
    std::string newest;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() + "/kv")) {
      if (entry.path().extension() == ".log") newest = std::max(newest, entry.path().string());
    }
    return newest;
  }

  // Commits `count` batches and closes; the log then holds them all.
  void fill(int count) {
    kv_.reset();
    RocksdbOptions options = plain();
    auto kv = open_rocksdb_kv(options);
    ASSERT_TRUE(kv) << kv.error().detail;
    for (int i = 0; i < count; ++i) {
      Batch batch;
      batch.put(std::to_string(i), std::string(3'000, static_cast<char>('a' + i % 26)));
      ASSERT_TRUE(run_blocking((*kv)->commit(kPartition, batch)));
    }
  }

  RocksdbOptions plain() const {
    RocksdbOptions options;
    options.path = folder_.path() + "/kv";
    return options;
  }

  void flip(std::uint64_t at) {
    std::fstream file(log_path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    char c = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(c ^ 1));
  }
};

TEST_F(RocksdbLogs, DamageInTheMiddleIsNotPassedOver) {
  fill(50);
  std::uint64_t size = std::filesystem::file_size(log_path());
  for (std::uint64_t at : {size / 3, size / 2, size - 7'000}) {
    flip(at);
    auto kv = open_rocksdb_kv(plain());
    ASSERT_FALSE(kv);
    EXPECT_EQ(kv.error().code, ErrorCode::kCorrupt) << kv.error().detail;
    flip(at);
  }
  EXPECT_TRUE(open_rocksdb_kv(plain()));
}

TEST_F(RocksdbLogs, ATornEndIsCutOff) {
  fill(50);
  flip(std::filesystem::file_size(log_path()) - 1'000);
  auto kv = open_rocksdb_kv(plain());
  ASSERT_TRUE(kv) << kv.error().detail;
  for (int i = 0; i < 50; ++i) {
    auto value = run_blocking(get_one(**kv, kPartition, std::to_string(i)));
    ASSERT_TRUE(value);
    EXPECT_EQ(value->has_value(), i < 49) << i;
  }
}

TEST_F(RocksdbLogs, FindsTheEndOfALog) {
  fill(50);
  std::ifstream file(log_path(), std::ios::binary);
  const std::string log{std::istreambuf_iterator<char>(file), {}};
  WalTail whole = find_wal_tail(as_bytes(log));
  EXPECT_EQ(whole.good_size, log.size());
  EXPECT_FALSE(whole.damaged_before_end);
  // Each batch has one write, so batch i has the sequence number i + 1.
  WalTail ten = find_wal_tail(as_bytes(log), 10);
  EXPECT_NEAR(static_cast<double>(ten.good_size), 10.0 * log.size() / 50, 500);
  EXPECT_FALSE(ten.damaged_before_end);
  for (std::size_t size = 0; size < log.size(); size += 97) {
    WalTail cut = find_wal_tail(as_bytes(log).first(size));
    EXPECT_LE(cut.good_size, size);
    EXPECT_GE(cut.good_size + 3'100, size);
    EXPECT_FALSE(cut.damaged_before_end) << size;
  }
}

TEST_F(RocksdbLogs, OneProcessAtATime) {
  auto second = open_rocksdb_kv(plain());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable) << second.error().detail;
}

}  // namespace
}  // namespace lakeside::engines
