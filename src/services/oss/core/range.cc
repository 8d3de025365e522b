#include <algorithm>

#include "services/oss/core/object_store.h"

namespace lakeside::oss {

std::optional<ResolvedRange> resolve(const ByteRange& range, std::uint64_t size) {
  if (!range.first) {
    if (!range.last) return std::nullopt;
    std::uint64_t length = std::min(*range.last, size);
    if (length == 0) return std::nullopt;
    return ResolvedRange{size - length, length};
  }
  if (*range.first >= size) return std::nullopt;
  std::uint64_t last = std::min(range.last.value_or(size - 1), size - 1);
  if (last < *range.first) return std::nullopt;
  return ResolvedRange{*range.first, last - *range.first + 1};
}

}  // namespace lakeside::oss
