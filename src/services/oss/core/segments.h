// An object's slices as one stream, and a stream of segments as a body.
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

// Reads the segments of a source as a body of `length` bytes; kCorrupt if it has fewer.
class SegmentReader final : public ByteSource {
 public:
  SegmentReader(SegmentSource& source, std::uint64_t length)
      : source_(source), length_(length), left_(length) {}
  Task<Result<std::size_t>> read(MutableBytes into) override;
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return length_; }

 private:
  SegmentSource& source_;
  std::uint64_t length_;
  std::uint64_t left_;
  std::optional<Segment> segment_;
  std::uint64_t offset_ = 0;  // within the segment
};

// Bytes in memory as a body.
class StringReader final : public ByteSource {
 public:
  explicit StringReader(std::string_view data) : length_(data.size()), rest_(data) {}
  Task<Result<std::size_t>> read(MutableBytes into) override;
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return length_; }

 private:
  std::uint64_t length_;
  std::string_view rest_;
};

}  // namespace lakeside::oss
