// The aws-chunked coding of S3 uploads, as a pure incremental decoder:
//
//   5;chunk-signature=…\r\n hello\r\n 0;chunk-signature=…\r\n x-amz-checksum-crc32:…\r\n \r\n
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace lakeside::auth {

class AwsChunkedDecoder {
 public:
  enum class Event {
    kNeedInput,  // all input is used up
    kChunk,      // a chunk begins: chunk_size(), chunk_signature()
    kData,       // some of its data: data()
    kChunkEnd,   // all of its data came; the last chunk has none
    kEnd,        // the coding ends here: trailers()
    kMalformed,  // and so is every later call
    kMalformedTrailer,
  };
  enum class Trailer { kNone, kUnsigned, kSigned };

  static constexpr std::size_t kLongestSizeLine = 1 << 10;
  static constexpr std::uint64_t kLargestChunk = 5ULL << 30;
  static constexpr std::size_t kLongestTrailer = 16 << 10;

  explicit AwsChunkedDecoder(Trailer trailer) : trailer_(trailer) {}

  // Takes from the front of `input` what the next event needs.
  Event next(ByteView& input);

  [[nodiscard]] std::uint64_t chunk_size() const { return chunk_size_; }
  // Empty where the chunk has none.
  [[nodiscard]] std::string_view chunk_signature() const { return chunk_signature_; }
  // Part of the input of the `next` that returned kData.
  [[nodiscard]] ByteView data() const { return data_; }
  // In order, names in lower case; x-amz-trailer-signature is not among them.
  using Trailers = std::vector<std::pair<std::string, std::string>>;
  [[nodiscard]] const Trailers& trailers() const { return trailers_; }
  [[nodiscard]] std::string_view trailer_signature() const { return trailer_signature_; }
  [[nodiscard]] bool ended() const { return state_ == State::kEnded; }

 private:
  enum class State { kSizeLine, kData, kDataEnd, kLastChunk, kTrailer, kEnded, kFailed };

  Event read_size_line(ByteView& input);
  Event read_data(ByteView& input);
  Event read_data_end(ByteView& input);
  Event read_trailer_line(ByteView& input);
  Event skip_line_ends(ByteView& input);
  Event fail(Event event);
  // Moves a line's bytes from `input` to line_; true when it is whole. An overlong one fails.
  bool collect_line(ByteView& input, std::size_t longest);
  bool parse_size_line();

  Trailer trailer_;
  State state_ = State::kSizeLine;
  Event failure_ = Event::kMalformed;
  std::string line_;  // with its line feed
  std::uint64_t chunk_size_ = 0;
  std::uint64_t left_ = 0;  // of the chunk's data
  std::string chunk_signature_;
  ByteView data_;
  std::size_t trailer_bytes_ = 0;
  Trailers trailers_;
  std::string trailer_signature_;
  int extra_line_ends_ = 0;
};

}  // namespace lakeside::auth
