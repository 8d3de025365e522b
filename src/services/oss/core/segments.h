// An object's slices as one stream.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/stream.h"
#include "engines/blob.h"
#include "services/oss/core/blob_pins.h"
#include "services/oss/core/object_store.h"
#include "services/oss/core/records.h"

namespace lakeside::oss {

// The part of an object that lies within `range`: slices cut to size, and what of the tail.
struct Extent {
  std::vector<BlobSlice> slices;
  std::uint64_t tail_offset = 0;
  std::uint64_t tail_length = 0;
};
[[nodiscard]] Extent cut(std::span<const BlobSlice> slices, std::uint64_t tail,
                         const ResolvedRange& range);

// Opens the blobs one after another; the first at once, so that its absence is known before
// a response has begun. Then gives `tail`, which may be empty.
[[nodiscard]] Task<Result<std::unique_ptr<SegmentSource>>> open_slices(
    engines::BlobStore& blobs, BlobPins& pins, std::string_view bucket_id,
    std::vector<BlobSlice> slices, std::string tail);

}  // namespace lakeside::oss
