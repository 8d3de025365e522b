#include "engines/contract/blob_io.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <utility>

#include <gtest/gtest.h>

namespace lakeside::engines::contract {

std::string test_data(std::size_t size, std::uint64_t seed) {
  std::string text(size, '\0');
  std::mt19937_64 random(seed);
  for (std::size_t at = 0; at < size; at += sizeof(std::uint64_t)) {
    std::uint64_t word = random();
    std::memcpy(text.data() + at, &word, std::min(sizeof word, size - at));
  }
  return text;
}

Task<Result<BlobId>> write_blob(BlobStore& store, std::string_view group, std::string_view data,
                                std::size_t chunk_size) {
  auto writer = co_await store.create(group);
  if (!writer) co_return std::unexpected(writer.error());
  for (std::size_t at = 0; at < data.size(); at += chunk_size) {
    std::string_view piece = data.substr(at, chunk_size);
    Chunk chunk = Chunk::allocate(chunk_size);
    std::memcpy(chunk.free_space().data(), piece.data(), piece.size());
    chunk.extend(piece.size());
    Status status = co_await (*writer)->append(std::move(chunk));
    if (!status) co_return std::unexpected(status.error());
  }
  co_return co_await (*writer)->finish();
}

void append_segment(std::string& text, const Segment& segment) {
  if (const auto* chunk = std::get_if<Chunk>(&segment)) {
    EXPECT_FALSE(chunk->empty());
    text += as_text(chunk->view());
    return;
  }
  const auto& slice = std::get<FileSlice>(segment);
  EXPECT_GT(slice.length, 0U);
  std::string bytes(slice.length, '\0');
  ssize_t n = pread(slice.file->fd(), bytes.data(), bytes.size(), static_cast<off_t>(slice.offset));
  EXPECT_EQ(n, static_cast<ssize_t>(slice.length));
  text += bytes;
}

Task<Result<std::string>> drain(SegmentSource& source) {
  std::string text;
  while (true) {
    auto segment = co_await source.next();
    if (!segment) co_return std::unexpected(segment.error());
    if (!*segment) co_return text;
    append_segment(text, **segment);
  }
}

Task<Result<std::string>> read_blob(BlobStore& store, const BlobId& id, std::uint64_t offset,
                                    std::uint64_t length) {
  auto source = co_await store.open(id, offset, length);
  if (!source) co_return std::unexpected(source.error());
  co_return co_await drain(**source);
}

}  // namespace lakeside::engines::contract
