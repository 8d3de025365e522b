// One line for every request that was denied, with what the caller was told of it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace lakeside::gateway {

struct DeniedRequest {
  std::string_view request_id;
  std::string_view principal;  // its ARN; empty: as the detail names it
  std::string_view resource;
  std::string_view why;
  // The members of AccessDeniedDetail.
  std::span<const std::pair<std::string, std::string>> detail;
};

// Nothing without a detail: of anonymous callers the access log says enough.
void log_denial(const DeniedRequest& denied);

}  // namespace lakeside::gateway
