#include "gateway/http/response_writer.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>

namespace lakeside::http {
namespace {

std::uint64_t segment_size(const Segment& segment) {
  if (const auto* chunk = std::get_if<Chunk>(&segment)) return chunk->size();
  return std::get<FileSlice>(segment).length;
}

// The line before a chunk of that size, with the end of the chunk before it.
std::string chunk_line(std::uint64_t size, bool first) {
  std::array<char, 16> digits;
  auto end = std::to_chars(digits.begin(), digits.end(), size, 16).ptr;
  std::string line = first ? "" : "\r\n";
  line.append(digits.data(), end);
  line += size == 0 ? "\r\n\r\n" : "\r\n";
  return line;
}

}  // namespace

void ResponseWriter::set_pieces(std::string_view first, std::string_view second, bool more) {
  pieces_[0] = {const_cast<char*>(first.data()), first.size()};
  pieces_[1] = {const_cast<char*>(second.data()), second.size()};
  next_ = 0;
  more_ = more;
}

// What is left to send.
std::span<iovec> ResponseWriter::rest() {
  while (next_ < pieces_.size() && pieces_[next_].iov_len == 0) ++next_;
  std::size_t count = pieces_.size() - next_;
  if (count > 0 && pieces_.back().iov_len == 0) --count;
  return std::span(pieces_).subspan(next_, count);
}

void ResponseWriter::advance(std::size_t sent) {
  for (std::size_t i = next_; i < pieces_.size() && sent > 0; ++i) {
    std::size_t n = std::min(sent, pieces_[i].iov_len);
    pieces_[i].iov_base = static_cast<char*>(pieces_[i].iov_base) + n;
    pieces_[i].iov_len -= n;
    sent -= n;
  }
}

bool ResponseWriter::push() {
  for (auto left = rest(); !left.empty(); left = rest()) {
    last_ = channel_.write(left, more_);
    if (!last_.done()) return false;
    advance(last_.bytes);
  }
  return true;
}

Task<bool> ResponseWriter::send_text(std::string_view head, std::string_view body) {
  set_pieces(head, body, false);
  body_bytes_ = body.size();
  if (channel_.encrypted()) {
    co_await channel_.yield();
    co_return co_await send_pieces();
  }
  int result = co_await channel_.send_together(rest());
  last_ = channel_.sent(result);
  if (last_.done()) {
    advance(last_.bytes);
    co_return co_await send_pieces();
  }
  co_return co_await send_rest();
}

Task<bool> ResponseWriter::send_rest() {
  while (last_.blocked()) {
    channel_.set_deadline(stall_timeout_);
    co_await channel_.ready(last_);
    channel_.clear_deadline();
    if (push()) co_return true;
  }
  co_return false;
}

Task<bool> ResponseWriter::send_pieces() {
  if (push()) co_return true;
  co_return co_await send_rest();
}

Task<Status> ResponseWriter::send_stream(std::string_view head, std::optional<Segment> first,
                                         SegmentSource& source, const BodyPlan& plan) {
  bool chunked = plan.coding == BodyPlan::Coding::kChunked;
  std::string prefix(head);
  std::optional<Segment> segment = std::move(first);
  bool first_chunk = true;
  while (segment) {
    std::uint64_t size = segment_size(*segment);
    if (plan.announced && size > *plan.announced - body_bytes_) {
      co_return fail(ErrorCode::kInvalid, "the body is longer than announced");
    }
    if (chunked) prefix += chunk_line(size, first_chunk);
    first_chunk = false;
    bool last = plan.announced && body_bytes_ + size == *plan.announced;
    Status sent = co_await send_segment(prefix, *segment, !last && plan.announced);
    if (!sent) co_return sent;
    prefix.clear();
    co_await channel_.fair();
    segment.reset();  // before the next is made
    Result<std::optional<Segment>> next = co_await source.next();
    if (!next) co_return std::unexpected(std::move(next.error()));
    segment = std::move(*next);
  }
  if (plan.announced && body_bytes_ < *plan.announced) {
    co_return fail(ErrorCode::kInvalid, "the body is shorter than announced");
  }
  if (chunked) prefix += chunk_line(0, first_chunk);
  set_pieces(prefix, {}, false);
  if (bool sent = co_await send_pieces(); !sent) co_return gone();
  co_return Status{};
}

Task<Status> ResponseWriter::send_segment(std::string_view prefix, const Segment& segment,
                                          bool more) {
  if (const auto* chunk = std::get_if<Chunk>(&segment)) {
    set_pieces(prefix, as_text(chunk->view()), more);
    if (bool sent = co_await send_pieces(); !sent) co_return gone();
    body_bytes_ += chunk->size();
    co_return Status{};
  }
  const auto& slice = std::get<FileSlice>(segment);
  set_pieces(prefix, {}, true);
  if (bool sent = co_await send_pieces(); !sent) co_return gone();
  bool sent = false;
  if (channel_.encrypted()) {
    sent = co_await send_slice_encrypted(slice);
  } else {
    sent = co_await send_slice(slice);
  }
  if (!sent) co_return gone();
  co_return Status{};
}

Task<bool> ResponseWriter::send_slice(const FileSlice& slice) {
  FileSlice rest = slice;
  while (rest.length > 0) {
    Io io = channel_.send_file(rest);
    if (io.done()) {
      rest.offset += io.bytes;
      rest.length -= io.bytes;
      body_bytes_ += io.bytes;
      co_await channel_.fair();
    } else if (io.blocked()) {
      channel_.set_deadline(stall_timeout_);
      co_await channel_.ready(io);
      channel_.clear_deadline();
    } else {
      co_return false;
    }
  }
  co_return true;
}

// The kernel cannot encrypt, so the bytes pass through here. They are in memory (FileSlice),
// so reading them does not block.
Task<bool> ResponseWriter::send_slice_encrypted(const FileSlice& slice) {
  constexpr std::size_t kPiece = 128 << 10;
  Chunk piece = Chunk::allocate(std::min<std::uint64_t>(slice.length, kPiece));
  std::uint64_t done = 0;
  while (done < slice.length) {
    piece.truncate(0);
    std::size_t wanted = std::min<std::uint64_t>(slice.length - done, piece.capacity());
    ssize_t n = pread(slice.file->fd(), piece.free_space().data(), wanted,
                      static_cast<off_t>(slice.offset + done));
    if (n <= 0) co_return false;
    piece.extend(static_cast<std::size_t>(n));
    done += static_cast<std::size_t>(n);
    set_pieces(as_text(piece.view()), {}, false);
    if (bool sent = co_await send_pieces(); !sent) co_return false;
    body_bytes_ += static_cast<std::size_t>(n);
    co_await channel_.fair();
  }
  co_return true;
}

std::unexpected<Error> ResponseWriter::gone() const {
  return channel_.expired() ? fail(ErrorCode::kTimeout, "the client stopped reading")
                            : fail(ErrorCode::kDisconnected, "the client left");
}

}  // namespace lakeside::http
