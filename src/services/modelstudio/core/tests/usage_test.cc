#include "services/modelstudio/core/usage.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "engines/memory/memory_kv.h"

namespace lakeside::modelstudio {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class UsageTest : public testing::Test {
 public:
  // As the journal does it: the record and its sum.
  void add(Time at, const UsageLabel& label, std::uint64_t tokens) {
    engines::Batch batch;
    UsageSums sums;
    sums.add(at, label, {1, tokens, tokens / 2, 3});
    ASSERT_TRUE(sums.write(*kv, batch));
    std::string record = R"({"at":")" + format_iso8601_millis(at) + R"(","kind":")" +
                         std::string(to_string(label.kind)) + R"(","key":")" + label.key_id +
                         R"(","model":")" + label.model + R"(","prompt_tokens":)" +
                         std::to_string(tokens) + R"(,"cached_tokens":)" +
                         std::to_string(tokens / 2) + R"(,"completion_tokens":3)" +
                         (label.batch ? R"(,"batch":true})" : "}");
    batch.put(format_iso8601_millis(at) + "/" + std::to_string(++records_), record);
    ASSERT_TRUE(run_blocking(kv->commit(usage_partition(), batch)));
  }
  UsageSlices read(const UsageQuery& query) { return *run_blocking(read_usage(*kv, query)); }

  const Time day = *parse_iso8601("2026-11-22T00:00:00Z");
  const UsageLabel call{UsageKind::kGenerate, false, "key-1", "org/model"};
  const UsageLabel line{UsageKind::kGenerate, true, "key-2", "other"};
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();

 private:
  int records_ = 0;
};

TEST_F(UsageTest, SumsUpByDayHourAndMinute) {
  add(day + minutes(1), call, 10);
  add(day + minutes(1), call, 10);
  add(day + hours(23) + minutes(59), line, 7);
  add(day + hours(24), call, 1'000);
  UsageQuery query{.from = day, .to = day + hours(24)};
  UsageSlices whole = read(query);
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_EQ(whole.begin()->first, std::make_pair(day, UsageLabel{}));
  EXPECT_EQ(whole.begin()->second, (UsageTotals{3, 27, 13, 9}));
  query.width = hours(1);
  EXPECT_EQ(read(query).size(), 2U);
  query.width = minutes(1);
  UsageSlices fine = read(query);
  ASSERT_EQ(fine.size(), 2U);
  EXPECT_EQ(fine.begin()->first.first, day + minutes(1));
  EXPECT_EQ(fine.begin()->second, (UsageTotals{2, 20, 10, 6}));
}

TEST_F(UsageTest, TellsApartWhatIsAskedForAlone) {
  add(day, call, 10);
  add(day, line, 7);
  add(day, {UsageKind::kEmbed, false, "key-1", "minilm"}, 5);
  for (std::chrono::seconds width : {std::chrono::seconds(86'400), std::chrono::seconds(60)}) {
    UsageQuery query{.from = day, .to = day + hours(24), .width = width, .by_key = true};
    EXPECT_EQ(read(query).size(), 2U);
    EXPECT_EQ(read(query).begin()->first.second.key_id, "key-1");
    query.key_ids = {"key-2"};
    query.by_model = query.by_batch = true;
    ASSERT_EQ(read(query).size(), 1U);
    EXPECT_EQ(read(query).begin()->first.second, line);
    query.batch = false;
    EXPECT_TRUE(read(query).empty());
    query = {.from = day, .to = day + hours(24), .width = width, .models = {"org/model"}};
    EXPECT_EQ(read(query).begin()->second.prompt_tokens, 10U);
  }
}

TEST_F(UsageTest, WhatCannotBeReadIsAnError) {
  engines::Batch batch;
  batch.put("hour/2026-11-22T00/generate/call/key-1/m", "?");
  ASSERT_TRUE(run_blocking(kv->commit(usage_partition(), batch)));
  auto read = run_blocking(read_usage(*kv, {.from = day, .to = day + hours(24)}));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace lakeside::modelstudio
