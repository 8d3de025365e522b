#include "services/oss/core/segments.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "services/oss/core/keys.h"

namespace lakeside::oss {
namespace {

class SliceSource final : public SegmentSource {
 public:
  SliceSource(engines::BlobStore& blobs, std::string bucket_id, std::vector<BlobSlice> slices,
              std::string tail)
      : blobs_(blobs),
        bucket_id_(std::move(bucket_id)),
        slices_(std::move(slices)),
        tail_(std::move(tail)) {}

  [[nodiscard]] bool has_slices() const { return !slices_.empty(); }

  // There is another slice.
  Task<Status> open_next() {
    const BlobSlice& slice = slices_[next_++];
    engines::BlobId id = keys::blob_id(bucket_id_, slice.blob);
    auto source = co_await blobs_.open(id, slice.offset, slice.length);
    if (!source) co_return std::unexpected(std::move(source.error()));
    source_ = std::move(*source);
    if (next_ == slices_.size()) pin_.reset();
    co_return Status{};
  }

  void pin_rest(BlobPins& pins) {
    std::vector<engines::BlobId> ids;
    for (std::size_t i = next_; i < slices_.size(); ++i) {
      ids.push_back(keys::blob_id(bucket_id_, slices_[i].blob));
    }
    if (!ids.empty()) pin_.emplace(pins, std::move(ids));
  }

  Task<Result<std::optional<Segment>>> next() override {
    while (source_) {
      auto segment = co_await source_->next();
      if (!segment || *segment) co_return segment;
      source_.reset();
      if (next_ == slices_.size()) break;
      auto opened = co_await open_next();
      if (!opened) co_return std::unexpected(std::move(opened.error()));
    }
    if (tail_.empty()) co_return std::nullopt;
    Chunk chunk = Chunk::allocate(tail_.size());
    std::memcpy(chunk.free_space().data(), tail_.data(), tail_.size());
    chunk.extend(tail_.size());
    tail_.clear();
    co_return std::optional<Segment>(std::move(chunk));
  }

 private:
  engines::BlobStore& blobs_;
  std::string bucket_id_;
  std::vector<BlobSlice> slices_;
  std::string tail_;
  std::size_t next_ = 0;
  std::unique_ptr<SegmentSource> source_;
  std::optional<BlobPins::Pin> pin_;
};

}  // namespace

Extent cut(std::span<const BlobSlice> slices, std::uint64_t tail, const ResolvedRange& range) {
  Extent extent;
  std::uint64_t skip = range.offset;
  std::uint64_t left = range.length;
  for (const BlobSlice& slice : slices) {
    if (left == 0) return extent;
    if (skip >= slice.length) {
      skip -= slice.length;
      continue;
    }
    std::uint64_t length = std::min(slice.length - skip, left);
    extent.slices.push_back({slice.blob, slice.offset + skip, length});
    skip = 0;
    left -= length;
  }
  if (skip < tail) {
    extent.tail_offset = skip;
    extent.tail_length = std::min(tail - skip, left);
  }
  return extent;
}

Task<Result<std::unique_ptr<SegmentSource>>> open_slices(engines::BlobStore& blobs, BlobPins& pins,
                                                         std::string_view bucket_id,
                                                         std::vector<BlobSlice> slices,
                                                         std::string tail) {
  auto source = std::make_unique<SliceSource>(blobs, std::string(bucket_id), std::move(slices),
                                              std::move(tail));
  if (source->has_slices()) {
    auto opened = co_await source->open_next();
    if (!opened) co_return std::unexpected(std::move(opened.error()));
    source->pin_rest(pins);
  }
  co_return std::unique_ptr<SegmentSource>(std::move(source));
}

}  // namespace lakeside::oss
