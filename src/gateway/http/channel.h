// The two byte streams of a connection, plain or TLS, with a deadline.
#pragma once

#include <sys/uio.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/stream.h"
#include "base/task.h"
#include "gateway/http/io.h"
#include "gateway/http/loop.h"
#include "gateway/http/tls.h"

namespace lakeside::http {

// A loop's coarse time: a connection's deadline costs an assignment, and the worker compares
// all of them once a second.
using Ticks = std::uint32_t;

// Attempts never block. When one is blocked, `co_await channel.ready(io, …)` and try again.
class Channel {
 public:
  // `now` is the worker's clock and outlives this. Without `tls` the connection is plain.
  Channel(Loop& loop, int fd, const Ticks& now, const TlsContext* tls);

  Io handshake() { return tls_ ? note(tls_->handshake()) : Io{Io::Outcome::kDone, 1}; }
  Io read(MutableBytes into);
  // Fills `into` first; what does not fit goes to `spill`.
  Io read(MutableBytes into, MutableBytes spill);
  // `more`: the rest of the message follows at once, so a short packet can wait for it.
  Io write(std::span<const iovec> pieces, bool more);
  // Plain connections only. `sent(co_await send_together(pieces))` is a write() that is made
  // together with those of other connections.
  [[nodiscard]] Loop::Send send_together(std::span<iovec> pieces) {
    return loop_.send(socket_.fd(), pieces);
  }
  Io sent(int result);
  // Plain connections only.
  Io send_file(const FileSlice& slice);
  [[nodiscard]] bool encrypted() const { return tls_.has_value(); }

  // Waits until the blocked attempt can be repeated, at most until the deadline.
  [[nodiscard]] Socket::Wait ready(Io blocked) {
    spent_ = 0;
    return blocked.outcome == Io::Outcome::kWantWrite ? socket_.writable() : socket_.readable();
  }
  // Until something may have come; it may also turn out that nothing has.
  [[nodiscard]] Socket::Wait readable() {
    spent_ = 0;
    return socket_.readable();
  }
  // See Socket.
  void when_ended(std::move_only_function<void()> job) { socket_.when_ended(std::move(job)); }
  // Bytes wait inside, so readable() might never end.
  [[nodiscard]] bool has_pending() const { return tls_ && tls_->has_pending(); }

  // `co_await channel.fair()` now and then in a loop that might never block: lets the other
  // connections run after some megabytes.
  struct Fair {
    Channel& channel;
    bool await_ready() const noexcept { return channel.spent_ < kFairShare; }
    void await_suspend(std::coroutine_handle<> coroutine) const {
      channel.spent_ = 0;
      channel.loop_.post(coroutine);
    }
    void await_resume() const noexcept {}
  };
  [[nodiscard]] Fair fair() { return {*this}; }
  [[nodiscard]] Loop::Yield yield() { return loop_.yield(); }
  // Counts work as if it were that many bytes.
  void charge(std::size_t bytes) { spent_ += bytes; }

  void set_deadline(std::chrono::seconds from_now) {
    // The current tick may end at once; one more makes it at least that long.
    deadline_ = *now_ + static_cast<Ticks>(from_now.count()) + 1;
  }
  void clear_deadline() { deadline_ = 0; }
  // Called by the worker once a tick.
  void check_deadline() {
    if (deadline_ != 0 && *now_ >= deadline_ && !expired_) {
      expired_ = true;
      abort();
    }
  }
  [[nodiscard]] bool expired() const { return expired_; }
  [[nodiscard]] bool aborted() const { return aborted_; }

  // Makes every attempt from now on fail and ends a wait. The peer gets a reset once this
  // is destroyed, so that it cannot take what it has for the whole.
  void abort();
  // Says that no more bytes come; reading goes on.
  void close_write();
  // Reads and forgets what the peer still sends. Takes the bytes below TLS.
  Io discard();

  // Since the last call.
  std::uint64_t take_bytes_in() { return std::exchange(bytes_in_, 0); }
  std::uint64_t take_bytes_out() { return std::exchange(bytes_out_, 0); }

 private:
  static constexpr std::size_t kFairShare = 4 << 20;

  Io write_tls(std::span<const iovec> pieces);
  // Remembers what is known of the socket after an attempt.
  Io note(Io io) {
    if (io.outcome == Io::Outcome::kWantRead) socket_.drained();
    if (io.outcome == Io::Outcome::kWantWrite) socket_.filled();
    return io;
  }
  Io count_in(Io io, std::size_t room);
  Io count_out(Io io);

  Loop& loop_;
  Socket socket_;
  std::optional<TlsSession> tls_;
  const Ticks* now_;
  Ticks deadline_ = 0;
  bool expired_ = false;
  bool aborted_ = false;
  std::size_t spent_ = 0;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace lakeside::http
