#include "gateway/auth/aws_chunked.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/encoding.h"

namespace lakeside::auth {
namespace {

constexpr std::string_view kSignatureExtension = "chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

AwsChunkedDecoder::Event AwsChunkedDecoder::next(ByteView& input) {
  switch (state_) {
    case State::kSizeLine:
      return read_size_line(input);
    case State::kData:
      return read_data(input);
    case State::kDataEnd:
      return read_data_end(input);
    case State::kLastChunk:
      state_ = State::kTrailer;
      return Event::kChunkEnd;
    case State::kTrailer:
      return read_trailer_line(input);
    case State::kEnded:
      return skip_line_ends(input);
    case State::kFailed:
      break;
  }
  return failure_;
}

AwsChunkedDecoder::Event AwsChunkedDecoder::fail(Event event) {
  state_ = State::kFailed;
  failure_ = event;
  return event;
}

bool AwsChunkedDecoder::collect_line(ByteView& input, std::size_t longest) {
  std::string_view text = as_text(input);
  std::size_t feed = text.find('\n');
  std::size_t take = feed == std::string_view::npos ? text.size() : feed + 1;
  if (line_.size() + take > longest) {
    fail(state_ == State::kTrailer ? Event::kMalformedTrailer : Event::kMalformed);
    return false;
  }
  line_.append(text.substr(0, take));
  input = input.subspan(take);
  return feed != std::string_view::npos;
}

// "10000;chunk-signature=…\r\n"
bool AwsChunkedDecoder::parse_size_line() {
  std::string_view line = line_;
  if (!line.ends_with("\r\n")) return false;
  line.remove_suffix(2);
  std::size_t semicolon = line.find(';');
  auto size = parse_hex(trim(line.substr(0, semicolon)));
  if (!size || *size > kLargestChunk) return false;
  chunk_size_ = left_ = *size;
  chunk_signature_.clear();
  if (semicolon == std::string_view::npos) return true;
  std::string_view extension = trim(line.substr(semicolon + 1));
  if (!extension.starts_with(kSignatureExtension)) return false;
  chunk_signature_ = extension.substr(kSignatureExtension.size());
  return true;
}

AwsChunkedDecoder::Event AwsChunkedDecoder::read_size_line(ByteView& input) {
  if (!collect_line(input, kLongestSizeLine)) {
    return state_ == State::kFailed ? failure_ : Event::kNeedInput;
  }
  if (!parse_size_line()) return fail(Event::kMalformed);
  line_.clear();
  state_ = chunk_size_ == 0 ? State::kLastChunk : State::kData;
  return Event::kChunk;
}

AwsChunkedDecoder::Event AwsChunkedDecoder::read_data(ByteView& input) {
  if (input.empty()) return Event::kNeedInput;
  data_ = input.first(static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())));
  input = input.subspan(data_.size());
  left_ -= data_.size();
  if (left_ == 0) state_ = State::kDataEnd;
  return Event::kData;
}

AwsChunkedDecoder::Event AwsChunkedDecoder::read_data_end(ByteView& input) {
  constexpr std::string_view kLineEnd = "\r\n";
  if (!collect_line(input, kLineEnd.size())) {
    return state_ == State::kFailed ? failure_ : Event::kNeedInput;
  }
  if (line_ != kLineEnd) return fail(Event::kMalformed);
  line_.clear();
  state_ = State::kSizeLine;
  return Event::kChunkEnd;
}

// Lines end in "\r\n", or, from minio-go and in the example of AWS's manual, in "\n" with an
// empty line before the trailer's signature: there, only the line after the signature ends it.
AwsChunkedDecoder::Event AwsChunkedDecoder::read_trailer_line(ByteView& input) {
  while (true) {
    if (!collect_line(input, kLongestTrailer - trailer_bytes_)) {
      return state_ == State::kFailed ? failure_ : Event::kNeedInput;
    }
    trailer_bytes_ += line_.size();
    std::string_view line = line_;
    line.remove_suffix(line.ends_with("\r\n") ? 2 : 1);
    bool complete = trailer_ != Trailer::kSigned || !trailer_signature_.empty();
    if (line.empty() && complete) {
      line_.clear();
      state_ = State::kEnded;
      return Event::kEnd;
    }
    if (!line.empty()) {
      std::size_t colon = line.find(':');
      if (trailer_ == Trailer::kNone) return fail(Event::kMalformed);
      if (colon == std::string_view::npos || colon == 0 || !trailer_signature_.empty()) {
        return fail(Event::kMalformedTrailer);
      }
      std::string name = to_lower_ascii(line.substr(0, colon));
      std::string_view value = trim(line.substr(colon + 1));
      if (name != kTrailerSignature) {
        trailers_.emplace_back(std::move(name), value);
      } else if (value.empty()) {
        return fail(Event::kMalformedTrailer);
      } else {
        trailer_signature_ = value;
      }
    }
    line_.clear();
  }
}

// minio-go ends an unsigned trailer with one empty line too many.
AwsChunkedDecoder::Event AwsChunkedDecoder::skip_line_ends(ByteView& input) {
  constexpr int kMostExtraBytes = 2;
  for (char c : as_text(input)) {
    if ((c != '\r' && c != '\n') || ++extra_line_ends_ > kMostExtraBytes) {
      return fail(Event::kMalformed);
    }
  }
  input = {};
  return Event::kNeedInput;
}

}  // namespace lakeside::auth
