#include "services/cms/core/meter.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "engines/fault/fault_kv.h"
#include "engines/memory/memory_kv.h"

namespace lakeside::cms {
namespace {

class MeterTest : public testing::Test {
 public:
  [[nodiscard]] MeteredCall call(std::string_view bucket) const {
    return {.at = now,
            .account_id = "100",
            .service = "oss",
            .resource = bucket,
            .access_key_id = "LTAI1",
            .caller_id = "2001",
            .received = 2,
            .sent = 3};
  }
  Sums written(bool by_resource = false) {
    const SumsQuery query{
        .account_id = "100", .from = hour, .to = hour + kHour, .by_resource = by_resource};
    return *run_blocking(read_counts(*kv, query));
  }

  const Time hour = *parse_iso8601("2026-11-22T04:00:00Z");
  const Time now = hour + std::chrono::minutes(30);
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
};

TEST_F(MeterTest, CountsWhatAllThreadsRecord) {
  Meter meter(*kv);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) meter.record(call("photos"));
    });
  }
  threads.clear();
  EXPECT_EQ(*run_blocking(meter.write()), 1U);
  MeteredCall put = call("photos");
  put.write = put.failed = true;
  meter.record(put);
  ASSERT_TRUE(run_blocking(meter.write()));
  EXPECT_EQ(*run_blocking(meter.write()), 0U);
  ASSERT_EQ(written().size(), 1U);
  EXPECT_EQ(written().begin()->second, (Counts{2000, 1, 1, 4002, 6003}));
}

TEST_F(MeterTest, ForgetsWhatItHasNotWritten) {
  Meter meter(*kv);
  meter.record(call("photos"));
  meter.forget();
  EXPECT_EQ(*run_blocking(meter.write()), 0U);
  EXPECT_TRUE(written().empty());
}

TEST_F(MeterTest, WhatCouldNotBeWrittenIsKept) {
  engines::FaultPlan plan;
  auto faulty = engines::make_fault_kv(*kv, plan);
  Meter meter(*faulty);
  meter.record(call("photos"));
  plan.add({.point = engines::FaultPoint::kCommit, .code = ErrorCode::kNoSpace});
  EXPECT_FALSE(run_blocking(meter.write()));
  meter.record(call("photos"));
  ASSERT_TRUE(run_blocking(meter.write()));
  EXPECT_EQ(written().begin()->second.reads, 2U);
}

TEST_F(MeterTest, NamesWithoutEndDoNotFillTheMemory) {
  Meter meter(*kv);
  for (int i = 0; i < 12'000; ++i) meter.record(call("bucket-" + std::to_string(i)));
  ASSERT_TRUE(run_blocking(meter.write()));
  Sums sums = written(true);
  EXPECT_LE(sums.size(), 10'001U);
  EXPECT_EQ(sums.begin()->first.second.resource, "");
  EXPECT_EQ(sums.begin()->second.reads, 2'000U);
  EXPECT_EQ(written().begin()->second.reads, 12'000U);
}

}  // namespace
}  // namespace lakeside::cms
