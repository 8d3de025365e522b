#include "services/actiontrail/core/journal.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engines/memory/memory_kv.h"

namespace lakeside::actiontrail {
namespace {

constexpr Place kSecond = 1'000'000;
const Time kStart = *parse_iso8601("2026-11-22T08:00:00Z");

struct Trail {
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  ManualClock clock{kStart};
  Metrics metrics;
  std::optional<Journal> journal;

  explicit Trail(JournalOptions options = {}) { open(std::move(options)); }
  void open(JournalOptions options) {
    options.account = "100";
    journal.emplace(*kv, clock, std::move(options), metrics);
  }

  void record(const std::string& name, int after_seconds, const std::string& account = "") {
    AuditEvent event;
    event.at = kStart + std::chrono::seconds(after_seconds);
    event.name = name;
    event.account_id = account;
    journal->record(std::move(event));
  }
  static Task<void> settle(Journal& journal) { co_await journal.kept(); }
  Page find(Query query, const std::string& account = "100") {
    run_blocking(settle(*journal));
    if (query.to == 0) query.to = kStart.time_since_epoch().count() + 1'000'000 * kSecond;
    return *run_blocking(journal->find(account, query));
  }
  std::vector<std::string> names(const Query& query, const std::string& account = "100") {
    std::vector<std::string> out;
    for (const Found& event : find(query, account).events) {
      out.push_back(nlohmann::json::parse(event.json)["eventName"]);
    }
    return out;
  }
};

using Names = std::vector<std::string>;

TEST(Journal, FindsInBothDirections) {
  Trail trail;
  for (int i = 0; i < 5; ++i) trail.record("E" + std::to_string(i), i * 1000);
  EXPECT_EQ(trail.names({}), (Names{"E4", "E3", "E2", "E1", "E0"}));
  EXPECT_EQ(trail.names({.newest_first = false}), (Names{"E0", "E1", "E2", "E3", "E4"}));
  EXPECT_EQ(trail.names({.attributes = {{"EventName", "E3"}}}), Names{"E3"});
  const Place two = kStart.time_since_epoch().count() + 2000 * kSecond;
  EXPECT_EQ(trail.names({.from = two}), (Names{"E4", "E3", "E2"}));
  EXPECT_EQ(trail.names({.to = two}), (Names{"E1", "E0"}));
}

TEST(Journal, PagesMeetWithoutGapOrOverlap) {
  for (bool newest_first : {true, false}) {
    Trail trail;
    Names all;
    for (int i = 0; i < 25; ++i) {
      trail.record("E" + std::to_string(i), i / 3 * 40);  // three at a time
      all.push_back("E" + std::to_string(i));
    }
    if (newest_first) std::ranges::reverse(all);
    Names seen;
    Query query{.newest_first = newest_first, .most = 4};
    query.to = kStart.time_since_epoch().count() + 10'000 * kSecond;
    while (true) {
      Page page = trail.find(query);
      for (const Found& event : page.events) {
        seen.push_back(nlohmann::json::parse(event.json)["eventName"]);
      }
      if (!page.more) break;
      (newest_first ? query.to : query.from) = page.next;
    }
    EXPECT_EQ(seen, all);
  }
}

TEST(Journal, KeepsEachAccountsApart) {
  Trail trail;
  trail.record("Mine", 0);
  trail.record("Theirs", 0, "200");
  EXPECT_EQ(trail.names({}), Names{"Mine"});
  EXPECT_EQ(trail.names({}, "200"), Names{"Theirs"});
}

TEST(Journal, GoesOnAfterARestart) {
  Trail trail;
  trail.record("Before", 10);
  trail.journal.reset();
  trail.open({});
  trail.record("After", 5);  // a clock that went back does not change the order
  EXPECT_EQ(trail.names({.newest_first = false}), (Names{"Before", "After"}));
}

TEST(Journal, ForgetsTheOldest) {
  Trail trail({.most_events = 10});
  for (int i = 0; i < 30; ++i) trail.record("E" + std::to_string(i), i);
  trail.find({});
  ASSERT_TRUE(trail.journal->trim("100"));
  EXPECT_EQ(trail.names({.newest_first = false}).front(), "E20");
  trail.clock.set(kStart + std::chrono::hours(91 * 24));
  ASSERT_TRUE(trail.journal->trim("100"));
  EXPECT_TRUE(trail.names({}).empty());
}

TEST(Journal, ForgetsAnAccount) {
  Trail trail;
  for (int i = 0; i < 2'500; ++i) trail.record("E", i);
  trail.record("Another", 1, "200");
  EXPECT_EQ(trail.names({.most = 3'000}).size(), 2'500U);
  ASSERT_TRUE(trail.journal->forget("100"));
  EXPECT_EQ(trail.names({}), Names{});
  EXPECT_EQ(trail.names({}, "200"), Names{"Another"});
  trail.record("New", 0);
  EXPECT_EQ(trail.names({}), Names{"New"});
}

TEST(Journal, WhatDoesNotFitIsDroppedAndCounted) {
  Trail trail({.most_waiting = 0});
  trail.record("Lost", 0);
  EXPECT_TRUE(trail.names({}).empty());
  EXPECT_NE(trail.metrics.render().find("lakeside_audit_events_total{result=\"dropped\"} 1"),
            std::string::npos);
}

TEST(Journal, DataEventsAreWantedWhereSwitchedOn) {
  const Trail usual, none({.data_events = DataEvents::kNone}),
      all({.data_events = DataEvents::kAll});
  EXPECT_TRUE(usual.journal->wants(true, true));
  EXPECT_FALSE(usual.journal->wants(true, false));
  EXPECT_FALSE(none.journal->wants(true, true));
  EXPECT_TRUE(all.journal->wants(true, false));
  for (const Trail* one : {&usual, &none, &all}) EXPECT_TRUE(one->journal->wants(false, false));
}

TEST(Journal, WhatIsDeniedAgainAndAgainIsKeptOnce) {
  for (DataEvents kept : {DataEvents::kDenied, DataEvents::kAll}) {
    Trail trail({.data_events = kept});
    for (int i = 0; i < 3; ++i) {
      AuditEvent event;
      event.data = true;
      event.by_anybody = true;
      event.name = "GetObject";
      event.account_id = "100";
      trail.journal->record(std::move(event));
    }
    EXPECT_EQ(trail.names({}).size(), kept == DataEvents::kAll ? 3U : 1U);
  }
}

TEST(Journal, OfCallsThatChangeSomethingEachIsKept) {
  Trail trail;
  for (const bool by_anybody : {false, true}) {
    for (int i = 0; i < 3; ++i) {
      AuditEvent event;
      event.by_anybody = by_anybody;
      event.name = by_anybody ? "CreateSession" : "CreateUser";
      event.account_id = "100";
      trail.journal->record(std::move(event));
    }
  }
  EXPECT_EQ(trail.names({}).size(), 4U);
}

}  // namespace
}  // namespace lakeside::actiontrail
