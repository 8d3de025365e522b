#include "gateway/http/body_reader.h"

#include <cstring>

#include "base/scratch.h"

namespace lakeside::http {
namespace {

constexpr std::uint64_t kDrainLimit = 256 << 10;
constexpr std::chrono::seconds kDrainTime{5};
// Into less than this, bytes are received through the buffer, so that a reader of small
// pieces does not cost a system call for each.
constexpr std::size_t kDirectSize = 4 << 10;

}  // namespace

BodyReader::BodyReader(Channel& channel, ReadBuffer& buffer, const Framing& framing,
                       BodyLimits limits)
    : channel_(channel),
      buffer_(buffer),
      framing_(framing),
      limits_(limits),
      expect_continue_(framing.expect_continue),
      complete_(framing.body == Framing::Body::kNone) {}

std::optional<std::uint64_t> BodyReader::length() const {
  if (framing_.body == Framing::Body::kChunked) return std::nullopt;
  return framing_.content_length;
}

Task<Result<std::size_t>> BodyReader::read(MutableBytes into) {
  if (error_) co_return std::unexpected(*error_);
  if (complete_ || into.empty()) co_return std::size_t{0};
  if (expect_continue_) {
    Status sent = co_await send_continue();
    if (!sent) co_return std::unexpected(sent.error());
  }
  while (true) {
    Result<std::size_t> taken = take(into);
    if (!taken || *taken > 0 || complete_) {
      co_await channel_.fair();
      co_return taken;
    }
    channel_.set_deadline(limits_.stall_timeout);
    co_await channel_.ready(last_);
    channel_.clear_deadline();
  }
}

Task<Status> BodyReader::send_continue() {
  expect_continue_ = false;
  if (!buffer_.empty()) co_return Status{};  // the client did not wait
  std::string_view rest = "HTTP/1.1 100 Continue\r\n\r\n";
  while (!rest.empty()) {
    iovec piece{const_cast<char*>(rest.data()), rest.size()};
    Io io = channel_.write({&piece, 1}, false);
    if (io.done()) {
      rest.remove_prefix(io.bytes);
    } else if (io.blocked()) {
      channel_.set_deadline(limits_.stall_timeout);
      co_await channel_.ready(io);
      channel_.clear_deadline();
    } else {
      co_return broken(ErrorCode::kDisconnected, "the client left");
    }
  }
  co_return Status{};
}

Result<std::size_t> BodyReader::take(MutableBytes into) {
  return framing_.body == Framing::Body::kLength ? take_counted(into) : take_chunked(into);
}

Result<std::size_t> BodyReader::take_counted(MutableBytes into) {
  Result<std::size_t> taken = take_data(into, framing_.content_length - received_);
  complete_ = received_ == framing_.content_length;
  return taken;
}

// What was decoded before an error is handed out first; the error waits for the next call.
Result<std::size_t> BodyReader::take_chunked(MutableBytes into) {
  std::size_t total = 0;
  while (total < into.size() && !complete_) {
    if (decoder_.data_left() > 0) {
      if (total > 0 && buffer_.empty()) break;  // do not ask the kernel again
      std::size_t n = take_chunk_data(into.subspan(total));
      if (n == 0) break;
      total += n;
    } else if (!take_chunk_framing(total == 0)) {
      break;
    }
  }
  if (total == 0 && error_) return std::unexpected(*error_);
  return total;
}

std::size_t BodyReader::take_chunk_data(MutableBytes into) {
  if (decoder_.data_left() > limits_.bytes - received_) {
    (void)broken(ErrorCode::kTooLarge, "the chunked body exceeds the limit");
    return 0;
  }
  std::size_t n = take_data(into, decoder_.data_left()).value_or(0);
  if (n > 0) decoder_.take(n);
  return n;
}

// False where the decoder needs bytes that are not there.
bool BodyReader::take_chunk_framing(bool may_receive) {
  if (buffer_.empty()) {
    if (may_receive) receive({}, buffer_.space());
    if (buffer_.empty()) return false;
  }
  buffer_.consume(decoder_.consume(buffer_.unread()));
  if (decoder_.bad()) {
    (void)broken(ErrorCode::kInvalid, "malformed chunked body");
    return false;
  }
  complete_ = decoder_.ended();
  return true;
}

Result<std::size_t> BodyReader::take_data(MutableBytes into, std::uint64_t left) {
  if (into.size() > left) into = into.first(left);
  std::size_t n = 0;
  if (buffer_.empty()) {
    if (into.size() >= kDirectSize) {
      // Behind the last of the data comes framing or the next request.
      bool last = into.size() == left && framing_.body == Framing::Body::kChunked;
      n = receive(into, last ? buffer_.space() : MutableBytes{});
    } else {
      receive({}, buffer_.space());
    }
    if (error_) return std::unexpected(*error_);
  }
  if (n == 0 && !buffer_.empty()) {
    n = std::min(into.size(), buffer_.unread().size());
    std::memcpy(into.data(), buffer_.unread().data(), n);
    buffer_.consume(n);
  }
  received_ += n;
  return n;
}

std::size_t BodyReader::receive(MutableBytes into, MutableBytes spill) {
  last_ = into.empty() ? channel_.read(spill) : channel_.read(into, spill);
  if (last_.blocked()) return 0;
  if (!last_.done()) {
    bool late = channel_.expired();
    (void)broken(late ? ErrorCode::kTimeout : ErrorCode::kDisconnected,
                 late ? "the body stalled" : "the body stopped early");
    return 0;
  }
  std::size_t direct = std::min(last_.bytes, into.size());
  if (last_.bytes > direct) buffer_.filled(last_.bytes - direct);
  return direct;
}

std::unexpected<Error> BodyReader::broken(ErrorCode code, const char* detail) {
  error_ = Error{code, detail};
  return std::unexpected(*error_);
}

bool BodyReader::drainable() const {
  if (error_ || expect_continue_) return false;
  return framing_.body != Framing::Body::kLength ||
         framing_.content_length - received_ <= kDrainLimit;
}

Task<bool> BodyReader::drain() {
  std::uint64_t drained = 0;
  channel_.set_deadline(kDrainTime);  // once for all of it
  while (!complete_ && drained <= kDrainLimit) {
    Result<std::size_t> taken = take(scratch());
    if (!taken) break;
    drained += *taken;
    if (*taken == 0 && !complete_) co_await channel_.ready(last_);
  }
  channel_.clear_deadline();
  co_return complete_;
}

}  // namespace lakeside::http
