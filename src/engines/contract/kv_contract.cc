#include "engines/contract/kv_contract.h"

#include <atomic>
#include <random>
#include <span>
#include <thread>

#include "engines/contract/coroutines.h"

namespace lakeside::engines::contract {
namespace {

std::string bytes(std::size_t size, std::uint64_t seed) {
  std::string text(size, '\0');
  std::mt19937_64 random(seed);
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

Batch put_batch(std::string key, std::string value) {
  Batch batch;
  batch.put(std::move(key), std::move(value));
  return batch;
}

}  // namespace

void KvContract::SetUp() { engine_ = GetParam()(); }

std::optional<std::string> KvContract::get(const std::string& key) {
  auto value = run_blocking(get_one(kv(), partition_, key));
  if (!value) ADD_FAILURE() << "get: " << value.error().detail;
  return value ? *value : std::nullopt;
}

Status KvContract::commit(const Batch& batch) { return commit(partition_, batch); }

Status KvContract::commit(const Partition& partition, const Batch& batch) {
  return run_blocking(kv().commit(partition, batch));
}

void KvContract::put(const std::string& key, const std::string& value) {
  Batch batch = put_batch(key, value);
  Status status = commit(batch);
  ASSERT_TRUE(status) << status.error().detail;
}

KvContract::Pairs KvContract::scan(const Partition& partition, std::string_view from) {
  Pairs pairs;
  ScanVisitor visitor = [&](std::string_view key, std::string_view value) {
    pairs.emplace_back(key, value);
    return ScanStep::next();
  };
  Status status = run_blocking(kv().scan(partition, from, visitor));
  if (!status) ADD_FAILURE() << "scan: " << status.error().detail;
  return pairs;
}

// ---- one caller ------------------------------------------------------------------------

TEST_P(KvContract, PutsReplacesAndRemoves) {
  EXPECT_EQ(get("k"), std::nullopt);
  put("k", "1");
  EXPECT_EQ(get("k"), "1");
  put("k", "22");
  EXPECT_EQ(get("k"), "22");
  Batch remove;
  remove.remove("k");
  remove.remove("never there");
  EXPECT_TRUE(commit(remove));
  EXPECT_EQ(get("k"), std::nullopt);
}

TEST_P(KvContract, GetsSeveralKeysInTheOrderAsked) {
  put("a", "1");
  put("b", "2");
  std::vector<std::string> keys = {"b", "x", "a", "b"};
  auto values = run_blocking(kv().get(partition_, keys));
  ASSERT_TRUE(values);
  EXPECT_EQ(*values, (std::vector<std::optional<std::string>>{"2", std::nullopt, "1", "2"}));
  auto none = run_blocking(kv().get(partition_, {}));
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_P(KvContract, OrdersByUnsignedBytes) {
  const std::string nul(1, '\0');
  const Pairs expected = {{nul, "0"},    {nul + nul, "1"}, {"A", "2"},    {"A" + nul, "3"},
                          {"AA", "4"},   {"\x7f", "5"},    {"\x80", "6"}, {"\xc3\xa9", "7"},
                          {"\xff", "8"}, {"\xff\xff", "9"}};
  Batch batch;
  for (auto pair = expected.rbegin(); pair != expected.rend(); ++pair) {
    batch.put(pair->first, pair->second);
  }
  ASSERT_TRUE(commit(batch));
  EXPECT_EQ(scan(partition_), expected);
}

TEST_P(KvContract, KeepsBinaryValues) {
  for (std::size_t size : {1, 100, 1023, 1024, 4096, 65536, 300'000}) {
    put("k", bytes(size, size));
    EXPECT_EQ(get("k"), bytes(size, size)) << size;
  }
}

TEST_P(KvContract, LaterWriteOfABatchWins) {
  Batch batch;
  batch.put("a", "1");
  batch.put("a", "2");
  batch.put("b", "1");
  batch.remove("b");
  batch.remove("c");
  batch.put("c", "3");
  ASSERT_TRUE(commit(batch));
  EXPECT_EQ(scan(partition_), (Pairs{{"a", "2"}, {"c", "3"}}));
}

TEST_P(KvContract, RefusesWhatIsEmptyOrTooLarge) {
  auto code = [&](const Batch& batch) {
    Status status = commit(batch);
    return status ? std::nullopt : std::optional(status.error().code);
  };
  auto with_good = [](std::string key, std::string value) {
    Batch batch;
    batch.put("good", "1");
    batch.put(std::move(key), std::move(value));
    return batch;
  };
  EXPECT_EQ(code(with_good("", "1")), ErrorCode::kInvalid);
  EXPECT_EQ(code(with_good("k", "")), ErrorCode::kInvalid);
  EXPECT_EQ(code(with_good(std::string(kMaxKeySize + 1, 'k'), "1")), ErrorCode::kTooLarge);
  EXPECT_EQ(code(with_good("k", std::string(kMaxValueSize + 1, 'v'))), ErrorCode::kTooLarge);
  Batch empty_guard;
  empty_guard.require("k", "");
  EXPECT_EQ(code(empty_guard), ErrorCode::kInvalid);
  EXPECT_TRUE(scan(partition_).empty());
}

TEST_P(KvContract, TakesTheLargestKeyAndValue) {
  const std::string key(kMaxKeySize, '\xff');
  const std::string value = bytes(kMaxValueSize, 1);
  put(key, value);
  EXPECT_TRUE(get(key) == value);
}

TEST_P(KvContract, RefusesBadPartitionNames) {
  Batch batch = put_batch("k", "v");
  for (std::string name : {"", "A", "a/b", "a b", "\xc3\xa9"}) {
    Partition bad{name};
    Status status = commit(bad, batch);
    ASSERT_FALSE(status) << name;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
    EXPECT_FALSE(run_blocking(get_one(kv(), bad, "k"))) << name;
  }
  EXPECT_FALSE(commit(Partition{std::string(kMaxPartitionName + 1, 'a')}, batch));
  EXPECT_TRUE(commit(Partition{std::string(kMaxPartitionName, 'a')}, batch));
}

TEST_P(KvContract, KeepsPartitionsApart) {
  const std::vector<std::string> names = {"a", "ab", "a.b", "a-",
                                          "b", "0",  "ba",  std::string(64, 'a')};
  for (const std::string& name : names) {
    Batch batch;
    batch.put("key", name);
    batch.put("b", name);
    batch.put(std::string(1, '\0'), name);
    batch.put("\xff\xff\xff", name);
    ASSERT_TRUE(commit(Partition{name}, batch));
  }
  for (const std::string& name : names) {
    Pairs expected = {
        {std::string(1, '\0'), name}, {"b", name}, {"key", name}, {"\xff\xff\xff", name}};
    EXPECT_EQ(scan(Partition{name}), expected) << name;
    EXPECT_TRUE(scan(Partition{name}, "\xff\xff\xff\xff").empty()) << name;
  }
  EXPECT_TRUE(scan(Partition{"aa"}).empty());
  EXPECT_TRUE(scan(partition_).empty());
}

// ---- guards ----------------------------------------------------------------------------

TEST_P(KvContract, GuardsDecideOverTheWholeBatch) {
  put("a", "1");
  auto attempt = [&](const std::function<void(Batch&)>& guard) {
    Batch batch;
    batch.put("new", "1");
    batch.remove("a");
    guard(batch);
    Status status = commit(batch);
    EXPECT_FALSE(status);
    if (!status) {
      EXPECT_EQ(status.error().code, ErrorCode::kGuardFailed);
    }
    EXPECT_EQ(scan(partition_), (Pairs{{"a", "1"}}));
  };
  attempt([](Batch& batch) { batch.require("a", "2"); });
  attempt([](Batch& batch) { batch.require("a", "11"); });
  attempt([](Batch& batch) { batch.require_absent("a"); });
  attempt([](Batch& batch) { batch.require("x", "1"); });
  attempt([](Batch& batch) {
    batch.require("a", "1");
    batch.require_absent("x");
    batch.require("y", "1");
  });

  Batch good;
  good.require("a", "1");
  good.require_absent("x");
  good.put("a", "2");
  good.put("x", "1");
  EXPECT_TRUE(commit(good));
  EXPECT_EQ(scan(partition_), (Pairs{{"a", "2"}, {"x", "1"}}));
}

TEST_P(KvContract, GuardsSeeTheStateBeforeTheirBatch) {
  Batch batch;
  batch.put("k", "new");
  batch.require_absent("k");
  EXPECT_TRUE(commit(batch));
  Batch again;
  again.remove("k");
  again.require("k", "new");
  EXPECT_TRUE(commit(again));
  EXPECT_EQ(get("k"), std::nullopt);
}

TEST_P(KvContract, ABatchMayOnlyCheck) {
  put("k", "1");
  Batch holds;
  holds.require("k", "1");
  EXPECT_TRUE(commit(holds));
  Batch fails;
  fails.require_absent("k");
  EXPECT_FALSE(commit(fails));
  EXPECT_TRUE(commit(Batch()));
}

// ---- scans -----------------------------------------------------------------------------

TEST_P(KvContract, ScansFromAKeyOn) {
  put("a", "1");
  put("b", "2");
  put("c", "3");
  EXPECT_EQ(scan(partition_, "b"), (Pairs{{"b", "2"}, {"c", "3"}}));
  EXPECT_EQ(scan(partition_, "b!"), (Pairs{{"c", "3"}}));
  EXPECT_TRUE(scan(partition_, "d").empty());
}

TEST_P(KvContract, ScanStopsAndSeeks) {
  Batch batch;
  for (char c = 'a'; c <= 'z'; ++c) batch.put(std::string(1, c), "v");
  ASSERT_TRUE(commit(batch));
  std::string seen;
  ScanVisitor visitor = [&](std::string_view key, std::string_view) {
    seen += key;
    if (key == "b") return ScanStep::seek("m");   // a key that is there
    if (key == "m") return ScanStep::seek("nn");  // one that is not
    if (key == "p") return ScanStep::stop();
    return ScanStep::next();
  };
  EXPECT_TRUE(run_blocking(kv().scan(partition_, "", visitor)));
  EXPECT_EQ(seen, "abmop");

  ScanVisitor beyond = [&](std::string_view, std::string_view) { return ScanStep::seek("zz"); };
  EXPECT_TRUE(run_blocking(kv().scan(partition_, "", beyond)));
  ScanVisitor backwards = [&](std::string_view, std::string_view) { return ScanStep::seek("a"); };
  Status status = run_blocking(kv().scan(partition_, "c", backwards));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
}

TEST_P(KvContract, ScansManyKeys) {
  Pairs expected;
  Batch batch;
  for (int i = 0; i < 20'000; ++i) {
    std::string key = std::to_string(1'000'000 + i);
    expected.emplace_back(key, "value " + key);
    batch.put(key, "value " + key);
  }
  ASSERT_TRUE(commit(batch));
  EXPECT_EQ(scan(partition_), expected);
}

// ---- many callers ----------------------------------------------------------------------

namespace {

// Moves an amount from one key to the other: their sum stays the same.
Task<void> keep_sum(Kv& kv, const Partition& partition, std::atomic<bool>& stop) {
  for (int i = 0; !stop; ++i) {
    Batch batch;
    batch.put("a", std::to_string(1'000 + i % 1'000));
    batch.put("z", std::to_string(9'000 - i % 1'000));
    Status status = co_await kv.commit(partition, batch);
    EXPECT_TRUE(status);
  }
}

}  // namespace

TEST_P(KvContract, ReadsAreOfOneMoment) {
  put("a", "1000");
  put("z", "9000");
  Batch filling;
  for (int i = 0; i < 500; ++i) filling.put("m" + std::to_string(i), "filling");
  ASSERT_TRUE(commit(filling));

  std::atomic<bool> stop = false;
  std::thread writer([&] { run_blocking(keep_sum(kv(), partition_, stop)); });
  const std::vector<std::string> keys = {"a", "z"};
  for (int i = 0; i < 300; ++i) {
    auto values = run_blocking(kv().get(partition_, keys));
    EXPECT_TRUE(values);
    if (values) {
      EXPECT_EQ(std::stoi(**values->begin()) + std::stoi(**values->rbegin()), 10'000);
    }
    if (i % 10 != 0) continue;
    Pairs all = scan(partition_);
    EXPECT_EQ(all.size(), 502U);
    EXPECT_EQ(std::stoi(all.front().second) + std::stoi(all.back().second), 10'000);
  }
  stop = true;
  writer.join();
}

namespace {

Task<void> put_many(Kv& kv, const Partition& partition, std::string prefix, int count) {
  for (int i = 0; i < count; ++i) {
    Batch batch;
    batch.put(prefix + std::to_string(i), prefix);
    batch.put("last of " + prefix, std::to_string(i));
    Status status = co_await kv.commit(partition, batch);
    EXPECT_TRUE(status);
    auto back = co_await get_one(kv, partition, prefix + std::to_string(i));
    EXPECT_TRUE(back && *back == prefix);
  }
}

}  // namespace

TEST_P(KvContract, TakesManyCommittersAtOnce) {
  on_threads(4, [&](int thread) {
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 16; ++i) {
      std::string prefix = std::to_string(thread * 100 + i) + "/";
      tasks.push_back(put_many(kv(), partition_, std::move(prefix), 25));
    }
    run_together(std::move(tasks));
  });
  Pairs all = scan(partition_);
  EXPECT_EQ(all.size(), 64U * 26);
  for (const auto& [key, value] : all) {
    if (key.starts_with("last of ")) {
      EXPECT_EQ(value, "24");
    }
  }
}

namespace {

Task<void> claim(Kv& kv, const Partition& partition, std::string who, int& winners) {
  Batch batch;
  batch.require_absent("owner");
  batch.put("owner", who);
  batch.put("claimed by " + who, "x");
  Status status = co_await kv.commit(partition, batch);
  if (status) {
    ++winners;
  } else {
    EXPECT_EQ(status.error().code, ErrorCode::kGuardFailed);
  }
}

Task<void> put_one(Kv& kv, const Partition& partition, std::string key) {
  Batch batch = put_batch(std::move(key), "v");
  Status status = co_await kv.commit(partition, batch);
  EXPECT_TRUE(status);
}

}  // namespace

TEST_P(KvContract, OneOfManyClaimsWinsAndTheLosersHurtNobody) {
  int winners = 0;
  std::vector<Task<void>> tasks;
  for (int i = 0; i < 50; ++i) {
    tasks.push_back(claim(kv(), partition_, std::to_string(i), winners));
    tasks.push_back(put_one(kv(), partition_, "other " + std::to_string(i)));
  }
  run_together(std::move(tasks));
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(scan(partition_).size(), 52U);
}

TEST_P(KvContract, GuardsHoldWithinOnePartitionOnly) {
  int winners = 0;
  std::vector<Task<void>> tasks;
  const Partition other{"q"};
  tasks.push_back(claim(kv(), partition_, "a", winners));
  tasks.push_back(claim(kv(), other, "b", winners));
  run_together(std::move(tasks));
  EXPECT_EQ(winners, 2);
}

namespace {

Task<void> increment(Kv& kv, const Partition& partition, int times) {
  for (int done = 0; done < times;) {
    auto old = co_await get_one(kv, partition, "counter");
    if (!old) {
      ADD_FAILURE() << old.error().detail;
      co_return;
    }
    Batch batch;
    if (*old) {
      batch.require("counter", **old);
    } else {
      batch.require_absent("counter");
    }
    batch.put("counter", std::to_string(*old ? std::stoi(**old) + 1 : 1));
    Status status = co_await kv.commit(partition, batch);
    if (status) ++done;
  }
}

}  // namespace

TEST_P(KvContract, CompareAndSwapLosesNoIncrement) {
  on_threads(3, [&](int) {
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 5; ++i) tasks.push_back(increment(kv(), partition_, 10));
    run_together(std::move(tasks));
  });
  EXPECT_EQ(get("counter"), "150");
}

// ---- what lasts ------------------------------------------------------------------------

TEST_P(KvContract, KeepsEverythingAcrossReopening) {
  if (!engine().reopen()) GTEST_SKIP() << "keeps nothing";
  put("a", "1");
  put("b", bytes(100'000, 7));
  put("c", "3");
  Batch remove;
  remove.remove("c");
  ASSERT_TRUE(commit(remove));
  ASSERT_TRUE(engine().reopen());
  EXPECT_EQ(scan(partition_), (Pairs{{"a", "1"}, {"b", bytes(100'000, 7)}}));
  put("d", "4");
  ASSERT_TRUE(engine().reopen());
  EXPECT_EQ(get("d"), "4");
}

TEST_P(KvContract, WritesResumeWhenTheDiskIsWellAgain) {
  for (ErrorCode code : {ErrorCode::kNoSpace, ErrorCode::kIo}) {
    put("before", "1");
    if (!engine().break_writes(code)) GTEST_SKIP() << "cannot fail";
    for (int i = 0; i < 3; ++i) {
      Batch batch = put_batch("during", "1");
      Status status = commit(batch);
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().code, code) << status.error().detail;
      EXPECT_EQ(get("during"), std::nullopt);
      EXPECT_EQ(get("before"), "1");
      EXPECT_EQ(scan(partition_).front().first, "before");
    }
    engine().break_writes(std::nullopt);
    Status status;
    for (int attempt = 0; attempt < 50; ++attempt) {
      Batch batch = put_batch("later", "1");
      status = commit(batch);
      if (status) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    ASSERT_TRUE(status) << status.error().detail;
    EXPECT_EQ(get("later"), "1");
    ASSERT_TRUE(engine().reopen());
    EXPECT_EQ(get("before"), "1");
    EXPECT_EQ(get("later"), "1");
    Batch remove;
    remove.remove("later");
    ASSERT_TRUE(commit(remove));
  }
}

namespace {

// What a writer was told, so that it can be compared with what the disk has kept.
struct Acknowledged {
  int last = -1;
  int attempted = -1;
};

Task<void> write_until_error(Kv& kv, const Partition& partition, std::string name,
                             Acknowledged& told) {
  while (true) {
    int number = told.last + 1;
    Batch batch;
    batch.put(name + "/a", std::to_string(number));
    batch.put(name + "/b", std::to_string(number));
    batch.put(name + "/" + std::to_string(number), bytes(1 + number % 5'000, number));
    told.attempted = number;
    Status status = co_await kv.commit(partition, batch);
    if (!status) co_return;
    told.last = number;
  }
}

}  // namespace

TEST_P(KvContract, AcknowledgedSurvivesAPowerCut) {
  if (!engine().has_power_switch()) GTEST_SKIP() << "cannot lose power";
  constexpr int kWriters = 8;
  std::vector<Acknowledged> told(kWriters);
  for (std::uint64_t round = 0; round < 8; ++round) {
    std::thread writers([&] {
      std::vector<Task<void>> tasks;
      for (int i = 0; i < kWriters; ++i) {
        tasks.push_back(write_until_error(kv(), partition_, std::to_string(i), told[i]));
      }
      run_together(std::move(tasks));
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(10 + 7 * round));
    engine().cut_power();
    writers.join();
    engine().restore_power(round);

    for (int i = 0; i < kWriters; ++i) {
      std::string name = std::to_string(i);
      auto a = get(name + "/a");
      EXPECT_EQ(a, get(name + "/b")) << "a torn batch";
      int kept = a ? std::stoi(*a) : -1;
      EXPECT_GE(kept, told[i].last);
      EXPECT_LE(kept, told[i].attempted);
      for (int number = 0; number <= kept; ++number) {
        ASSERT_TRUE(get(name + "/" + std::to_string(number)) == bytes(1 + number % 5'000, number));
      }
      told[i].last = kept;
    }
  }
}

}  // namespace lakeside::engines::contract
