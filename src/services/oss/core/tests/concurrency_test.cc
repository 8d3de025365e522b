#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "base/checksum.h"
#include "base/encoding.h"
#include "services/oss/core/tests/fixture.h"
#include "services/oss/core/tests/yielding_kv.h"

namespace lakeside::oss {
namespace {

// Runs all tasks at once on the calling thread.
void run_together(std::vector<Task<void>> tasks) {
  BlockingExecutor executor;
  Executor::Scope scope(executor);
  std::size_t left = tasks.size();
  bool done = left == 0;
  for (Task<void>& task : tasks) {
    start(std::move(task), [&] { done = --left == 0; });
  }
  executor.run_until(done);
}

// Several stores over the same engines, as processes would be, with forced interleavings.
class Concurrency : public StoreTest {
 public:
  static constexpr int kStores = 3;

  void interleave(std::uint64_t seed) {
    yielding_ = std::make_unique<YieldingKv>(*kv_, seed);
    for (auto& store : stores_) {
      store = ObjectStore::create(*yielding_, *blobs_, pool_, clock_, options_);
    }
  }
  ObjectStore& store(std::size_t i) { return *stores_[i % kStores]; }

  Task<OssResult<ObjectInfo>> put_at(std::size_t i, std::string key, std::string data,
                                     PutOptions options) {
    TestSource source(std::move(data));
    Body body{source, {}, {}, {}};
    std::string bucket = kBucket;
    co_return co_await store(i).put(bucket, key, options, body);
  }

  std::unique_ptr<YieldingKv> yielding_;
  std::unique_ptr<ObjectStore> stores_[kStores];
};

TEST_F(Concurrency, WritersOfOneKeyAllSucceed) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    interleave(seed);
    ASSERT_TRUE(remove("key"));
    std::map<Md5Digest, std::string> written;
    for (int i = 0; i < 64; ++i) {
      std::string data = pattern(i % 8 == 0 ? 80'000 : 1000, seed * 100 + i);
      written[md5(as_bytes(data))] = data;
    }
    auto writer = [](Concurrency& test, int i, std::string data) -> Task<void> {
      PutOptions options;
      auto info = co_await test.put_at(i, "key", std::move(data), options);
      EXPECT_TRUE(info) << info.error().message;
    };
    auto reader = [](Concurrency& test, int i,
                     const std::map<Md5Digest, std::string>& all) -> Task<void> {
      std::string bucket = kBucket, key = "key";
      GetOptions options;
      for (int n = 0; n < 20; ++n) {
        auto found = co_await test.store(i).get(bucket, key, options);
        if (!found) {
          EXPECT_EQ(found.error().code, Errc::kNoSuchKey);
          continue;
        }
        std::string data(found->inline_data.view());
        if (found->stream) {
          auto read = co_await read_all(*found->stream);
          EXPECT_TRUE(read);
          data = std::move(*read);
        }
        EXPECT_TRUE(all.at(found->info->etag.oss) == data);
      }
    };
    std::vector<Task<void>> tasks;
    int i = 0;
    for (const auto& [digest, data] : written) tasks.push_back(writer(*this, i++, data));
    for (int n = 0; n < 8; ++n) tasks.push_back(reader(*this, n, written));
    run_together(std::move(tasks));
    EXPECT_TRUE(written.at(head("key")->etag.oss) == *get("key"));
    clock_.set(clock_.now() + std::chrono::hours(1));
    ASSERT_TRUE(run_blocking(store_->collect_garbage()));
    EXPECT_EQ(blob_count(), records_of('r').size());
    EXPECT_LE(blob_count(), 1u);
  }
}

TEST_F(Concurrency, OnlyOneCreatesAKey) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    interleave(seed);
    std::string key = "key-" + std::to_string(seed);
    int made = 0;
    auto writer = [](Concurrency& test, int i, std::string name, int& count) -> Task<void> {
      PutOptions options;
      if (i % 2 == 0) options.forbid_overwrite = true;
      if (i % 2 == 1) options.conditions.if_none_match = {"*"};
      auto info = co_await test.put_at(i, name, "data", options);
      if (info) ++count;
    };
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 32; ++i) tasks.push_back(writer(*this, i, key, made));
    run_together(std::move(tasks));
    EXPECT_EQ(made, 1);
  }
}

