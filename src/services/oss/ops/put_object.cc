#include "services/oss/ops/put_object.h"

namespace lakeside::oss::ops {

Task<OssResult<ObjectInfo>> run(Context& context, PutObject& request) {
  request.options.owner = context.bucket_owner;
  Body body = request.data.body();
  co_return co_await context.store.put(request.object.bucket, request.object.key, request.options,
                                       body);
}

Task<OssResult<AppendResult>> run(Context& context, AppendObject& request) {
  request.options.owner = context.bucket_owner;
  Body body = request.data.body();
  co_return co_await context.store.append(request.object.bucket, request.object.key,
                                          request.position, request.options, body);
}

Task<OssResult<ObjectInfo>> run(Context& context, PostObject& request) {
  return run(context, request.put);
}

}  // namespace lakeside::oss::ops
