// The framing of a chunked body (RFC 9112, section 7.1), taken strictly. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lakeside::http {

// Consumes the framing and says how many bytes of data come next; moving those is the
// caller's, so that they can go straight to where they are wanted.
class ChunkDecoder {
 public:
  // Reads framing from the front of `input` and says how much of it that was. Stops at data,
  // at the body's end, at an error and at the end of `input`.
  std::size_t consume(std::string_view input);

  // Bytes of data that come next; 0 while framing is due.
  [[nodiscard]] std::uint64_t data_left() const { return state_ == State::kData ? left_ : 0; }
  // The caller has moved `n` of them.
  void take(std::uint64_t n);

  [[nodiscard]] bool ended() const { return state_ == State::kEnd; }
  [[nodiscard]] bool bad() const { return state_ == State::kBad; }

 private:
  enum class State {
    kSize,       // hexadecimal digits
    kExtension,  // skipped up to the line's end
    kSizeLineFeed,
    kData,
    kDataReturn,  // the CR LF behind the data
    kDataLineFeed,
    kTrailerStart,  // a trailer line, or the empty line at the end
    kTrailer,
    kTrailerLineFeed,
    kEndLineFeed,
    kEnd,
    kBad,
  };

  [[nodiscard]] State step(char c);
  [[nodiscard]] State step_size(char c);
  [[nodiscard]] State after_size_line();
  [[nodiscard]] State count_overhead(State next);

  State state_ = State::kSize;
  std::uint8_t digits_ = 0;
  std::uint32_t overhead_ = 0;  // bytes of this line's extension, or of all trailers
  std::uint64_t left_ = 0;
};

}  // namespace lakeside::http
