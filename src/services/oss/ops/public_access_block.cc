#include "services/oss/ops/public_access_block.h"

namespace lakeside::oss::ops {

Task<OssStatus> run(Context& context, PutBucketPublicAccessBlock& request) {
  std::optional<PublicAccessBlock> block = request.block;
  co_return co_await context.store.set_public_access_block(request.bucket, block);
}

Task<OssResult<PublicAccessBlock>> run(Context& context, GetBucketPublicAccessBlock& request) {
  auto bucket = co_await context.store.get_bucket(request.bucket);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  const auto& block = (*bucket)->public_access_block;
  if (!block && request.must_exist) co_return fail(Errc::kNoSuchPublicAccessBlock);
  co_return block.value_or(PublicAccessBlock());
}

Task<OssStatus> run(Context& context, DeleteBucketPublicAccessBlock& request) {
  std::optional<PublicAccessBlock> none;
  co_return co_await context.store.set_public_access_block(request.bucket, none);
}

Task<OssStatus> run(Context& context, PutPublicAccessBlock& request) {
  return context.store.set_account_block(context.caller.account_id, request.block);
}

Task<OssResult<PublicAccessBlock>> run(Context& context, GetPublicAccessBlock& request) {
  auto block = co_await context.store.account_block(context.caller.account_id);
  if (block && request.must_exist && *block == PublicAccessBlock()) {
    co_return fail(Errc::kNoSuchPublicAccessBlock);
  }
  co_return block;
}

Task<OssStatus> run(Context& context, DeletePublicAccessBlock&) {
  PublicAccessBlock none;
  co_return co_await context.store.set_account_block(context.caller.account_id, none);
}

}  // namespace lakeside::oss::ops
