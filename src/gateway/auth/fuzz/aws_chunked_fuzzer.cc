// The decoder finds the same in a body whether it comes whole or in pieces. The input's first
// byte chooses the trailer, the second the size of the pieces.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "gateway/auth/aws_chunked.h"

namespace {

using lakeside::ByteView;
using lakeside::auth::AwsChunkedDecoder;
using Event = AwsChunkedDecoder::Event;

// What was found, but for how the data were cut.
std::string decode(AwsChunkedDecoder::Trailer trailer, std::string_view body, std::size_t step) {
  AwsChunkedDecoder decoder(trailer);
  std::string found;
  while (!body.empty()) {
    std::string piece(body.substr(0, step));
    body.remove_prefix(piece.size());
    ByteView input = lakeside::as_bytes(piece);
    while (true) {
      Event event = decoder.next(input);
      if (event == Event::kNeedInput) break;
      if (event == Event::kData) {
        found += lakeside::as_text(decoder.data());
        continue;
      }
      found += "<" + std::to_string(static_cast<int>(event));
      if (event == Event::kChunk) {
        found += std::to_string(decoder.chunk_size()) + std::string(decoder.chunk_signature());
      }
      if (event == Event::kEnd) {
        for (const auto& [name, value] : decoder.trailers()) found += name + ":" + value;
      }
      if (event == Event::kMalformed || event == Event::kMalformedTrailer) return found;
    }
    if (!input.empty()) std::abort();
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  auto trailer = static_cast<AwsChunkedDecoder::Trailer>(data[0] % 3);
  std::size_t step = 1 + data[1] % 64;
  std::string_view body(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (decode(trailer, body, body.size() + 1) != decode(trailer, body, step)) std::abort();
  return 0;
}
