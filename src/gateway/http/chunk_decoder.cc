#include "gateway/http/chunk_decoder.h"

#include <cassert>

namespace lakeside::http {
namespace {

// Nobody who means well sends more; unbounded, they would be a way to keep a server busy.
constexpr std::uint32_t kExtensionLimit = 1024;
constexpr std::uint32_t kTrailerLimit = 8192;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_text(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); }

}  // namespace

std::size_t ChunkDecoder::consume(std::string_view input) {
  std::size_t used = 0;
  while (used < input.size() && state_ != State::kData && state_ != State::kEnd &&
         state_ != State::kBad) {
    state_ = step(input[used++]);
  }
  return used;
}

void ChunkDecoder::take(std::uint64_t n) {
  assert(state_ == State::kData && n <= left_);
  left_ -= n;
  if (left_ == 0) state_ = State::kDataReturn;
}

ChunkDecoder::State ChunkDecoder::step(char c) {
  switch (state_) {
    case State::kSize:
      return step_size(c);
    case State::kExtension:
      if (c == '\r') return State::kSizeLineFeed;
      return is_text(c) && ++overhead_ <= kExtensionLimit ? State::kExtension : State::kBad;
    case State::kSizeLineFeed:
      return c == '\n' ? after_size_line() : State::kBad;
    case State::kDataReturn:
      return c == '\r' ? State::kDataLineFeed : State::kBad;
    case State::kDataLineFeed:
      if (c != '\n') return State::kBad;
      digits_ = 0;
      return State::kSize;
    case State::kTrailerStart:
      if (c == '\r') return State::kEndLineFeed;
      return c == ' ' || c == '\t' ? State::kBad
                                   : count_overhead(is_text(c) ? State::kTrailer : State::kBad);
    case State::kTrailer:
      if (c == '\r') return State::kTrailerLineFeed;
      return count_overhead(is_text(c) ? State::kTrailer : State::kBad);
    case State::kTrailerLineFeed:
      return c == '\n' ? State::kTrailerStart : State::kBad;
    case State::kEndLineFeed:
      return c == '\n' ? State::kEnd : State::kBad;
    case State::kData:
    case State::kEnd:
    case State::kBad:
      break;
  }
  return state_;
}

ChunkDecoder::State ChunkDecoder::step_size(char c) {
  int value = hex_value(c);
  if (value >= 0) {
    if (digits_ == 0) left_ = 0;
    if (++digits_ > 15) return State::kBad;  // 2^60: no overflow, and far above any limit
    left_ = left_ << 4 | static_cast<unsigned>(value);
    return State::kSize;
  }
  if (digits_ == 0) return State::kBad;
  overhead_ = 0;
  if (c == '\r') return State::kSizeLineFeed;
  return c == ';' ? State::kExtension : State::kBad;
}

ChunkDecoder::State ChunkDecoder::after_size_line() {
  overhead_ = 0;
  return left_ == 0 ? State::kTrailerStart : State::kData;
}

ChunkDecoder::State ChunkDecoder::count_overhead(State next) {
  return ++overhead_ > kTrailerLimit ? State::kBad : next;
}

}  // namespace lakeside::http
