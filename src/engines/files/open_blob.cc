#include "engines/files/open_blob.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/checksum.h"
#include "engines/files/residency.h"

namespace lakeside::engines {
namespace {

// Pages that are read again later may come back different: a verification counts only so long.
constexpr std::chrono::milliseconds kVerifiedFor{30'000};

// The kernel does not drop pages that were used a moment ago, unless it is in great need.
constexpr std::chrono::milliseconds kResidentFor{100};

constexpr std::uint64_t kBlocksPerPiece = kBlobPieceSize / kBlobBlockSize;
constexpr int kMaskBits = 16;
static_assert(kBlocksPerPiece == kMaskBits);

// What the tables of all open blobs may take together: a 5 GiB blob's has 320 KiB.
constexpr std::size_t kMostTableBytes = 8 << 20;

struct BlockRange {
  std::uint64_t first;
  std::uint64_t end;
};

BlockRange blocks_of(std::uint64_t offset, std::uint64_t length) {
  return {offset / kBlobBlockSize, (offset + length + kBlobBlockSize - 1) / kBlobBlockSize};
}

// A bit for each block of the range in its piece.
std::uint64_t mask_of(std::uint64_t offset, std::uint64_t length) {
  BlockRange blocks = blocks_of(offset, length);
  std::uint64_t first = blocks.first % kBlocksPerPiece;
  std::uint64_t count = blocks.end - blocks.first;
  assert(first + count <= kBlocksPerPiece);
  return ((std::uint64_t{1} << count) - 1) << first;
}

std::uint64_t milliseconds(OpenBlob::Instant instant) {
  auto since = std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch());
  return static_cast<std::uint64_t>(since.count());
}

bool lately(std::uint64_t word, OpenBlob::Instant now) {
  // A later time is one that another thread took just now.
  return milliseconds(now) < (word >> kMaskBits) + kVerifiedFor.count();
}

int open_for_reading(const std::string& path, bool direct) {
  if (direct) {
    int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_DIRECT);
    if (fd >= 0 || errno != EINVAL) return fd;
  }
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
}

struct CloseRemovedInPool {
  std::shared_ptr<std::atomic<bool>> removed;
  ThreadPool& pool;

  void operator()(FileHandle* file) const {
    std::unique_ptr<FileHandle> owned(file);
    if (!removed->load(std::memory_order_relaxed)) return;
    pool.submit([closing = std::move(owned)] {});
  }
};

}  // namespace

Status read_exactly(int fd, MutableBytes out, std::uint64_t offset) {
  while (!out.empty()) {
    ssize_t n = pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail_errno("read blob", errno);
    if (n == 0) return fail(ErrorCode::kCorrupt, "blob cut short");
    out = out.subspan(static_cast<std::size_t>(n));
    offset += static_cast<std::uint64_t>(n);
  }
  return {};
}

namespace {

// The last `size` bytes of the file, which is a multiple of kBlobAlignment.
Result<Chunk> read_end(int fd, std::uint64_t file_size, std::uint64_t size) {
  if (file_size < size || file_size % kBlobAlignment != 0) {
    return fail(ErrorCode::kCorrupt, "no blob of " + std::to_string(file_size) + " bytes");
  }
  Chunk end = Chunk::allocate(size);
  if (auto read = read_exactly(fd, end.free_space().first(size), file_size - size); !read) {
    return std::unexpected(read.error());
  }
  end.extend(size);
  return end;
}

Result<std::uint64_t> size_of(int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0) return fail_errno("stat blob", errno);
  return static_cast<std::uint64_t>(info.st_size);
}

struct Footer {
  BlobTrailer trailer;
  std::vector<std::uint32_t> table;
};

Result<Footer> read_footer(int fd) {
  auto size = size_of(fd);
  if (!size) return std::unexpected(size.error());
  auto end = read_end(fd, *size, kBlobAlignment);
  if (!end) return std::unexpected(end.error());
  auto trailer = decode_blob_trailer(end->view(), *size);
  if (!trailer) return std::unexpected(trailer.error());
  if (trailer->footer_size() > end->size()) {
    end = read_end(fd, *size, trailer->footer_size());
    if (!end) return std::unexpected(end.error());
  }
  auto table = decode_blob_table(*trailer, end->view());
  if (!table) return std::unexpected(table.error());
  return Footer{*trailer, std::move(*table)};
}

}  // namespace

Result<BlobTrailer> read_trailer(int fd) {
  auto size = size_of(fd);
  if (!size) return std::unexpected(size.error());
  auto end = read_end(fd, *size, kBlobAlignment);
  if (!end) return std::unexpected(end.error());
  return decode_blob_trailer(end->view(), *size);
}

Result<std::shared_ptr<OpenBlob>> OpenBlob::open(const std::string& path, const BlobName& name,
                                                 bool direct, ThreadPool& closers) {
  int fd = open_for_reading(path, direct);
  if (fd < 0) return fail_errno("open " + path, errno);
  auto removed = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<FileHandle> file(new FileHandle(fd), CloseRemovedInPool{removed, closers});
  // Pages come to memory only with a read that verifies them, never by the kernel's reading
  // ahead.
  posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
  auto footer = read_footer(fd);
  if (!footer) {
    footer.error().detail += ": " + path;
    return std::unexpected(std::move(footer.error()));
  }
  if (footer->trailer.unique != name.unique) {
    return fail(ErrorCode::kCorrupt, "the file of another blob: " + path);
  }
  return std::shared_ptr<OpenBlob>(
      new OpenBlob(std::move(file), std::move(removed), footer->trailer, std::move(footer->table)));
}

