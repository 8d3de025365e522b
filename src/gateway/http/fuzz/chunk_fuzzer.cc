// Any bytes as a chunked body: no crash, and the same result however they are split.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/http/chunk_decoder.h"

namespace {

using lakeside::http::ChunkDecoder;

struct Outcome {
  std::string data;
  std::size_t consumed = 0;
  bool ended = false;
  bool bad = false;
  bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string_view text, std::size_t step) {
  ChunkDecoder decoder;
  Outcome out;
  while (out.consumed < text.size() && !decoder.ended() && !decoder.bad()) {
    std::string_view piece = text.substr(out.consumed, step);
    if (std::uint64_t left = decoder.data_left()) {
      piece = piece.substr(0, left);
      out.data += piece;
      decoder.take(piece.size());
      out.consumed += piece.size();
    } else {
      std::size_t used = decoder.consume(piece);
      if (used == 0) std::abort();  // a caller would loop for ever
      out.consumed += used;
    }
  }
  out.ended = decoder.ended();
  out.bad = decoder.bad();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::size_t step = data[0] % 17 + 1U;
  std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (text.empty()) return 0;
  if (decode(text, step) != decode(text, text.size())) std::abort();
  return 0;
}
