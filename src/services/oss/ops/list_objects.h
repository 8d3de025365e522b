#pragma once

#include "services/oss/ops/context.h"

namespace lakeside::oss::ops {

// Both versions of the API, which differ only in how they name the place to go on from.
struct ListObjects {
  std::string bucket;
  ListOptions options;
  // For the answer alone.
  bool v2 = false;
  bool url_encoding = false;
  bool fetch_owner = false;
  bool echo_delimiter = false;
  std::string marker;
  std::optional<std::string> continuation_token;
  std::optional<std::string> start_after;
};
[[nodiscard]] Task<OssResult<ListPage>> run(Context& context, ListObjects& request);

}  // namespace lakeside::oss::ops
