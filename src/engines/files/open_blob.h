// A blob that is open for reading, and the blobs that stay open.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "base/stream.h"
#include "engines/blob.h"
#include "engines/files/blob_format.h"
#include "engines/files/blob_names.h"

namespace lakeside::engines {

// A blob is read in pieces of one chunk, which begin at multiples of kChunkSize.
inline constexpr std::uint64_t kBlobPieceSize = kChunkSize;

// Thread-safe; everything but the methods about verification blocks.
class OpenBlob {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  // `direct`: past the page cache, where the file system can do that. A removed blob's file is
  // closed by a thread of `closers`, which must outlive all who hold the file: it is then that
  // its space is given back, which may take long.
  [[nodiscard]] static Result<std::shared_ptr<OpenBlob>> open(const std::string& path,
                                                              const BlobName& name, bool direct,
                                                              ThreadPool& closers);

  [[nodiscard]] std::uint64_t length() const { return trailer_.length; }
  [[nodiscard]] const BlobTrailer& trailer() const { return trailer_; }
  [[nodiscard]] const std::shared_ptr<FileHandle>& file() const { return file_; }
  [[nodiscard]] std::size_t table_bytes() const { return 4 * table_.size(); }

  // The bytes [offset, offset + length), which lie in one piece. All blocks that they touch are
  // verified. kCorrupt, kIo.
  [[nodiscard]] Result<Chunk> read(std::uint64_t offset, std::uint64_t length);

  // Whether all blocks of a range of one piece were verified shortly before `now`, when their
  // pages came to memory.
  [[nodiscard]] bool verified_lately(std::uint64_t offset, std::uint64_t length, Instant now) const;

  // Whether a range of one piece is in memory, or was a moment ago.
  [[nodiscard]] bool in_memory(std::uint64_t offset, std::uint64_t length, Instant now);

  // The file has no name any more.
  void set_removed() { removed_->store(true, std::memory_order_relaxed); }

 private:
  OpenBlob(std::shared_ptr<FileHandle> file, std::shared_ptr<std::atomic<bool>> removed,
           const BlobTrailer& trailer, std::vector<std::uint32_t> table);

  // What is known of a piece. Times are in milliseconds.
  struct PieceState {
    // The time of the oldest verification, times 2^16, and a bit for each verified block.
    std::atomic<std::uint64_t> verified = 0;
    // When all of it was last seen in memory.
    std::atomic<std::uint64_t> seen = 0;
  };

  Status check(ByteView data, std::uint64_t offset) const;
  void set_verified(std::uint64_t offset, std::uint64_t length, Instant now);

  std::shared_ptr<FileHandle> file_;
  std::shared_ptr<std::atomic<bool>> removed_;
  BlobTrailer trailer_;
  std::vector<std::uint32_t> table_;
  std::vector<PieceState> pieces_;
};

// Reads all of [offset, offset + out.size()): kCorrupt where the file ends before.
[[nodiscard]] Status read_exactly(int fd, MutableBytes out, std::uint64_t offset);

// Reads and checks the trailer of an open blob's file.
[[nodiscard]] Result<BlobTrailer> read_trailer(int fd);

// The blobs used last, kept open with what is known of them. Thread-safe, does not block.
class OpenBlobs {
 public:
  explicit OpenBlobs(std::size_t capacity) : capacity_(capacity) {}

  [[nodiscard]] std::shared_ptr<OpenBlob> find(const BlobId& id);
  // To be passed to add(): a blob removed since then is not kept.
  [[nodiscard]] std::uint64_t removals() const;
  void add(const BlobId& id, std::shared_ptr<OpenBlob> blob, std::uint64_t removals_before);
  void remove(const BlobId& id);

 private:
  struct Entry {
    std::string id;
    std::shared_ptr<OpenBlob> blob;
  };
  using Order = std::list<Entry>;

  void drop_last();

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  Order order_;  // used last first
  std::unordered_map<std::string, Order::iterator> by_id_;
  std::size_t table_bytes_ = 0;
  std::uint64_t removals_ = 0;
};

}  // namespace lakeside::engines
