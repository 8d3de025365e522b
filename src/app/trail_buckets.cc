#include "app/trail_buckets.h"

#include <utility>

#include "base/stream_readers.h"

namespace lakeside::app {
namespace {

std::unexpected<Error> translated(const oss::OssError& error) {
  const std::string& why = error.internal.empty() ? error.message : error.internal;
  if (error.code == oss::Errc::kNoSuchBucket) {
    return fail(ErrorCode::kNotFound, "there is no such bucket");
  }
  return fail(ErrorCode::kIo, why.empty() ? "the object could not be written" : why);
}

class TrailBuckets final : public actiontrail::LogBuckets {
 public:
  explicit TrailBuckets(oss::ObjectStore& store) : store_(store) {}

  Task<Result<bool>> has(const std::string& account, const std::string& bucket) override {
    auto found = co_await store_.get_bucket(bucket);
    if (found) co_return (*found)->owner == account;
    if (found.error().code == oss::Errc::kNoSuchBucket ||
        found.error().code == oss::Errc::kInvalidBucketName) {
      co_return false;
    }
    co_return translated(found.error());
  }

  Task<Status> put(const std::string& account, const std::string& bucket, const std::string& key,
                   const std::string& data) override {
    auto mine = co_await has(account, bucket);
    if (!mine) co_return std::unexpected(std::move(mine.error()));
    if (!*mine) co_return fail(ErrorCode::kNotFound, "the account has no bucket " + bucket);
    oss::PutOptions options;
    options.headers.content_type = "application/x-gzip";
    options.owner = account;
    StringReader source{data};
    oss::Body body{source, {}, {}, {}};
    auto stored = co_await store_.put(bucket, key, options, body);
    if (!stored) co_return translated(stored.error());
    co_return Status();
  }

 private:
  oss::ObjectStore& store_;
};

}  // namespace

std::unique_ptr<actiontrail::LogBuckets> make_trail_buckets(oss::ObjectStore& store) {
  return std::make_unique<TrailBuckets>(store);
}

}  // namespace lakeside::app
