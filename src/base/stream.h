// Streams of object data, pulled by whoever consumes them: back-pressure is not asking.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>

#include "base/bytes.h"
#include "base/chunk.h"
#include "base/result.h"
#include "base/task.h"

namespace lakeside {

// Bytes coming in: a request body, decoded and checked layer by layer.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Fills some of `into` (not empty) and says how much; 0 means that the stream ended
  // well: all announced bytes came and every check on them held. One call at a time.
  // Errors: kDisconnected (body stopped early), kTimeout, kTooLarge, kInvalid (framing).
  virtual Task<Result<std::size_t>> read(MutableBytes into) = 0;

  // The announced length, where the peer announced one.
  [[nodiscard]] virtual std::optional<std::uint64_t> length() const = 0;
};

// A closed-on-destruction file descriptor that several readers may share.
class FileHandle {
 public:
  explicit FileHandle(int fd) : fd_(fd) {}
  ~FileHandle();
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

// Part of an immutable file whose bytes are already verified and in memory, so that the
// kernel may send them without blocking and without passing them through user space.
struct FileSlice {
  std::shared_ptr<FileHandle> file;
  std::uint64_t offset;
  std::uint64_t length;
};

using Segment = std::variant<Chunk, FileSlice>;

// Bytes going out: a response body, in pieces of at most about kChunkSize.
class SegmentSource {
 public:
  virtual ~SegmentSource() = default;

  // The next piece (never empty), or nothing at the end. One call at a time.
  virtual Task<Result<std::optional<Segment>>> next() = 0;
};

}  // namespace lakeside
