#include "gateway/http/channel.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "base/scratch.h"

namespace lakeside::http {
namespace {

Io from_system(ssize_t result, Io::Outcome when_blocked, Io::Outcome when_zero) {
  if (result > 0) return {Io::Outcome::kDone, static_cast<std::size_t>(result)};
  if (result == 0) return {when_zero};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {when_blocked};
  return {Io::Outcome::kFailed};
}

Io from_read(ssize_t result) {
  return from_system(result, Io::Outcome::kWantRead, Io::Outcome::kEnd);
}
Io from_write(ssize_t result) {
  return from_system(result, Io::Outcome::kWantWrite, Io::Outcome::kFailed);
}

iovec to_iovec(MutableBytes bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

Channel::Channel(Loop& loop, int fd, const Ticks& now, const TlsContext* tls)
    : loop_(loop), socket_(loop, fd), now_(&now) {
  if (tls) tls_.emplace(*tls, fd);
}

Io Channel::read(MutableBytes into) {
  if (tls_) return count_in(tls_->read(into), 0);
  return count_in(from_read(recv(socket_.fd(), into.data(), into.size(), 0)), into.size());
}

Io Channel::read(MutableBytes into, MutableBytes spill) {
  if (tls_ || spill.empty()) return read(into);
  std::array<iovec, 2> pieces = {to_iovec(into), to_iovec(spill)};
  return count_in(from_read(readv(socket_.fd(), pieces.data(), 2)), into.size() + spill.size());
}

Io Channel::write(std::span<const iovec> pieces, bool more) {
  if (tls_) return count_out(write_tls(pieces));
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  return count_out(
      from_write(sendmsg(socket_.fd(), &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0))));
}

Io Channel::sent(int result) {
  if (result < 0) errno = -result;
  return count_out(from_write(result));
}

// One record for head and body: what is small is gathered first. A repeated attempt gathers
// the same bytes again, as TlsSession::write asks for.
Io Channel::write_tls(std::span<const iovec> pieces) {
  if (pieces.size() == 1 || pieces[0].iov_len >= (16 << 10)) {
    return tls_->write({static_cast<const std::byte*>(pieces[0].iov_base), pieces[0].iov_len});
  }
  std::span<std::byte> record = std::span(scratch()).first(16 << 10);
  std::size_t size = 0;
  for (const iovec& piece : pieces) {
    std::size_t n = std::min(piece.iov_len, record.size() - size);
    if (n > 0) std::memcpy(record.data() + size, piece.iov_base, n);
    size += n;
  }
  return tls_->write({record.data(), size});
}

Io Channel::send_file(const FileSlice& slice) {
  auto offset = static_cast<off_t>(slice.offset);
  std::size_t size = std::min<std::uint64_t>(slice.length, kFairShare);
  return count_out(from_write(sendfile(socket_.fd(), slice.file->fd(), &offset, size)));
}

void Channel::abort() {
  aborted_ = true;
  linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket_.fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  shutdown(socket_.fd(), SHUT_RDWR);  // a waiting coroutine is told by the poller
}

void Channel::close_write() {
  if (tls_) tls_->close_notify();
  shutdown(socket_.fd(), SHUT_WR);
}

Io Channel::discard() {
  // TCP drops what MSG_TRUNC takes without copying it: tcp(7).
  constexpr std::size_t kRoom = 64 << 10;
  return count_in(from_read(recv(socket_.fd(), nullptr, kRoom, MSG_TRUNC)), kRoom);
}

Io Channel::count_in(Io io, std::size_t room) {
  bytes_in_ += io.bytes;
  spent_ += io.bytes;
  if (io.done() && io.bytes < room) socket_.drained();  // less than there was room for
  return note(io);
}

Io Channel::count_out(Io io) {
  bytes_out_ += io.bytes;
  spent_ += io.bytes;
  return note(io);
}

}  // namespace lakeside::http
