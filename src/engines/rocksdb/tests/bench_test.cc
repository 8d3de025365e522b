// Figures, not tests; run with --gtest_also_run_disabled_tests --gtest_filter='*Bench*'.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include "engines/contract/coroutines.h"
#include "engines/contract/temp_folder.h"
#include "engines/rocksdb/rocksdb_kv.h"

namespace lakeside::engines {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kRun{3};
const Partition kPartition{"bucket"};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Of the whole process: on a busy machine it says more than the time that passed.
double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// A rate and what it cost.
struct Rate {
  double per_second;
  double cpu_micros;
};

std::string random_bytes(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

double resident_mib() {
  std::ifstream statm("/proc/self/statm");
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / (1 << 20);
}

std::unique_ptr<Kv> open_kv(const std::string& path) {
  RocksdbOptions options;
  options.path = path;
  auto kv = open_rocksdb_kv(options);
  if (!kv) std::fprintf(stderr, "%s\n", kv.error().detail.c_str());
  return std::move(*kv);
}

// What a put of a small object commits: an index record with a guard, and the data.
Task<void> commit_objects(Kv& kv, int writer, const std::string& data, Clock::time_point end,
                          bool guarded, std::uint64_t& done) {
  const std::string record(200, 'r');
  for (std::uint64_t i = 0; Clock::now() < end; ++i) {
    std::string name = std::to_string(writer) + "/" + std::to_string(i);
    Batch batch;
    if (guarded) {
      batch.require_absent("i" + name);
      batch.put("i" + name, record);
    }
    batch.put("d" + name, data);
    Status status = co_await kv.commit(kPartition, batch);
    EXPECT_TRUE(status);
    ++done;
  }
}

Rate our_rate(int writers, bool guarded) {
  contract::TempFolder folder;
  auto kv = open_kv(folder.path());
  const std::string data = random_bytes(4096, 1);
  std::uint64_t done = 0;
  double cpu = cpu_seconds();
  auto start = Clock::now();
  std::vector<Task<void>> tasks;
  for (int i = 0; i < writers; ++i) {
    tasks.push_back(commit_objects(*kv, i, data, start + kRun, guarded, done));
  }
  contract::run_together(std::move(tasks));
  auto count = static_cast<double>(done);
  return {count / seconds_since(start), (cpu_seconds() - cpu) * 1e6 / count};
}

// RocksDB with its defaults and its own grouping of the writes of many threads.
Rate rocksdb_rate(int writers) {
  contract::TempFolder folder;
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kNoCompression;
  rocksdb::DB* opened = nullptr;
  EXPECT_TRUE(rocksdb::DB::Open(options, folder.path(), &opened).ok());
  std::unique_ptr<rocksdb::DB> db(opened);
  const std::string data = random_bytes(4096, 1);
  std::atomic<std::uint64_t> done = 0;
  double cpu = cpu_seconds();
  auto start = Clock::now();
  contract::on_threads(writers, [&](int writer) {
    rocksdb::WriteOptions synced;
    synced.sync = true;
    for (int i = 0; Clock::now() < start + kRun; ++i) {
      std::string key = std::to_string(writer) + "/" + std::to_string(i);
      EXPECT_TRUE(db->Put(synced, key, data).ok());
      ++done;
    }
  });
  auto count = static_cast<double>(done);
  return {count / seconds_since(start), (cpu_seconds() - cpu) * 1e6 / count};
}

TEST(RocksdbBench, DISABLED_Commits) {
  for (int round = 0; round < 3; ++round) {
    for (int writers : {1, 16, 64}) {
      Rate theirs = rocksdb_rate(writers);
      Rate ours = our_rate(writers, false);
      Rate guarded = our_rate(writers, true);
      std::printf(
          "%2d writers: RocksDB %6.0f/s %3.0f us, ours %6.0f/s %3.0f us (%.2f), "
          "guarded %6.0f/s %3.0f us (%.2f)\n",
          writers, theirs.per_second, theirs.cpu_micros, ours.per_second, ours.cpu_micros,
          ours.per_second / theirs.per_second, guarded.per_second, guarded.cpu_micros,
          guarded.per_second / theirs.per_second);
    }
  }
}

Task<void> get_many(Kv& kv, std::vector<std::vector<std::string>> asked, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    for (const auto& keys : asked) {
      auto values = co_await kv.get(kPartition, keys);
      EXPECT_TRUE(values && values->front());
    }
  }
}

TEST(RocksdbBench, DISABLED_Reads) {
  contract::TempFolder folder;
  auto kv = open_kv(folder.path());
  const std::string data = random_bytes(4096, 1);
  constexpr int kKeys = 20'000;
  auto fill = [&] {
    for (int i = 0; i < kKeys;) {
      Batch batch;
      for (int j = 0; j < 100; ++j, ++i) {
        batch.put("d" + std::to_string(i), data);
        batch.put("i" + std::to_string(i), data.substr(0, 200));
      }
      EXPECT_TRUE(run_blocking(kv->commit(kPartition, batch)));
    }
  };
  auto measure = [&](const char* what, std::vector<std::vector<std::string>> asked) {
    constexpr int kRounds = 200;
    run_blocking(get_many(*kv, asked, 1));
    double start = cpu_seconds();
    std::size_t gets = asked.size() * kRounds;
    run_blocking(get_many(*kv, std::move(asked), kRounds));
    std::printf("%s: %.2f us\n", what, (cpu_seconds() - start) * 1e6 / static_cast<double>(gets));
  };
  fill();
  kv.reset();
  kv = open_kv(folder.path());
  std::vector<std::vector<std::string>> records;
  std::vector<std::vector<std::string>> objects;
  std::vector<std::vector<std::string>> pairs;
  for (int i = 0; i < 1'000; ++i) {
    records.push_back({"i" + std::to_string(i)});
    objects.push_back({"d" + std::to_string(i)});
    pairs.push_back({"i" + std::to_string(i), "d" + std::to_string(i)});
  }
  measure("get of a 200-byte record", records);
  measure("get of a 4 KiB object", objects);
  measure("get of both", pairs);

  double start = cpu_seconds();
  std::size_t seen = 0;
  ScanVisitor visitor = [&](std::string_view, std::string_view) {
    ++seen;
    return seen == 10'000 ? ScanStep::stop() : ScanStep::next();
  };
  EXPECT_TRUE(run_blocking(kv->scan(kPartition, "i", visitor)));
  std::printf("scan, first: %.0f ns a key\n", (cpu_seconds() - start) * 1e9 / 10'000);
  start = cpu_seconds();
  for (int i = 0; i < 10; ++i) {
    seen = 0;
    EXPECT_TRUE(run_blocking(kv->scan(kPartition, "i", visitor)));
  }
  std::printf("scan, again: %.0f ns a key\n", (cpu_seconds() - start) * 1e9 / 100'000);
}

TEST(RocksdbBench, DISABLED_Start) {
  std::printf("resident before: %.1f MiB\n", resident_mib());
  std::vector<double> empty;
  std::vector<double> again;
  for (int i = 0; i < 11; ++i) {
    contract::TempFolder folder;
    double cpu = cpu_seconds();
    auto start = Clock::now();
    auto kv = open_kv(folder.path());
    empty.push_back(seconds_since(start) * 1e3);
    if (i == 0) std::printf("CPU of the first: %.1f ms\n", (cpu_seconds() - cpu) * 1e3);
    if (i == 0) std::printf("resident after: %.1f MiB\n", resident_mib());
    kv.reset();
    start = Clock::now();
    kv = open_kv(folder.path());
    again.push_back(seconds_since(start) * 1e3);
  }
  std::sort(empty.begin(), empty.end());
  std::sort(again.begin(), again.end());
  std::printf("open: empty %.1f ms (%.1f to %.1f), again %.1f ms\n", empty[5], empty[0], empty[10],
              again[5]);
}

}  // namespace
}  // namespace lakeside::engines
