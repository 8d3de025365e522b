// Writing and reading whole blobs in tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engines/blob.h"

namespace lakeside::engines::contract {

// `size` bytes that differ for each seed.
[[nodiscard]] std::string test_data(std::size_t size, std::uint64_t seed);

// Writes `data` as one blob, in chunks of `chunk_size`.
[[nodiscard]] Task<Result<BlobId>> write_blob(BlobStore& store, std::string_view group,
                                              std::string_view data,
                                              std::size_t chunk_size = kChunkSize);
// Adds a segment's bytes, read from the file where it is a slice.
void append_segment(std::string& text, const Segment& segment);

// Reads a source to its end.
[[nodiscard]] Task<Result<std::string>> drain(SegmentSource& source);

// Reads a range to its end, through descriptors where the engine hands them out.
[[nodiscard]] Task<Result<std::string>> read_blob(BlobStore& store, const BlobId& id,
                                                  std::uint64_t offset, std::uint64_t length);

}  // namespace lakeside::engines::contract
