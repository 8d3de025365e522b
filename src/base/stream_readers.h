// Streams made of other things: segments read as a body, a text as a body or as segments.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/shared_text.h"
#include "base/stream.h"

namespace lakeside {

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

// Bytes in memory as segments.
class TextSegments final : public SegmentSource {
 public:
  explicit TextSegments(SharedText text) : text_(std::move(text)) {}
  Task<Result<std::optional<Segment>>> next() override;

 private:
  SharedText text_;
  std::size_t done_ = 0;
};

}  // namespace lakeside