TEST_F(Concurrency, OneAppendAPosition) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    interleave(seed);
    std::string key = "key-" + std::to_string(seed);
    std::string whole;
    auto appender = [](Concurrency& test, int i, std::string name, std::string& all,
                       std::uint64_t salt) -> Task<void> {
      std::string bucket = kBucket;
      PutOptions options;
      std::uint64_t position = 0;
      for (int n = 0; n < 10;) {
        std::string data = pattern(5000, salt + 100 * i + n);
        TestSource source(data);
        Body body{source, {}, {}, {}};
        auto result = co_await test.store(i).append(bucket, name, position, options, body);
        if (result) {
          // Acknowledgements may come out of order: place each by where it went.
          std::uint64_t at = result->next_position - data.size();
          EXPECT_EQ(at, position);
          if (all.size() < at + data.size()) all.resize(at + data.size());
          all.replace(at, data.size(), data);
          position = result->next_position;
          ++n;
        } else {
          EXPECT_EQ(result.error().code, Errc::kPositionNotEqualToLength);
          if (result.error().details.empty()) co_return;
          position = *parse_uint(result.error().details[0].second);
        }
      }
    };
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 8; ++i) tasks.push_back(appender(*this, i, key, whole, seed * 1000));
    run_together(std::move(tasks));
    EXPECT_EQ(whole.size(), 8u * 10 * 5000);
    EXPECT_TRUE(*get(key) == whole);
    EXPECT_EQ(head(key)->crc64, crc64_ecma(0, as_bytes(whole)));
  }
}

TEST_F(Concurrency, OneCompletes) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    interleave(seed);
    std::string key = "key-" + std::to_string(seed);
    auto upload = run_blocking(store_->initiate(kBucket, key, {}));
    TestSource source("part");
    Body body{source, {}, {}, {}};
    ASSERT_TRUE(run_blocking(store_->upload_part(kBucket, key, upload->upload_id, 1, body)));
    int completed = 0, gone = 0;
    auto completer = [](Concurrency& test, int i, std::string name, std::string id, int& won,
                        int& lost) -> Task<void> {
      std::string bucket = kBucket;
      CompleteOptions options;
      options.all_parts = true;
      auto info = co_await test.store(i).complete(bucket, name, id, options);
      if (info) {
        ++won;
      } else {
        EXPECT_EQ(info.error().code, Errc::kNoSuchUpload) << info.error().message;
        ++lost;
      }
    };
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 6; ++i) {
      tasks.push_back(completer(*this, i, key, upload->upload_id, completed, gone));
    }
    run_together(std::move(tasks));
    EXPECT_EQ(completed, 1);
    EXPECT_EQ(gone, 5);
  }
}

// A part that was acknowledged before completion is either in the object, as it was when the
// object was made, or it came too late and was told so.
TEST_F(Concurrency, PartsWhileCompleting) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    interleave(seed);
    std::string key = "key-" + std::to_string(seed);
    auto upload = run_blocking(store_->initiate(kBucket, key, {}));
    std::string id = upload->upload_id;
    for (std::uint32_t number = 1; number <= 4; ++number) {
      TestSource source("old" + std::to_string(number));
      Body body{source, {}, {}, {}};
      ASSERT_TRUE(run_blocking(store_->upload_part(kBucket, key, id, number, body)));
    }
    std::string expected = "old1old2old3old4";
    auto uploader = [](Concurrency& test, std::uint32_t number, std::string name,
                       std::string upload_id, std::string& want) -> Task<void> {
      std::string bucket = kBucket;
      TestSource source("new" + std::to_string(number));
      Body body{source, {}, {}, {}};
      auto part = co_await test.store(number).upload_part(bucket, name, upload_id, number, body);
      if (part) want.replace(4 * (number - 1), 3, "new");
      if (!part) {
        EXPECT_EQ(part.error().code, Errc::kNoSuchUpload);
      }
    };
    auto completer = [](Concurrency& test, std::string name, std::string upload_id) -> Task<void> {
      std::string bucket = kBucket;
      CompleteOptions options;
      options.all_parts = true;
      options.min_part_size = 0;
      auto info = co_await test.store(0).complete(bucket, name, upload_id, options);
      EXPECT_TRUE(info) << info.error().message;
    };
    std::vector<Task<void>> tasks;
    tasks.push_back(completer(*this, key, id));
    for (std::uint32_t number = 1; number <= 4; ++number) {
      tasks.push_back(uploader(*this, number, key, id, expected));
    }
    run_together(std::move(tasks));
    EXPECT_EQ(*get(key), expected);
    clock_.set(clock_.now() + std::chrono::hours(1));
    ASSERT_TRUE(run_blocking(store_->collect_garbage()));
    EXPECT_EQ(*get(key), expected);
    EXPECT_EQ(blob_count(), records_of('r').size());
    EXPECT_TRUE(records_of('p').empty());
  }
}

