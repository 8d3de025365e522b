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

// A put that came as a form.
struct PostObject {
  PutObject put;
  int success_status = 204;
  std::string redirect;  // where the browser goes on success; empty: nowhere
};
[[nodiscard]] Task<OssResult<ObjectInfo>> run(Context& context, PostObject& request);

}  // namespace lakeside::oss::ops
