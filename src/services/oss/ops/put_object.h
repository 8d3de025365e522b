#pragma once

#include "services/oss/ops/context.h"

namespace lakeside::oss::ops {

struct PutObject {
  ObjectName object;
  PutOptions options;
  Data data;
};
[[nodiscard]] Task<OssResult<ObjectInfo>> run(Context& context, PutObject& request);

struct AppendObject {
  ObjectName object;
  std::uint64_t position = 0;
  PutOptions options;
  Data data;
};
[[nodiscard]] Task<OssResult<AppendResult>> run(Context& context, AppendObject& request);

}  // namespace lakeside::oss::ops
