// Large immutable streams of bytes, written once, read in ranges, checked on every read.
//
// A blob belongs to a group (the bucket's partition), which its id carries, so that the
// collector of orphans knows where a reference to it would stand. Every engine passes
// engines/contract/blob_contract.h.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/chunk.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/stream.h"
#include "base/task.h"

namespace lakeside::engines {

// Every chunk of a blob but the last has a multiple of this many bytes (a full chunk has).
inline constexpr std::size_t kBlobChunkQuantum = 64 << 10;

// `<group>/<unique>`: printable, unique for all time within the store.
struct BlobId {
  std::string value;
  [[nodiscard]] std::string_view group() const {
    return std::string_view(value).substr(0, value.find('/'));
  }
  friend auto operator<=>(const BlobId&, const BlobId&) = default;
};

// Writes one blob. Destroying it before `finish` succeeded removes what was written.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;

  // Appends the chunk. Returns when the writer can take more, not when it is written: a
  // small number of chunks may be in flight. Only the last chunk may be not full.
  // Errors: kNoSpace, kIo, kInvalid (a chunk after one that is no multiple of
  // kBlobChunkQuantum); after an error only destruction is allowed.
  virtual Task<Status> append(Chunk chunk) = 0;

  // Makes the blob durable under its id: it survives a power cut when this returns success.
  virtual Task<Result<BlobId>> finish() = 0;
};

struct BlobInfo {
  BlobId id;
  std::uint64_t length;  // of the data
  Time created;
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  // Thread-safe, called on an executor, on which the awaiting coroutine resumes.

  // `group` is named like a partition, without a leading dot; else kInvalid.
  virtual Task<Result<std::unique_ptr<BlobWriter>>> create(std::string_view group) = 0;

  // The bytes [offset, offset + length) of a blob, in pieces. The source keeps the blob
  // readable until destroyed, even when it is removed meanwhile.
  // Errors: kNotFound; kInvalid for a range beyond the end; from next(): kCorrupt where the
  // stored bytes do not match their checksum (no wrong byte is ever handed out), kIo.
  virtual Task<Result<std::unique_ptr<SegmentSource>>> open(const BlobId& id, std::uint64_t offset,
                                                            std::uint64_t length) = 0;

  // Removes a blob; success also when there is none. Not on a request's path: the collector
  // calls it.
  virtual Task<Status> remove(const BlobId& id) = 0;

  // Calls `visit` for each finished blob, in no order; blobs that come or go meanwhile may or
  // may not be seen. Runs on a thread of the engine. `visit` returns false to stop.
  virtual Task<Status> list(const std::function<bool(const BlobInfo&)>& visit) = 0;

  // Reads the blob whole and verifies every checksum. Errors: kNotFound, kCorrupt, kIo.
  virtual Task<Status> verify(const BlobId& id) = 0;
};

}  // namespace lakeside::engines
