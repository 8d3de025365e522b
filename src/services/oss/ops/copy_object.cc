#include "services/oss/ops/copy_object.h"

namespace lakeside::oss::ops {

Task<OssResult<ObjectInfo>> run(Context& context, CopyObject& request) {
  request.options.put.owner = context.bucket_owner;
  return context.store.copy(request.source.bucket, request.source.key, request.object.bucket,
                            request.object.key, request.options);
}

}  // namespace lakeside::oss::ops
