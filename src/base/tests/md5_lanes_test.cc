#include "base/md5_lanes.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/task.h"

namespace lakeside {
namespace {

std::string noise(std::size_t size, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  std::string data(size, '\0');
  for (char& c : data) c = static_cast<char>(random());
  return data;
}

TEST(Md5Stream, EveryLength) {
  const std::string data = noise(300);
  for (std::size_t size = 0; size <= data.size(); ++size) {
    Md5Stream whole, split;
    whole.update(as_bytes(data).first(size));
    split.update(as_bytes(data).first(size / 3));
    split.update(as_bytes(data).first(size).subspan(size / 3));
    EXPECT_EQ(whole.finish(), md5(as_bytes(data).first(size))) << size;
    EXPECT_EQ(split.finish(), md5(as_bytes(data).first(size))) << size;
  }
}

TEST(Md5UpdateMany, Nothing) {
  md5_update_many({});
  Md5Stream stream;
  Md5Job jobs[] = {{&stream, {}}};
  md5_update_many(jobs);
  EXPECT_EQ(hex_lower(stream.finish()), "d41d8cd98f00b204e9800998ecf8427e");
}

// Any number of streams, cut anywhere, of any lengths, with every instruction set.
class Md5Lanes : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    limit_md5_lanes(GetParam());
    if (md5_lanes() != GetParam()) GTEST_SKIP() << "not on this machine";
  }
  void TearDown() override { limit_md5_lanes(SIZE_MAX); }
};
INSTANTIATE_TEST_SUITE_P(All, Md5Lanes, testing::Values(4, 8, 16));

TEST_P(Md5Lanes, EqualsOpenSsl) {
  const std::string data = noise(20000);
  std::mt19937 random(7);
  for (std::size_t streams = 1; streams <= 40; ++streams) {
    std::vector<Md5Stream> states(streams);
    std::vector<std::string> seen(streams);
    for (int round = 0; round < 5; ++round) {
      std::vector<Md5Job> jobs;
      for (std::size_t i = 0; i < streams; ++i) {
        if (random() % 5 == 0) continue;
        const std::size_t most = random() % 3 == 0 ? 100 : 9000;
        std::size_t size = random() % (most + 1);
        if (random() % 3 == 0) size = size / 64 * 64;
        std::string_view part = std::string_view(data).substr(random() % 5000, size);
        seen[i] += part;
        jobs.push_back({&states[i], as_bytes(part)});
      }
      md5_update_many(jobs);
    }
    for (std::size_t i = 0; i < streams; ++i) {
      ASSERT_EQ(states[i].finish(), md5(as_bytes(seen[i]))) << streams << " streams, " << i;
    }
  }
}

Task<void> hash_in_pieces(Md5Service& service, std::string_view data, std::size_t piece,
                          Md5Digest& digest) {
  auto home = std::this_thread::get_id();
  Md5Stream stream;
  for (std::size_t at = 0; at < data.size(); at += piece) {
    co_await service.update(stream, as_bytes(data.substr(at, piece)));
    EXPECT_EQ(std::this_thread::get_id(), home);
  }
  digest = stream.finish();
}

void hash_all(Md5Service& service, const std::vector<std::string>& data, std::size_t piece) {
  BlockingExecutor executor;
  Executor::Scope scope(executor);
  std::vector<Md5Digest> digests(data.size());
  std::size_t running = data.size();
  bool done = false;
  for (std::size_t i = 0; i < data.size(); ++i) {
    start(hash_in_pieces(service, data[i], piece + i, digests[i]), [&] { done = --running == 0; });
  }
  executor.run_until(done);
  for (std::size_t i = 0; i < data.size(); ++i) EXPECT_EQ(digests[i], md5(as_bytes(data[i])));
}

std::vector<std::string> many(std::size_t count, std::size_t size) {
  std::vector<std::string> data;
  data.reserve(count);
  for (std::size_t i = 0; i < count; ++i) data.push_back(noise(size + i * 1000, i));
  return data;
}

TEST(Md5Service, OneThread) {
  Md5Service service;
  for (std::size_t streams : {1u, 2u, 16u, 40u}) hash_all(service, many(streams, 200000), 20000);
  hash_all(service, many(3, 100000), 1000);  // small pieces, in place
}

TEST(Md5Service, SeveralThreadsAndExecutors) {
  Md5Service service(3);
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] { hash_all(service, many(20, 100000), 10000); });
  }
  for (std::thread& thread : threads) thread.join();
}

// base_tests --gtest_also_run_disabled_tests --gtest_filter='*DISABLED_Throughput'
class Md5 : public testing::Test {
 protected:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kSize = 1 << 20;

  // GB/s, the best of several rounds: the machine has other work.
  template <class Run>
  static double best(std::size_t bytes, Run run) {
    double most = 0;
    for (auto end = Clock::now() + std::chrono::milliseconds(700); Clock::now() < end;) {
      auto start = Clock::now();
      run();
      std::chrono::duration<double> took = Clock::now() - start;
      most = std::max(most, static_cast<double>(bytes) / took.count() / 1e9);
    }
    return most;
  }

  static void hash_once(const std::vector<std::string>& data, std::size_t count) {
    std::vector<Md5Stream> streams(count);
    std::vector<Md5Job> jobs;
    jobs.reserve(count);
    for (std::size_t i = 0; i < count; ++i) jobs.push_back({&streams[i], as_bytes(data[i])});
    md5_update_many(jobs);
  }
};

TEST_F(Md5, DISABLED_Throughput) {
  const std::vector<std::string> data(32, noise(kSize));
  std::printf("OpenSSL      1 stream   %6.2f GB/s\n",
              best(kSize, [&] { (void)md5(as_bytes(data[0])); }));
  for (std::size_t count : {1u, 2u, 3u, 4u, 8u, 16u, 32u}) {
    double speed = best(count * kSize, [&] { hash_once(data, count); });
    std::printf("update_many %2zu streams  %6.2f GB/s\n", count, speed);
  }
  for (std::size_t lanes : {4u, 8u}) {
    limit_md5_lanes(lanes);
    double speed = best(16 * kSize, [&] { hash_once(data, 16); });
    std::printf("with %2zu lanes only     %6.2f GB/s\n", md5_lanes(), speed);
  }
  limit_md5_lanes(SIZE_MAX);
  Md5Service service;
  for (std::size_t count : {1u, 2u, 4u, 8u, 16u, 32u}) {
    double speed = best(count * kSize, [&] {
      BlockingExecutor executor;
      Executor::Scope scope(executor);
      std::vector<Md5Digest> digests(count);
      std::size_t running = count;
      bool done = false;
      for (std::size_t i = 0; i < count; ++i) {
        start(hash_in_pieces(service, data[i], kSize / 4, digests[i]),
              [&] { done = --running == 0; });
      }
      executor.run_until(done);
    });
    std::printf("service     %2zu streams  %6.2f GB/s\n", count, speed);
  }
}

}  // namespace
}  // namespace lakeside
