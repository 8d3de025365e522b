#pragma once

#include "services/oss/ops/context.h"

namespace lakeside::oss::ops {

struct DeleteObject {
  ObjectName object;
};
[[nodiscard]] Task<OssStatus> run(Context& context, DeleteObject& request);

struct DeleteMultipleObjects {  // S3: DeleteObjects
  std::string bucket;
  std::vector<std::string> keys;
  bool quiet = false;
  bool url_encoding = false;
};
struct DeleteMultipleObjectsResult {
  std::vector<std::string> deleted;
  std::vector<std::pair<std::string, OssError>> failed;
};
[[nodiscard]] Task<OssResult<DeleteMultipleObjectsResult>> run(Context& context,
                                                               DeleteMultipleObjects& request);

}  // namespace lakeside::oss::ops
