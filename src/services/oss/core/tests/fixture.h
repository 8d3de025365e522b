// An object store on memory engines, and short forms of what tests do with it.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/task.h"
#include "engines/memory/memory_blob.h"
#include "engines/memory/memory_kv.h"
#include "services/oss/core/object_store.h"

namespace lakeside::oss {

inline constexpr Time kEpoch = std::chrono::sys_days{std::chrono::year{2026} / 11 / 21};

// A body in pieces of at most `step` bytes, which may fail before its end.
class TestSource final : public ByteSource {
 public:
  explicit TestSource(std::string data, bool announced = true, std::size_t step = 1 << 20)
      : data_(std::move(data)), announced_(announced), step_(step) {}
  void fail_at(std::size_t offset, ErrorCode code) { fail_at_ = offset, code_ = code; }

  Task<Result<std::size_t>> read(MutableBytes into) override {
    if (at_ >= fail_at_) co_return lakeside::fail(code_, "test");
    std::size_t size = std::min({step_, data_.size() - at_, into.size(), fail_at_ - at_});
    std::memcpy(into.data(), data_.data() + at_, size);
    at_ += size;
    co_return size;
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override {
    if (!announced_) return std::nullopt;
    return data_.size();
  }

 private:
  std::string data_;
  bool announced_;
  std::size_t step_;
  std::size_t at_ = 0;
  std::size_t fail_at_ = std::string::npos;
  ErrorCode code_ = ErrorCode::kDisconnected;
};

// Bytes that no compressor and no lazy comparison would take for others.
inline std::string pattern(std::size_t size, std::uint64_t seed = 1) {
  std::string data(size, '\0');
  std::uint64_t state = seed * 0x9E3779B97F4A7C15 + 1;
  for (char& c : data) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    c = static_cast<char>(state >> 32);
  }
  return data;
}

inline Task<Result<std::string>> read_all(SegmentSource& source) {
  std::string data;
  while (true) {
    auto segment = co_await source.next();
    if (!segment) co_return std::unexpected(std::move(segment.error()));
    if (!*segment) co_return data;
    data += as_text(std::get<Chunk>(**segment).view());
  }
}

class StoreTest : public ::testing::Test {
 public:  // the coroutines of tests, which capture nothing, use it too
  static constexpr const char* kBucket = "test-bucket";
  static constexpr const char* kOwner = "1234567890123456";

  void SetUp() override {
    restart();
    create(kBucket);
  }

  // A store over the same engines, as after a restart of the process.
  void restart() {
    store_.reset();
    store_ = ObjectStore::create(kv(), blobs(), pool_, clock_, options_);
  }
  virtual engines::Kv& kv() { return *kv_; }
  virtual engines::BlobStore& blobs() { return *blobs_; }

  OssResult<Bucket> create(const std::string& name, const std::string& owner = kOwner) {
    Bucket wanted;
    wanted.name = name;
    wanted.owner = owner;
    return run_blocking(store_->create_bucket(wanted));
  }
  Task<OssResult<ObjectInfo>> put_task(std::string key, std::string data, PutOptions options = {},
                                       std::string bucket = kBucket) {
    TestSource source(std::move(data));
    Body body{source, {}, {}, {}};
    if (options.owner.empty()) options.owner = kOwner;
    co_return co_await store_->put(bucket, key, options, body);
  }
  OssResult<ObjectInfo> put(const std::string& key, std::string data, PutOptions options = {}) {
    return run_blocking(put_task(key, std::move(data), std::move(options)));
  }
  Task<OssResult<std::string>> get_task(std::string key, GetOptions options = {},
                                        std::string bucket = kBucket) {
    auto found = co_await store_->get(bucket, key, options);
    if (!found) co_return std::unexpected(std::move(found.error()));
    if (!found->stream) co_return std::string(found->inline_data.view());
    auto data = co_await read_all(*found->stream);
    if (!data) co_return from_engine(std::move(data.error()));
    co_return std::move(*data);
  }
  OssResult<std::string> get(const std::string& key, GetOptions options = {}) {
    return run_blocking(get_task(key, std::move(options)));
  }
  OssResult<ObjectInfo> head(const std::string& key, const Preconditions& conditions = {}) {
    return run_blocking(store_->head(kBucket, key, conditions));
  }
  OssStatus remove(const std::string& key) { return run_blocking(store_->remove(kBucket, key)); }
  ListPage list(const ListOptions& options) {
    auto page = run_blocking(store_->list(kBucket, options));
    EXPECT_TRUE(page) << page.error().internal;
    return page ? std::move(*page) : ListPage{};
  }
  std::size_t blob_count() {
    std::size_t count = 0;
    std::function<bool(const engines::BlobInfo&)> visit = [&](const engines::BlobInfo&) {
      ++count;
      return true;
    };
    EXPECT_TRUE(run_blocking(blobs().list(visit)));
    return count;
  }
  // All keys of a kind in the bucket's partition.
  std::vector<std::string> records_of(char kind, const std::string& bucket = kBucket) {
    std::vector<std::string> found;
    engines::Partition partition{run_blocking(store_->get_bucket(bucket)).value()->id};
    engines::ScanVisitor visit = [&](std::string_view key, std::string_view) {
      if (key.front() != kind) return engines::ScanStep::stop();
      found.emplace_back(key);
      return engines::ScanStep::next();
    };
    EXPECT_TRUE(run_blocking(kv().scan(partition, std::string(1, kind), visit)));
    return found;
  }

  ManualClock clock_{kEpoch};
  std::unique_ptr<engines::Kv> kv_ = engines::make_memory_kv();
  std::unique_ptr<engines::BlobStore> blobs_ = engines::make_memory_blob_store(clock_);
  ThreadPool pool_{"test", 2};
  StoreOptions options_;
  std::unique_ptr<ObjectStore> store_;
};

#define EXPECT_CODE(result, errc)                                                \
  do {                                                                           \
    const auto& oss_result = (result);                                           \
    ASSERT_FALSE(oss_result.has_value());                                        \
    EXPECT_EQ(static_cast<int>(oss_result.error().code), static_cast<int>(errc)) \
        << oss_result.error().internal;                                          \
  } while (false)

}  // namespace lakeside::oss
