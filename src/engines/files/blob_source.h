// Reads a range of an open blob.
#pragma once

#include <cstdint>
#include <memory>

#include "base/executor.h"
#include "base/stream.h"
#include "engines/files/open_blob.h"

namespace lakeside::engines {

// The range must lie in the blob. Pieces that are in memory and verified come as slices of the
// file, the others as chunks, read by a thread of `pool` one piece ahead of the consumer.
[[nodiscard]] std::unique_ptr<SegmentSource> make_blob_source(std::shared_ptr<OpenBlob> blob,
                                                              std::uint64_t offset,
                                                              std::uint64_t length,
                                                              ThreadPool& pool);

}  // namespace lakeside::engines
