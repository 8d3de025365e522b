#include "engines/contract/blob_contract.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <map>
#include <random>
#include <thread>
#include <utility>

#include "engines/contract/coroutines.h"

namespace lakeside::engines::contract {

namespace {

// The lengths at which an engine that works in blocks and chunks may go wrong.
std::vector<std::size_t> lengths() {
  constexpr std::size_t kBlock = kBlobChunkQuantum;
  return {0,
          1,
          511,
          4095,
          4096,
          4097,
          kBlock - 1,
          kBlock,
          kBlock + 1,
          kChunkSize - 1,
          kChunkSize,
          kChunkSize + 1,
          3 * kChunkSize + 5 * kBlock + 17};
}

}  // namespace

void BlobContract::SetUp() { engine_ = GetParam()(); }

BlobId BlobContract::write(std::string_view data, std::string_view group) {
  auto id = run_blocking(write_blob(store(), group, data));
  if (!id) ADD_FAILURE() << "write: " << id.error().detail;
  return id ? *id : BlobId{};
}

std::string BlobContract::read(const BlobId& id, std::uint64_t offset, std::uint64_t length) {
  auto data = run_blocking(read_blob(store(), id, offset, length));
  if (!data) ADD_FAILURE() << "read: " << data.error().detail;
  return data ? *data : "";
}

std::optional<ErrorCode> BlobContract::open_error(const BlobId& id, std::uint64_t offset,
                                                  std::uint64_t length) {
  auto source = run_blocking(store().open(id, offset, length));
  return source ? std::nullopt : std::optional(source.error().code);
}

std::set<BlobId> BlobContract::list() {
  std::set<BlobId> ids;
  std::function<bool(const BlobInfo&)> visit = [&](const BlobInfo& info) {
    EXPECT_TRUE(ids.insert(info.id).second) << info.id.value << " listed twice";
    return true;
  };
  Status status = run_blocking(store().list(visit));
  if (!status) ADD_FAILURE() << "list: " << status.error().detail;
  return ids;
}

// ---- one caller ------------------------------------------------------------------------

TEST_P(BlobContract, ReadsBackEveryLength) {
  std::map<std::size_t, BlobId> ids;
  for (std::size_t length : lengths()) ids[length] = write(test_data(length, length));
  // Twice: an engine may read what it has verified in another way.
  for (int round = 0; round < 2; ++round) {
    for (const auto& [length, id] : ids) {
      EXPECT_TRUE(read(id, 0, length) == test_data(length, length)) << length;
      EXPECT_TRUE(run_blocking(store().verify(id))) << length;
    }
  }
}

TEST_P(BlobContract, TakesChunksOfSeveralSizes) {
  const std::string data = test_data(2'000'000, 1);
  for (std::size_t chunk_size : {kBlobChunkQuantum, 3 * kBlobChunkQuantum, 2 * kChunkSize}) {
    auto id = run_blocking(write_blob(store(), "g", data, chunk_size));
    ASSERT_TRUE(id);
    EXPECT_TRUE(read(*id, 0, data.size()) == data) << chunk_size;
    EXPECT_TRUE(run_blocking(store().verify(*id)));
  }
}

TEST_P(BlobContract, ReadsRangesThatCrossBlocks) {
  const std::uint64_t size = 2 * kChunkSize + 12'345;
  const std::string data = test_data(size, 2);
  const BlobId id = write(data);
  const std::vector<std::uint64_t> edges = {0,
                                            1,
                                            4096,
                                            kBlobChunkQuantum - 1,
                                            kBlobChunkQuantum,
                                            kBlobChunkQuantum + 1,
                                            kChunkSize - 1,
                                            kChunkSize,
                                            kChunkSize + 1,
                                            2 * kChunkSize,
                                            2 * kChunkSize + 1,
                                            size - 1,
                                            size};
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t first : edges) {
      for (std::uint64_t end : edges) {
        if (end < first) continue;
        EXPECT_TRUE(read(id, first, end - first) == data.substr(first, end - first))
            << first << " to " << end;
      }
    }
  }
}

TEST_P(BlobContract, RefusesRangesBeyondTheEnd) {
  const BlobId id = write("0123456789");
  EXPECT_EQ(open_error(id, 0, 11), ErrorCode::kInvalid);
  EXPECT_EQ(open_error(id, 11, 0), ErrorCode::kInvalid);
  EXPECT_EQ(open_error(id, 5, ~std::uint64_t{0}), ErrorCode::kInvalid);
  EXPECT_EQ(open_error(id, 10, 0), std::nullopt);
  EXPECT_EQ(read(id, 10, 0), "");
}

TEST_P(BlobContract, KnowsNothingOfOtherIds) {
  const BlobId id = write("x");
  for (std::string name : {"g/1234", "g/", "", "/", "g", "../../etc/passwd", "g/../g/x",
                           "g/00000000000000000000000000000000"}) {
    EXPECT_EQ(open_error(BlobId{name}, 0, 0), ErrorCode::kNotFound) << name;
    Status status = run_blocking(store().verify(BlobId{name}));
    ASSERT_FALSE(status) << name;
    EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
    EXPECT_TRUE(run_blocking(store().remove(BlobId{name}))) << name;
  }
  EXPECT_EQ(read(id, 0, 1), "x");
}