// With nobody removing objects, a deletion and a write cannot both succeed.
TEST_F(Concurrency, DeletionOfABucketAndWritesToIt) {
  int deleted_rounds = 0, written_rounds = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    interleave(seed);
    std::string name = "bucket-" + std::to_string(seed);
    ASSERT_TRUE(create(name));
    int deleted = 0, written = 0;
    std::vector<std::string> keys;
    auto remover = [](Concurrency& test, int i, std::string bucket, int& count) -> Task<void> {
      auto done = co_await test.store(i).delete_bucket(bucket);
      if (done) ++count;
      if (!done) {
        EXPECT_TRUE(done.error().code == Errc::kBucketNotEmpty ||
                    done.error().code == Errc::kNoSuchBucket)
            << static_cast<int>(done.error().code);
      }
    };
    auto writer = [](Concurrency& test, int i, std::string bucket, int& count,
                     std::vector<std::string>& made) -> Task<void> {
      TestSource source("x");
      Body body{source, {}, {}, {}};
      PutOptions options;
      std::string key = "key-" + std::to_string(i);
      for (int n = i % 5; n > 0; --n) co_await Reschedule{};
      auto info = co_await test.store(i).put(bucket, key, options, body);
      if (info) ++count, made.push_back(key);
      if (!info) {
        EXPECT_EQ(info.error().code, Errc::kNoSuchBucket) << info.error().internal;
      }
    };
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 2; ++i) tasks.push_back(remover(*this, i, name, deleted));
    for (int i = 0; i < 1 + static_cast<int>(seed % 3); ++i) {
      tasks.push_back(writer(*this, i, name, written, keys));
    }
    run_together(std::move(tasks));
    EXPECT_LE(deleted, 1);
    EXPECT_FALSE(deleted != 0 && written != 0) << "seed " << seed;
    EXPECT_FALSE(deleted == 0 && written == 0) << "seed " << seed;
    deleted_rounds += deleted;
    written_rounds += written != 0;
    for (const std::string& key : keys) EXPECT_TRUE(run_blocking(get_task(key, {}, name)));
  }
  EXPECT_GT(deleted_rounds, 20);
  EXPECT_GT(written_rounds, 20);
}

TEST_F(Concurrency, BucketsOfOneName) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    interleave(seed);
    std::string name = "bucket-" + std::to_string(seed);
    int made = 0;
    auto maker = [](Concurrency& test, int i, std::string bucket, int& count) -> Task<void> {
      Bucket wanted;
      wanted.name = std::move(bucket);
      wanted.owner = kOwner;
      auto done = co_await test.store(i).create_bucket(wanted);
      if (done) ++count;
      if (!done) {
        EXPECT_EQ(done.error().code, Errc::kBucketAlreadyOwnedByYou);
      }
    };
    std::vector<Task<void>> tasks;
    for (int i = 0; i < 5; ++i) tasks.push_back(maker(*this, i, name, made));
    run_together(std::move(tasks));
    EXPECT_EQ(made, 1);
  }
}

// All of it at once, on real threads: for the sanitizers.
TEST_F(Concurrency, ManyThreads) {
  std::atomic<int> failures = 0;
  auto work = [&](unsigned seed) {
    std::mt19937 random(seed);
    for (int i = 0; i < 60; ++i) {
      std::string key = "key-" + std::to_string(random() % 5);
      switch (random() % 6) {
        case 0:
        case 1:
          if (!run_blocking(put_task(key, pattern(random() % 2 ? 500 : 70'000)))) ++failures;
          break;
        case 2: {
          auto data = run_blocking(get_task(key));
          if (!data && data.error().code != Errc::kNoSuchKey) ++failures;
          break;
        }
        case 3:
          if (!remove(key)) ++failures;
          break;
        case 4:
          if (!run_blocking(store_->remove_many(kBucket, {"key-0", "key-1", "key-2", "key-3"}))) {
            ++failures;
          }
          break;
        default:
          if (!run_blocking(store_->list(kBucket, {}))) ++failures;
          if (!run_blocking(store_->set_bucket_acl(kBucket, Acl::kPublicRead))) ++failures;
          if (!run_blocking(store_->collect_garbage())) ++failures;
          if (!run_blocking(store_->collect_orphans())) ++failures;
          break;
      }
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 6; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
}

// Of many coroutines on several threads, each with a turn at the same lock.
TEST_F(Concurrency, LocksAcrossThreads) {
  constexpr int kThreads = 4;
  constexpr int kWriters = 16;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      auto writer = [](Concurrency& test, int i) -> Task<void> {
        for (int n = 0; n < 10; ++n) {
          PutOptions options;
          auto info = co_await test.put_task("key", pattern(100, i * 100 + n), options, kBucket);
          EXPECT_TRUE(info);
        }
      };
      std::vector<Task<void>> tasks;
      for (int i = 0; i < kWriters; ++i) tasks.push_back(writer(*this, t * kWriters + i));
      run_together(std::move(tasks));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(get("key"));
}

}  // namespace
}  // namespace lakeside::oss
