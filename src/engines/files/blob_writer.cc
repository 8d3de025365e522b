#include "engines/files/blob_writer.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "base/checksum.h"
#include "base/log.h"
#include "engines/files/blob_format.h"
#include "engines/files/in_flight.h"

namespace lakeside::engines {
namespace {

// Chunks of one writer that are being written: enough to keep the disk busy while the next one
// arrives.
constexpr std::size_t kMostChunksInFlight = 3;

std::vector<std::uint32_t> block_checksums(ByteView data) {
  std::vector<std::uint32_t> sums;
  sums.reserve(data.size() / kBlobBlockSize + 1);
  while (!data.empty()) {
    ByteView block = data.first(std::min<std::size_t>(data.size(), kBlobBlockSize));
    sums.push_back(crc32c(0, block));
    data = data.subspan(block.size());
  }
  return sums;
}

// Adds zeros up to the next multiple of kBlobAlignment; a chunk's capacity is one.
void pad(Chunk& chunk) {
  std::size_t zeros = align_up(chunk.size()) - chunk.size();
  MutableBytes space = chunk.free_space().first(zeros);
  std::fill(space.begin(), space.end(), std::byte{0});
  chunk.extend(zeros);
}

// The file of a blob that is being written. Lives until the last job on it has ended, and ends
// on a thread of the pool, because closing or removing a file may take long.
class Upload {
 public:
  Upload(BlobWriting& shared, BlobName name) : shared_(shared), name_(std::move(name)) {}

  ~Upload() {
    if (finished_ || path_.empty()) return;
    if (auto removed = shared_.file_system.remove(path_); !removed) {
      log(LogLevel::kWarn, "an unfinished blob stays", {{"error", removed.error().detail}});
    }
  }

  InFlight& jobs() { return jobs_; }
  ThreadPool& pool() { return shared_.pool; }

  Status create() {
    std::string path = shared_.paths.temporary(name_);
    auto file = shared_.file_system.create(path);
    if (!file) return std::unexpected(std::move(file.error()));
    file_ = std::move(*file);
    path_ = std::move(path);
    return {};
  }

  // Several threads at once; `chunk` is whole blocks.
  Status write(const Chunk& chunk, std::uint64_t offset) {
    set_checksums(offset, block_checksums(chunk.view()));
    return shared_.file_system.write(*file_, chunk.view(), offset);
  }

  // After all writes: `tail` is the data from `offset` to the end, less than a block or less
  // than a chunk.
  Result<BlobId> finish(Chunk tail, std::uint64_t offset) {
    Status status = write_end(std::move(tail), offset);
    if (status) status = shared_.file_system.sync(*file_);
    if (status) status = publish();
    if (!status) return std::unexpected(std::move(status.error()));
    finished_ = true;
    return name_.id();
  }

 private:
  void set_checksums(std::uint64_t offset, const std::vector<std::uint32_t>& sums) {
    std::size_t first = offset / kBlobBlockSize;
    std::lock_guard lock(table_mutex_);
    if (table_.size() < first + sums.size()) table_.resize(first + sums.size());
    std::copy(sums.begin(), sums.end(), table_.begin() + static_cast<std::ptrdiff_t>(first));
  }

  // The tail and the footer, in one write where the tail's chunk has room for both.
  Status write_end(Chunk tail, std::uint64_t offset) {
    BlobTrailer trailer{};
    trailer.length = offset + tail.size();
    trailer.created = shared_.clock.now();
    trailer.unique = name_.unique;
    if (!tail.empty()) set_checksums(offset, block_checksums(tail.view()));
    pad(tail);
    std::size_t footer_size = trailer.footer_size();
    if (!tail.empty() && tail.free_space().size() < footer_size) {
      if (auto written = shared_.file_system.write(*file_, tail.view(), offset); !written) {
        return written;
      }
      offset += tail.size();
      tail = Chunk();
    }
    if (tail.empty()) tail = Chunk::allocate(footer_size);
    encode_blob_footer(trailer, table_, tail.free_space().first(footer_size));
    tail.extend(footer_size);
    return shared_.file_system.write(*file_, tail.view(), offset);
  }

  Status publish() {
    if (auto made = shared_.folders.ensure(name_); !made) return made;
    std::string path = shared_.paths.file(name_);
    if (auto renamed = shared_.file_system.rename(path_, path); !renamed) return renamed;
    path_ = std::move(path);
    return shared_.file_system.sync_folder(shared_.paths.folder(name_));
  }

  BlobWriting& shared_;
  const BlobName name_;
  std::string path_;  // where the file is; empty: none was made
  std::unique_ptr<FileHandle> file_;
  InFlight jobs_;
  std::mutex table_mutex_;
  std::vector<std::uint32_t> table_;
  bool finished_ = false;
};

class FileBlobWriter final : public BlobWriter {
 public:
  explicit FileBlobWriter(std::shared_ptr<Upload> upload) : upload_(std::move(upload)) {}

  ~FileBlobWriter() override {
    ThreadPool& pool = upload_->pool();
    pool.submit([upload = std::move(upload_)]() mutable { upload.reset(); });
  }

  Task<Status> append(Chunk chunk) override {
    if (!tail_.empty()) co_return fail(ErrorCode::kInvalid, "append after a partial chunk");
    if (chunk.size() % kBlobBlockSize != 0) {
      tail_ = std::move(chunk);
      co_return Status{};
    }
    if (!chunk.empty()) begin_write(std::move(chunk));
    co_return co_await upload_->jobs().at_most(kMostChunksInFlight - 1);
  }

  Task<Result<BlobId>> finish() override {
    Status status = co_await upload_->jobs().at_most(0);
    if (!status) co_return std::unexpected(std::move(status.error()));
    auto finish = [this] { return upload_->finish(std::move(tail_), offset_); };
    auto job = run_on(upload_->pool(), finish);
    co_return co_await job;
  }

 private:
  void begin_write(Chunk chunk) {
    std::uint64_t offset = std::exchange(offset_, offset_ + chunk.size());
    upload_->jobs().begin();
    upload_->pool().submit([upload = upload_, chunk = std::move(chunk), offset]() mutable {
      Status status = upload->write(chunk, offset);
      chunk = Chunk();  // free for the next before it is asked for
      upload->jobs().end(std::move(status));
    });
  }

  std::shared_ptr<Upload> upload_;
  std::uint64_t offset_ = 0;
  Chunk tail_;
};

}  // namespace

Task<Result<std::unique_ptr<BlobWriter>>> create_blob(BlobWriting& shared, std::string_view group) {
  auto upload = std::make_shared<Upload>(shared, new_blob_name(group));
  auto create = [&upload] { return upload->create(); };
  auto job = run_on(shared.pool, create);
  Status created = co_await job;
  auto writer = std::make_unique<FileBlobWriter>(std::move(upload));
  if (!created) co_return std::unexpected(std::move(created.error()));
  co_return std::move(writer);
}

}  // namespace lakeside::engines
