#include "engines/files/blob_source.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engines/files/in_flight.h"

namespace lakeside::engines {
namespace {

struct Piece {
  std::uint64_t offset;
  std::uint64_t length;
};

// A piece on its way from the disk. Shared by the source and the job that reads, since either
// may end first.
struct PieceRead {
  InFlight jobs;
  Result<Chunk> chunk = fail(ErrorCode::kIo, "not read");
};

class FileBlobSource final : public SegmentSource {
 public:
  FileBlobSource(std::shared_ptr<OpenBlob> blob, std::uint64_t offset, std::uint64_t length,
                 ThreadPool& pool)
      : blob_(std::move(blob)), at_(offset), end_(offset + length), pool_(pool) {}

  Task<Result<std::optional<Segment>>> next() override {
    Piece piece = next_piece();
    if (piece.length == 0) co_return std::nullopt;
    if (!ahead_) {
      if (is_in_memory(piece)) {
        at_ += piece.length;
        co_return std::optional<Segment>(FileSlice{blob_->file(), piece.offset, piece.length});
      }
      begin_read(piece);
    }
    std::shared_ptr<PieceRead> read = std::exchange(ahead_, nullptr);
    (void)co_await read->jobs.at_most(0);
    if (!read->chunk) co_return std::unexpected(std::move(read->chunk.error()));
    at_ += piece.length;
    read_ahead();
    co_return std::optional<Segment>(std::move(*read->chunk));
  }

 private:
  [[nodiscard]] Piece next_piece() const {
    std::uint64_t piece_end = (at_ / kBlobPieceSize + 1) * kBlobPieceSize;
    return {at_, std::min(piece_end, end_) - at_};
  }

  // Verified and still there. The kernel may drop a page between this look and the sending;
  // then sendfile waits for the disk once.
  [[nodiscard]] bool is_in_memory(const Piece& piece) const {
    auto now = std::chrono::steady_clock::now();
    return blob_->verified_lately(piece.offset, piece.length, now) &&
           blob_->in_memory(piece.offset, piece.length, now);
  }

  // While the consumer sends one piece, the disk fetches the next.
  void read_ahead() {
    Piece piece = next_piece();
    auto now = std::chrono::steady_clock::now();
    if (piece.length == 0 || blob_->verified_lately(piece.offset, piece.length, now)) return;
    begin_read(piece);
  }

  void begin_read(const Piece& piece) {
    ahead_ = std::make_shared<PieceRead>();
    ahead_->jobs.begin();
    pool_.submit([read = ahead_, blob = blob_, piece] {
      read->chunk = blob->read(piece.offset, piece.length);
      read->jobs.end({});
    });
  }

  std::shared_ptr<OpenBlob> blob_;
  std::uint64_t at_;
  const std::uint64_t end_;
  ThreadPool& pool_;
  std::shared_ptr<PieceRead> ahead_;
};

}  // namespace

std::unique_ptr<SegmentSource> make_blob_source(std::shared_ptr<OpenBlob> blob,
                                                std::uint64_t offset, std::uint64_t length,
                                                ThreadPool& pool) {
  return std::make_unique<FileBlobSource>(std::move(blob), offset, length, pool);
}

}  // namespace lakeside::engines
