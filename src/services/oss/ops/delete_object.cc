#include "services/oss/ops/delete_object.h"

namespace lakeside::oss::ops {

Task<OssStatus> run(Context& context, DeleteObject& request) {
  return context.store.remove(request.object.bucket, request.object.key);
}

Task<OssResult<DeleteMultipleObjectsResult>> run(Context& context, DeleteMultipleObjects& request) {
  auto removed = co_await context.store.remove_many(request.bucket, request.keys);
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  DeleteMultipleObjectsResult result;
  // All or nothing: one commit.
  if (!request.quiet) result.deleted = std::move(request.keys);
  co_return result;
}

}  // namespace lakeside::oss::ops