OpenBlob::OpenBlob(std::shared_ptr<FileHandle> file, std::shared_ptr<std::atomic<bool>> removed,
                   const BlobTrailer& trailer, std::vector<std::uint32_t> table)
    : file_(std::move(file)),
      removed_(std::move(removed)),
      trailer_(trailer),
      table_(std::move(table)),
      pieces_(trailer.length / kBlobPieceSize + 1) {}

Result<Chunk> OpenBlob::read(std::uint64_t offset, std::uint64_t length) {
  BlockRange blocks = blocks_of(offset, length);
  std::uint64_t first = blocks.first * kBlobBlockSize;
  std::uint64_t end = std::min(blocks.end * kBlobBlockSize, trailer_.length);
  // The zeros after the data too: a direct read must be aligned.
  std::size_t size = align_up(end - first);
  // The usual size comes from a cache.
  Chunk chunk = Chunk::allocate(size > kChunkSize / 2 ? kChunkSize : size);
  if (auto read = read_exactly(file_->fd(), chunk.free_space().first(size), first); !read) {
    return std::unexpected(read.error());
  }
  chunk.extend(end - first);
  if (auto good = check(chunk.view(), first); !good) return std::unexpected(good.error());
  set_verified(offset, length, std::chrono::steady_clock::now());
  if (offset > first) {
    std::byte* data = chunk.mutable_view().data();
    std::memmove(data, data + (offset - first), length);
  }
  chunk.truncate(length);
  return chunk;
}

Status OpenBlob::check(ByteView data, std::uint64_t offset) const {
  for (std::uint64_t block = offset / kBlobBlockSize; !data.empty(); ++block) {
    ByteView bytes = data.first(std::min<std::size_t>(data.size(), kBlobBlockSize));
    if (crc32c(0, bytes) != table_[block]) {
      return fail(ErrorCode::kCorrupt, "wrong checksum of blob " + hex_of(trailer_.unique) +
                                           ", block " + std::to_string(block));
    }
    data = data.subspan(bytes.size());
  }
  return {};
}

bool OpenBlob::verified_lately(std::uint64_t offset, std::uint64_t length, Instant now) const {
  std::uint64_t word = pieces_[offset / kBlobPieceSize].verified.load(std::memory_order_relaxed);
  std::uint64_t mask = mask_of(offset, length);
  return (word & mask) == mask && lately(word, now);
}

bool OpenBlob::in_memory(std::uint64_t offset, std::uint64_t length, Instant now) {
  std::atomic<std::uint64_t>& seen = pieces_[offset / kBlobPieceSize].seen;
  auto trusted = static_cast<std::uint64_t>(kResidentFor.count());
  if (milliseconds(now) < seen.load(std::memory_order_relaxed) + trusted) return true;
  if (!is_resident(file_->fd(), offset, length)) return false;
  bool whole =
      offset % kBlobPieceSize == 0 && length == std::min(kBlobPieceSize, trailer_.length - offset);
  if (whole) seen.store(milliseconds(now), std::memory_order_relaxed);
  return true;
}

void OpenBlob::set_verified(std::uint64_t offset, std::uint64_t length, Instant now) {
  std::atomic<std::uint64_t>& entry = pieces_[offset / kBlobPieceSize].verified;
  std::uint64_t mask = mask_of(offset, length);
  std::uint64_t old = entry.load(std::memory_order_relaxed);
  std::uint64_t word = 0;
  do {
    // What was verified before keeps its time for the whole piece.
    bool extend = (old & ~mask) != 0 && lately(old, now);
    word = extend ? old | mask : milliseconds(now) << kMaskBits | mask;
  } while (!entry.compare_exchange_weak(old, word, std::memory_order_relaxed));
}

std::shared_ptr<OpenBlob> OpenBlobs::find(const BlobId& id) {
  std::lock_guard lock(mutex_);
  auto found = by_id_.find(id.value);
  if (found == by_id_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return found->second->blob;
}

std::uint64_t OpenBlobs::removals() const {
  std::lock_guard lock(mutex_);
  return removals_;
}

void OpenBlobs::add(const BlobId& id, std::shared_ptr<OpenBlob> blob,
                    std::uint64_t removals_before) {
  std::lock_guard lock(mutex_);
  if (removals_ != removals_before || by_id_.contains(id.value)) return;
  table_bytes_ += blob->table_bytes();
  order_.push_front({id.value, std::move(blob)});
  by_id_.emplace(id.value, order_.begin());
  while (order_.size() > 1 && (order_.size() > capacity_ || table_bytes_ > kMostTableBytes)) {
    drop_last();
  }
}

void OpenBlobs::drop_last() {
  table_bytes_ -= order_.back().blob->table_bytes();
  by_id_.erase(order_.back().id);
  order_.pop_back();
}

void OpenBlobs::remove(const BlobId& id) {
  std::shared_ptr<OpenBlob> removed;  // dies outside the lock
  std::lock_guard lock(mutex_);
  ++removals_;
  auto found = by_id_.find(id.value);
  if (found == by_id_.end()) return;
  removed = std::move(found->second->blob);
  removed->set_removed();
  table_bytes_ -= removed->table_bytes();
  order_.erase(found->second);
  by_id_.erase(found);
}

}  // namespace lakeside::engines
