#include "services/cms/core/sums.h"

#include <gtest/gtest.h>

#include "engines/memory/memory_kv.h"

namespace lakeside::cms {
namespace {

using std::chrono::hours;

class SumsTest : public testing::Test {
 public:
  void add(Time hour, const Label& label, const Counts& counts) {
    const std::map<HourLabel, Counts> one = {{{hour, label}, counts}};
    ASSERT_TRUE(run_blocking(add_counts(*kv, one)));
  }
  void store(Time hour, const std::vector<Stored>& stored) {
    ASSERT_TRUE(run_blocking(put_stored(*kv, hour, stored)));
  }
  Sums read(const SumsQuery& query) { return *run_blocking(read_counts(*kv, query)); }

  const Time day = *parse_iso8601("2026-11-22T00:00:00Z");
  const Label photos{"100", "oss", "photos", "LTAI1"};
  const Label films{"100", "oss", "films", "LTAI2"};
  const Counts one_get{.reads = 1, .sent = 10};
  const Counts one_put{.writes = 1, .failed = 1, .received = 7};
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
};

TEST_F(SumsTest, AddUp) {
  add(day, photos, one_get);
  add(day, photos, one_put);
  add(day + hours(23), films, one_get);
  add(day + hours(24), photos, one_get);
  SumsQuery query{.account_id = "100", .from = day, .to = day + hours(24)};
  EXPECT_EQ(read(query).size(), 2U);
  query.width = hours(24);
  Sums whole = read(query);
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_EQ(whole.begin()->first.first, day);
  EXPECT_EQ(whole.begin()->second, (Counts{2, 1, 1, 7, 20}));
}

TEST_F(SumsTest, AreToldApartAndChosen) {
  add(day, photos, one_get);
  add(day, films, one_get);
  add(day, {"100", "ram", "", "LTAI1"}, one_put);
  add(day, {"200", "oss", "theirs", "LTAI3"}, one_put);
  SumsQuery query{.account_id = "100", .from = day, .to = day + hours(1), .by_resource = true};
  query.service = "oss";
  EXPECT_EQ(read(query).size(), 2U);
  query.resources = {"films"};
  query.by_key = query.by_service = true;
  ASSERT_EQ(read(query).size(), 1U);
  EXPECT_EQ(read(query).begin()->first.second, films);
  query = {.account_id = "100", .from = day, .to = day + hours(1), .access_key_ids = {"LTAI1"}};
  EXPECT_EQ(read(query).begin()->second, (Counts{1, 1, 1, 7, 10}));
}

TEST_F(SumsTest, OfWhatIsStoredTheLastLookCounts) {
  store(day, {{"100", "photos", 5, 1}, {"200", "x", 1, 1}});
  store(day, {{"100", "photos", 9, 2}});
  store(day + hours(3), {{"100", "photos", 4, 1}});
  SumsQuery query{.account_id = "100", .from = day, .to = day + hours(24)};
  StoredSums sums = *run_blocking(read_stored(*kv, query));
  ASSERT_EQ(sums.size(), 2U);
  EXPECT_EQ(sums.begin()->second.bytes, 9U);
  query.width = hours(24);
  sums = *run_blocking(read_stored(*kv, query));
  ASSERT_EQ(sums.size(), 1U);
  EXPECT_EQ(sums.begin()->second.bytes, 4U);
}

TEST_F(SumsTest, WhatIsOldGoes) {
  add(day, photos, one_get);
  add(day + hours(1), photos, one_get);
  store(day, {{"100", "photos", 5, 1}});
  EXPECT_EQ(*run_blocking(remove_older(*kv, day + hours(1))), 2U);
  EXPECT_EQ(*run_blocking(remove_older(*kv, day + hours(1))), 0U);
  EXPECT_EQ(read({.account_id = "100", .from = day, .to = day + hours(9)}).size(), 1U);
}

TEST_F(SumsTest, WhatCannotBeReadIsAnError) {
  engines::Batch batch;
  batch.put("call/2026-11-22T00/100/oss/photos/LTAI1", "?");
  ASSERT_TRUE(run_blocking(kv->commit(metering_partition(), batch)));
  const SumsQuery query{.account_id = "100", .from = day, .to = day + hours(1)};
  auto read = run_blocking(read_counts(*kv, query));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
  const std::map<HourLabel, Counts> more = {{{day, photos}, one_get}};
  EXPECT_FALSE(run_blocking(add_counts(*kv, more)));
}

}  // namespace
}  // namespace lakeside::cms
