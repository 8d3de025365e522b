#include "services/oss/ops/list_objects.h"

namespace lakeside::oss::ops {

Task<OssResult<ListPage>> run(Context& context, ListObjects& request) {
  return context.store.list(request.bucket, request.options);
}

}  // namespace lakeside::oss::ops
