#include "app/usage_journal.h"

#include <future>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/task.h"
#include "engines/fault/fault_kv.h"
#include "engines/memory/memory_kv.h"

namespace lakeside::app {
namespace {

class UsageJournalTest : public testing::Test {
 public:
  static serving::UsageRecord record(const std::string& id) {
    serving::UsageRecord record;
    record.at = Time(std::chrono::seconds(1'800'000'000));
    record.id = id;
    record.tenant = "key-1";
    record.model = "m";
    record.finish = serving::FinishReason::kStop;
    return record;
  }
  // Returns when the journal says that the reply may end.
  static void keep(UsageJournal& journal, const std::string& id) {
    std::promise<void> kept;
    journal.record(record(id), [&kept] { kept.set_value(); });
    kept.get_future().wait();
  }
  std::vector<std::string> records() {
    std::vector<std::string> found;
    auto scanned = run_blocking(
        kv->scan({"modelstudio.usage"}, "", [&](std::string_view key, std::string_view value) {
          if (key.starts_with("2")) found.emplace_back(value);
          return engines::ScanStep::next();
        }));
    EXPECT_TRUE(scanned);
    return found;
  }

  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
};

TEST_F(UsageJournalTest, WhatIsKeptIsThere) {
  UsageJournal journal(*kv);
  keep(journal, "");
  ASSERT_EQ(records().size(), 1U);
  EXPECT_NE(records()[0].find(R"("key":"key-1")"), std::string::npos);
  keep(journal, "");
  EXPECT_EQ(records().size(), 2U);
}

TEST_F(UsageJournalTest, ACallThatIsRepeatedCountsOnce) {
  {
    UsageJournal journal(*kv);
    keep(journal, "batch_1/7");
    keep(journal, "batch_1/7");
    keep(journal, "batch_1/8");
  }
  UsageJournal after_a_crash(*kv);
  keep(after_a_crash, "batch_1/7");
  EXPECT_EQ(records().size(), 2U);
}

TEST_F(UsageJournalTest, RepliesEndAlsoWhereTheDiskIsFull) {
  engines::FaultPlan plan;
  auto faulty = engines::make_fault_kv(*kv, plan);
  UsageJournal journal(*faulty);
  plan.add({.point = engines::FaultPoint::kCommit,
            .times = engines::Fault::kForEver,
            .code = ErrorCode::kNoSpace});
  keep(journal, "");
  keep(journal, "");
  EXPECT_TRUE(records().empty());
}

}  // namespace
}  // namespace lakeside::app
