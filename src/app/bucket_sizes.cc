#include "app/bucket_sizes.h"

#include <utility>

namespace lakeside::app {
namespace {

constexpr std::uint32_t kPage = 1000;

std::unexpected<Error> failed(const oss::OssError& error) {
  return fail(ErrorCode::kIo, error.internal.empty() ? error.message : error.internal);
}

}  // namespace

Task<Result<std::vector<cms::Stored>>> bucket_sizes(oss::ObjectStore& store,
                                                    const std::string& account_id) {
  std::vector<cms::Stored> all;
  const std::string prefix;
  std::string after;
  while (true) {
    auto page = co_await store.list_buckets(account_id, prefix, after, kPage);
    if (!page) co_return failed(page.error());
    for (const oss::Bucket& bucket : *page) {
      auto stat = co_await store.bucket_stat(bucket.name);
      if (!stat && stat.error().code == oss::Errc::kNoSuchBucket) continue;
      if (!stat) co_return failed(stat.error());
      all.push_back({account_id, bucket.name, stat->storage, stat->object_count});
    }
    if (page->size() < kPage) co_return all;
    after = page->back().name;
  }
}

}  // namespace lakeside::app
