#include "services/oss/ops/buckets.h"

namespace lakeside::oss::ops {
namespace {

std::unexpected<OssError> public_acl_blocked() {
  return fail(Errc::kPublicAccessBlocked, "Put public bucket acl is not allowed");
}

// Another account's bucket, or ours already: decides what PutBucket means.
Task<OssStatus> put_existing(Context& context, PutBucket& request, OssError exists) {
  if (!request.exists_is_success) co_return std::unexpected(std::move(exists));
  if (!request.acl) co_return OssStatus{};
  auto bucket = co_await context.store.get_bucket(request.bucket);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  if (is_public(*request.acl) && (*bucket)->blocked.block_acls) co_return public_acl_blocked();
  co_return co_await context.store.set_bucket_acl(request.bucket, *request.acl);
}

}  // namespace

Task<OssResult<ListBucketsResult>> run(Context& context, ListBuckets& request) {
  // One more than asked for tells whether there are more.
  auto buckets = co_await context.store.list_buckets(context.caller.account_id, request.prefix,
                                                     request.marker, request.max_keys + 1);
  if (!buckets) co_return std::unexpected(std::move(buckets.error()));
  ListBucketsResult result;
  result.buckets = std::move(*buckets);
  if (result.buckets.size() > request.max_keys) {
    result.buckets.resize(request.max_keys);
    result.truncated = true;
    if (!result.buckets.empty()) result.next_marker = result.buckets.back().name;
  }
  co_return result;
}

Task<OssStatus> run(Context& context, PutBucket& request) {
  Bucket wanted;
  wanted.name = request.bucket;
  wanted.owner = context.caller.account_id;
  wanted.acl = request.acl.value_or(Acl::kPrivate);
  wanted.storage_class = request.storage_class;
  if (is_public(wanted.acl)) {
    auto blocked = co_await context.store.account_block(wanted.owner);
    if (!blocked) co_return std::unexpected(std::move(blocked.error()));
    if (blocked->block_acls) co_return public_acl_blocked();
  }
  auto created = co_await context.store.create_bucket(wanted);
  if (!created && created.error().code == Errc::kBucketAlreadyOwnedByYou) {
    co_return co_await put_existing(context, request, std::move(created.error()));
  }
  if (!created) co_return std::unexpected(std::move(created.error()));
  co_return OssStatus{};
}

Task<OssStatus> run(Context& context, DeleteBucket& request) {
  return context.store.delete_bucket(request.bucket);
}

Task<OssResult<BucketPtr>> run(Context& context, HeadBucket& request) {
  return context.store.get_bucket(request.bucket);
}

Task<OssResult<BucketPtr>> run(Context& context, GetBucketInfo& request) {
  return context.store.get_bucket(request.bucket);
}

Task<OssResult<BucketPtr>> run(Context& context, GetBucketLocation& request) {
  return context.store.get_bucket(request.bucket);
}

Task<OssResult<BucketStat>> run(Context& context, GetBucketStat& request) {
  return context.store.bucket_stat(request.bucket);
}

Task<OssResult<BucketPtr>> run(Context& context, GetBucketAcl& request) {
  return context.store.get_bucket(request.bucket);
}

Task<OssStatus> run(Context& context, PutBucketAcl& request) {
  return context.store.set_bucket_acl(request.bucket, request.acl);
}

Task<OssStatus> run(Context& context, GetBucketVersioning& request) {
  auto bucket = co_await context.store.get_bucket(request.bucket);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  co_return OssStatus{};
}

Task<OssStatus> run(Context&, DescribeRegions&) { co_return OssStatus{}; }

}  // namespace lakeside::oss::ops
