#include "services/actiontrail/core/delivery.h"

#include <map>

#include <gtest/gtest.h>
#include <isa-l/igzip_lib.h>
#include <nlohmann/json.hpp>

#include "engines/memory/memory_kv.h"

namespace lakeside::actiontrail {
namespace {

const Time kStart = *parse_iso8601("2026-11-22T23:59:58Z");

std::string gunzip(const std::string& data) {
  std::string out(1 << 20, '\0');
  inflate_state state;
  isal_inflate_init(&state);
  state.crc_flag = ISAL_GZIP;
  state.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(data.data()));
  state.avail_in = static_cast<std::uint32_t>(data.size());
  state.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  state.avail_out = static_cast<std::uint32_t>(out.size());
  if (isal_inflate(&state) != ISAL_DECOMP_OK) return {};
  out.resize(state.total_out);
  return out;
}

struct Buckets final : LogBuckets {
  std::map<std::string, std::string> objects;
  bool broken = false;
  Task<Result<bool>> has(const std::string&, const std::string& bucket) override {
    co_return bucket == "logs";
  }
  Task<Status> put(const std::string&, const std::string&, const std::string& key,
                   const std::string& data) override {
    if (broken) co_return fail(ErrorCode::kNotFound, "there is no such bucket");
    objects[key] = data;
    co_return Status();
  }
};

struct Cloud {
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  ManualClock clock{kStart};
  Metrics metrics;
  Journal journal{*kv, clock, {.account = "100"}, metrics};
  TrailStore trails{*kv};
  Buckets buckets;
  Delivery delivery{journal, trails, buckets, clock};

  void record(const std::string& name, int after_seconds, bool write) {
    AuditEvent event;
    event.at = kStart + std::chrono::seconds(after_seconds);
    event.name = name;
    event.write = write;
    journal.record(std::move(event));
  }
  static Task<void> settle(Journal& journal) { co_await journal.kept(); }
  void deliver() {
    run_blocking(settle(journal));
    ASSERT_TRUE(run_blocking(delivery.deliver("100")));
  }
  void put(Trail trail) {
    if (auto old = *run_blocking(trails.find("100", trail.name))) trail.stored = old->stored;
    ASSERT_TRUE(run_blocking(trails.put("100", trail)));
  }
  std::vector<std::string> names() {
    std::vector<std::string> out;
    for (const auto& [key, data] : buckets.objects) {
      for (const auto& event : nlohmann::json::parse(gunzip(data)))
        out.push_back(event["eventName"]);
    }
    return out;
  }
};

Trail trail(const std::string& rw = "All") {
  Trail trail;
  trail.name = "everything";
  trail.bucket = "logs";
  trail.event_rw = rw;
  trail.logging = true;
  trail.started = kStart;
  return trail;
}

using Names = std::vector<std::string>;

TEST(Delivery, BringsEachEventOnceAndByDay) {
  Cloud cloud;
  cloud.record("Early", -1, true);
  cloud.put(trail());
  cloud.record("A", 0, true);
  cloud.record("B", 1, false);
  cloud.record("Tomorrow", 3, true);
  cloud.deliver();
  EXPECT_EQ(cloud.names(), (Names{"A", "B", "Tomorrow"}));
  ASSERT_EQ(cloud.buckets.objects.size(), 2U);
  EXPECT_TRUE(cloud.buckets.objects.begin()->first.starts_with(
      "AliyunLogs/Actiontrail/cn-hangzhou/2026/11/22/"
      "Actiontrail_cn-hangzhou_20261122235958_1002_2_"))
      << cloud.buckets.objects.begin()->first;
  cloud.deliver();
  EXPECT_EQ(cloud.buckets.objects.size(), 2U);
}

TEST(Delivery, OfWhatTheTrailWants) {
  Cloud cloud;
  cloud.put(trail("Write"));
  cloud.record("W", 0, true);
  cloud.record("R", 0, false);
  cloud.deliver();
  EXPECT_EQ(cloud.names(), Names{"W"});
}

TEST(Delivery, NothingAfterAStop) {
  Cloud cloud;
  Trail stopped = trail();
  stopped.logging = false;
  stopped.stopped = kStart + std::chrono::seconds(1);
  cloud.put(stopped);
  cloud.record("Before", 0, true);
  cloud.record("After", 2, true);
  cloud.deliver();
  EXPECT_EQ(cloud.names(), Names{"Before"});
}

TEST(Delivery, AFailureIsNotedAndTriedAgain) {
  Cloud cloud;
  cloud.put(trail());
  cloud.record("A", 0, true);
  cloud.buckets.broken = true;
  cloud.deliver();
  EXPECT_EQ(run_blocking(cloud.trails.progress("100", "everything"))->error,
            "there is no such bucket");
  cloud.buckets.broken = false;
  cloud.deliver();
  EXPECT_EQ(cloud.names(), Names{"A"});
  EXPECT_EQ(run_blocking(cloud.trails.progress("100", "everything"))->error, "");
}

TEST(TrailStore, NobodysChangeIsLost) {
  Cloud cloud;
  cloud.put(trail());
  EXPECT_FALSE(run_blocking(cloud.trails.put("100", trail())));  // there is one
  Trail read = **run_blocking(cloud.trails.find("100", "everything"));
  cloud.put(trail("Read"));
  EXPECT_FALSE(run_blocking(cloud.trails.put("100", read)));
  EXPECT_EQ(run_blocking(cloud.trails.list("100"))->size(), 1U);
}

}  // namespace
}  // namespace lakeside::actiontrail