TEST_P(BlobContract, CarriesTheGroupInTheId) {
  for (std::string group : {"g", "bucket.1", "a-b_c", "a"}) {
    const BlobId id = write("x", group);
    EXPECT_EQ(id.group(), group);
    EXPECT_GT(id.value.size(), group.size() + 1);
  }
  for (std::string group : {"", ".", "..", ".x", "A", "a/b"}) {
    auto writer = run_blocking(store().create(group));
    ASSERT_FALSE(writer) << group;
    EXPECT_EQ(writer.error().code, ErrorCode::kInvalid);
  }
}

TEST_P(BlobContract, OnlyTheLastChunkMayBePartial) {
  auto writer = run_blocking(store().create("g"));
  ASSERT_TRUE(writer);
  auto append = [&](std::size_t size) {
    Chunk chunk = Chunk::allocate();
    std::memset(chunk.free_space().data(), 'x', size);
    chunk.extend(size);
    return run_blocking((*writer)->append(std::move(chunk)));
  };
  EXPECT_TRUE(append(kChunkSize));
  EXPECT_TRUE(append(100));
  Status status = append(kChunkSize);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
}

TEST_P(BlobContract, UnfinishedWritersLeaveNothing) {
  const std::string data = test_data(kChunkSize, 3);
  for (int chunks : {0, 1, 4}) {
    auto writer = run_blocking(store().create("g"));
    ASSERT_TRUE(writer);
    for (int i = 0; i < chunks; ++i) {
      Chunk chunk = Chunk::allocate();
      std::memcpy(chunk.free_space().data(), data.data(), data.size());
      chunk.extend(data.size());
      ASSERT_TRUE(run_blocking((*writer)->append(std::move(chunk))));
    }
  }
  EXPECT_TRUE(list().empty());
  // Removing may go on in the background.
  for (int i = 0; i < 100 && !engine().clean(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(engine().clean());
}

TEST_P(BlobContract, RemovesBlobs) {
  const BlobId a = write("a");
  const BlobId b = write("b");
  EXPECT_EQ(read(a, 0, 1), "a");
  EXPECT_TRUE(run_blocking(store().remove(a)));
  EXPECT_EQ(open_error(a, 0, 1), ErrorCode::kNotFound);
  EXPECT_TRUE(run_blocking(store().remove(a)));
  EXPECT_EQ(list(), std::set<BlobId>{b});
  EXPECT_EQ(read(b, 0, 1), "b");
}

namespace {

Task<void> read_while_removed(BlobStore& store, std::string_view data) {
  auto id = co_await write_blob(store, "g", data);
  if (!id) {
    ADD_FAILURE() << id.error().detail;
    co_return;
  }
  auto source = co_await store.open(*id, 0, data.size());
  EXPECT_TRUE(source);
  std::string text;
  auto first = co_await (*source)->next();
  EXPECT_TRUE(first && *first);
  append_segment(text, **first);
  Status removed = co_await store.remove(*id);
  EXPECT_TRUE(removed);
  auto rest = co_await drain(**source);
  EXPECT_TRUE(rest && text + *rest == data);
  auto again = co_await store.open(*id, 0, 1);
  EXPECT_FALSE(again);
}

}  // namespace

TEST_P(BlobContract, AReaderKeepsARemovedBlob) {
  const std::string data = test_data(5 * kChunkSize + 3, 4);
  run_blocking(read_while_removed(store(), data));
}

TEST_P(BlobContract, ListsFinishedBlobs) {
  const Time before = system_clock().now() - std::chrono::seconds(1);
  std::map<BlobId, std::uint64_t> expected;
  for (std::uint64_t length : {0, 5, 70'000}) {
    for (std::string group : {"g", "h"}) {
      expected[write(test_data(length, length), group)] = length;
    }
  }
  auto unfinished = run_blocking(store().create("g"));

  std::map<BlobId, std::uint64_t> listed;
  std::function<bool(const BlobInfo&)> visit = [&](const BlobInfo& info) {
    listed[info.id] = info.length;
    EXPECT_GE(info.created, before);
    EXPECT_LE(info.created, system_clock().now());
    return true;
  };
  EXPECT_TRUE(run_blocking(store().list(visit)));
  EXPECT_EQ(listed, expected);

  int visits = 0;
  std::function<bool(const BlobInfo&)> stop = [&](const BlobInfo&) { return ++visits < 2; };
  EXPECT_TRUE(run_blocking(store().list(stop)));
  EXPECT_EQ(visits, 2);
}

// ---- many callers ----------------------------------------------------------------------

namespace {

Task<void> write_and_read(BlobStore& store, std::uint64_t seed) {
  for (std::uint64_t i = 0; i < 6; ++i) {
    const std::string data = test_data((seed * 7919 + i * 104'729) % 3'000'000, seed * 100 + i);
    auto id = co_await write_blob(store, "g", data);
    if (!id) {
      ADD_FAILURE() << id.error().detail;
      co_return;
    }
    for (int round = 0; round < 2; ++round) {
      auto back = co_await read_blob(store, *id, data.size() / 3, data.size() - data.size() / 3);
      EXPECT_TRUE(back && *back == std::string_view(data).substr(data.size() / 3));
    }
    if (i % 2 == 0) continue;
    Status removed = co_await store.remove(*id);
    EXPECT_TRUE(removed);
  }
}

Task<void> read_whole(BlobStore& store, const BlobId& id, std::string_view data) {
  for (int i = 0; i < 5; ++i) {
    auto back = co_await read_blob(store, id, 0, data.size());
    EXPECT_TRUE(back && *back == data);
  }
}

}  // namespace

TEST_P(BlobContract, TakesManyWritersAndReadersAtOnce) {
  on_threads(3, [&](int thread) {
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 8; ++i) tasks.push_back(write_and_read(store(), thread * 8 + i));
    run_together(std::move(tasks));
  });
  EXPECT_EQ(list().size(), 3U * 8 * 3);
}

TEST_P(BlobContract, ManyReadTheSameBlob) {
  const std::string data = test_data(4 * kChunkSize + 99, 5);
  const BlobId id = write(data);
  on_threads(3, [&](int) {
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 8; ++i) tasks.push_back(read_whole(store(), id, data));
    run_together(std::move(tasks));
  });
}

TEST_P(BlobContract, ASourceMayBeLeftAtAnyPoint) {
  const std::string data = test_data(4 * kChunkSize, 6);
  const BlobId id = write(data);
  for (int pieces = 0; pieces < 4; ++pieces) {
    auto source = run_blocking(store().open(id, 0, data.size()));
    ASSERT_TRUE(source);
    for (int i = 0; i < pieces; ++i) EXPECT_TRUE(run_blocking((*source)->next()));
  }
}

// ---- what lasts ------------------------------------------------------------------------

TEST_P(BlobContract, KeepsBlobsAcrossReopening) {
  if (!engine().reopen()) GTEST_SKIP() << "keeps nothing";
  std::map<std::size_t, BlobId> ids;
  for (std::size_t length : lengths()) ids[length] = write(test_data(length, length));
  ASSERT_TRUE(engine().reopen());
  for (const auto& [length, id] : ids) {
    EXPECT_TRUE(read(id, 0, length) == test_data(length, length)) << length;
  }
  EXPECT_EQ(list().size(), ids.size());
  EXPECT_TRUE(engine().clean());
}

TEST_P(BlobContract, FailsWholeAndIsWellAgain) {
  const std::string data = test_data(3 * kChunkSize + 1, 7);
  for (ErrorCode code : {ErrorCode::kNoSpace, ErrorCode::kIo}) {
    const BlobId before = write(data);
    if (!engine().break_writes(code)) GTEST_SKIP() << "cannot fail";
    auto failed = run_blocking(write_blob(store(), "g", data));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, code) << failed.error().detail;
    EXPECT_TRUE(read(before, 0, data.size()) == data);
    engine().break_writes(std::nullopt);
    const BlobId after = write(data);
    EXPECT_TRUE(read(after, 0, data.size()) == data);
  }
  EXPECT_EQ(list().size(), 4U);
}

namespace {

Task<void> write_until_error(BlobStore& store, std::uint64_t seed,
                             std::map<BlobId, std::pair<std::size_t, std::uint64_t>>& finished) {
  for (std::uint64_t i = seed * 1'000'000;; ++i) {
    std::size_t size = (i * 104'729 + seed * 7919) % 1'500'000;
    const std::string data = test_data(size, i);
    auto id = co_await write_blob(store, "g" + std::to_string(i % 3), data);
    if (!id) co_return;
    finished[*id] = {size, i};
  }
}

}  // namespace

TEST_P(BlobContract, FinishedSurvivesAPowerCut) {
  if (!engine().has_power_switch()) GTEST_SKIP() << "cannot lose power";
  for (std::uint64_t round = 0; round < 6; ++round) {
    std::map<BlobId, std::pair<std::size_t, std::uint64_t>> finished;
    std::thread writers([&] {
      std::vector<Task<void>> tasks;
      for (std::uint64_t i = 0; i < 6; ++i) {
        tasks.push_back(write_until_error(store(), round * 10 + i, finished));
      }
      run_together(std::move(tasks));
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50 + 20 * round));
    engine().cut_power();
    writers.join();
    engine().restore_power(round);

    EXPECT_TRUE(engine().clean());
    for (const auto& [id, content] : finished) {
      EXPECT_TRUE(read(id, 0, content.first) == test_data(content.first, content.second));
    }
    // Others may be there too, but only whole ones.
    for (const BlobId& id : list()) EXPECT_TRUE(run_blocking(store().verify(id))) << id.value;
  }
}

}  // namespace lakeside::engines::contract
