// Views of raw bytes, and the bridge between them and text.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace lakeside {

using ByteView = std::span<const std::byte>;
using MutableBytes = std::span<std::byte>;

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace lakeside
