#include "base/stream_readers.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace lakeside {
namespace {

// Copies from a segment at `offset`. The bytes of a file slice are in memory, so that reading
// them does not block.
Result<std::size_t> copy_from(const Segment& segment, std::uint64_t offset, MutableBytes into) {
  if (const auto* chunk = std::get_if<Chunk>(&segment)) {
    ByteView rest = chunk->view().subspan(offset);
    std::size_t size = std::min(rest.size(), into.size());
    std::memcpy(into.data(), rest.data(), size);
    return size;
  }
  const auto& slice = std::get<FileSlice>(segment);
  std::size_t wanted = std::min<std::uint64_t>(slice.length - offset, into.size());
  ssize_t got;
  do {
    got = pread(slice.file->fd(), into.data(), wanted, static_cast<off_t>(slice.offset + offset));
  } while (got < 0 && errno == EINTR);
  if (got < 0) return fail_errno("read blob", errno);
  if (got == 0) return fail(ErrorCode::kCorrupt, "blob file is too short");
  return static_cast<std::size_t>(got);
}

std::uint64_t length_of(const Segment& segment) {
  if (const auto* chunk = std::get_if<Chunk>(&segment)) return chunk->size();
  return std::get<FileSlice>(segment).length;
}

}  // namespace

Task<Result<std::size_t>> SegmentReader::read(MutableBytes into) {
  if (!segment_ || offset_ == length_of(*segment_)) {
    segment_.reset();
    auto next = co_await source_.next();
    if (!next) co_return std::unexpected(std::move(next.error()));
    if (!*next) {
      if (left_ != 0) co_return fail(ErrorCode::kCorrupt, "a stream is shorter than announced");
      co_return std::size_t{0};
    }
    segment_ = std::move(*next);
    offset_ = 0;
  }
  auto got = copy_from(*segment_, offset_, into);
  if (got) {
    offset_ += *got;
    left_ -= std::min<std::uint64_t>(left_, *got);
  }
  co_return got;
}

Task<Result<std::size_t>> StringReader::read(MutableBytes into) {
  std::size_t size = std::min(rest_.size(), into.size());
  std::memcpy(into.data(), rest_.data(), size);
  rest_.remove_prefix(size);
  co_return size;
}

Task<Result<std::optional<Segment>>> TextSegments::next() {
  std::string_view rest = text_.view().substr(done_);
  if (rest.empty()) co_return std::optional<Segment>();
  std::size_t size = std::min(rest.size(), kChunkSize);
  Chunk chunk = Chunk::allocate(size);
  std::memcpy(chunk.free_space().data(), rest.data(), size);
  chunk.extend(size);
  done_ += size;
  co_return std::optional<Segment>(std::move(chunk));
}

}  // namespace lakeside
