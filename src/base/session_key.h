// Access keys of sessions, told by their ids.
#pragma once

#include <string_view>

namespace lakeside {

// What they begin with, and no others.
inline constexpr std::string_view kSessionKeys = "STS";
[[nodiscard]] inline bool is_session_key(std::string_view access_key_id) {
  return access_key_id.starts_with("STS.");
}

}  // namespace lakeside
