// Whether part of a file is in memory.
#pragma once

#include <cstdint>

namespace lakeside::engines {

// True when every page of [offset, offset + length) is in the page cache, so that sendfile
// does not wait for the disk. Costs a few microseconds a megabyte.
[[nodiscard]] bool is_resident(int fd, std::uint64_t offset, std::uint64_t length);

}  // namespace lakeside::engines
