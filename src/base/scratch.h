// Memory of a thread for a moment.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>

namespace lakeside {

// 64 KiB of this thread's own, made when it first asks: an array in thread-local storage would be
// cleared, and so resident, in every thread of the program. Whoever calls next overwrites it.
[[nodiscard]] inline std::span<std::byte, 64 << 10> scratch() {
  using Buffer = std::array<std::byte, 64 << 10>;
  static thread_local const auto buffer = std::make_unique_for_overwrite<Buffer>();
  return *buffer;
}

}  // namespace lakeside
