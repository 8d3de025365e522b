#include "gateway/auth/aws_chunked.h"

#include <gtest/gtest.h>

namespace lakeside::auth {
namespace {

using Event = AwsChunkedDecoder::Event;
using Trailer = AwsChunkedDecoder::Trailer;

// What came out, as text: "[5 sig]hello|[0 ]|." for a chunk, its end, and the end.
struct Outcome {
  std::string events;
  AwsChunkedDecoder decoder;
};

// Feeds `pieces` one after the other, each in a buffer of its own.
Outcome run(Trailer trailer, const std::vector<std::string_view>& pieces) {
  Outcome out{"", AwsChunkedDecoder(trailer)};
  for (std::string_view piece : pieces) {
    std::string copy(piece);
    ByteView input = as_bytes(copy);
    while (true) {
      Event event = out.decoder.next(input);
      if (event == Event::kNeedInput) break;
      if (event == Event::kChunk) {
        out.events += "[" + std::to_string(out.decoder.chunk_size()) + " " +
                      std::string(out.decoder.chunk_signature()) + "]";
      } else if (event == Event::kData) {
        out.events += as_text(out.decoder.data());
      } else if (event == Event::kChunkEnd) {
        out.events += "|";
      } else if (event == Event::kEnd) {
        out.events += ".";
      } else {
        out.events += event == Event::kMalformed ? "!" : "?";
        EXPECT_EQ(out.decoder.next(input), event);
        return out;
      }
    }
    EXPECT_TRUE(input.empty());
  }
  return out;
}

std::string events_of(Trailer trailer, std::string_view body) {
  return run(trailer, {body}).events;
}

constexpr std::string_view kSigned =
    "a;chunk-signature=s1\r\nhello\r\nwor\r\nF;chunk-signature=s2\r\n;15\r\nbytes here\r\n"
    "0;chunk-signature=s3\r\n\r\n";
constexpr std::string_view kSignedEvents = "[10 s1]hello\r\nwor|[15 s2];15\r\nbytes here|[0 s3]|.";
constexpr std::string_view kUnsigned =
    "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\nX-Other: b \r\n\r\n";
constexpr std::string_view kMinio =  // as minio-go writes a signed trailer
    "2;chunk-signature=s1\r\nab\r\n0;chunk-signature=s2\r\nx-amz-checksum-crc32c:sOO8/Q==\n\r\n"
    "x-amz-trailer-signature:t1\r\n\r\n";

TEST(AwsChunked, SignedChunks) { EXPECT_EQ(events_of(Trailer::kNone, kSigned), kSignedEvents); }

TEST(AwsChunked, SplitAtEveryByte) {
  struct {
    Trailer trailer;
    std::string_view body;
  } rows[] = {
      {Trailer::kNone, kSigned}, {Trailer::kUnsigned, kUnsigned}, {Trailer::kSigned, kMinio}};
  for (const auto& row : rows) {
    std::string whole = events_of(row.trailer, row.body);
    EXPECT_TRUE(whole.ends_with("|.")) << whole;
    for (std::size_t i = 0; i <= row.body.size(); ++i) {
      for (std::size_t k = i; k <= row.body.size(); ++k) {
        Outcome out = run(row.trailer,
                          {row.body.substr(0, i), row.body.substr(i, k - i), row.body.substr(k)});
        ASSERT_EQ(out.events, whole) << i << " " << k;
        ASSERT_TRUE(out.decoder.ended());
      }
    }
    std::vector<std::string_view> bytes;
    for (std::size_t i = 0; i < row.body.size(); ++i) bytes.push_back(row.body.substr(i, 1));
    EXPECT_EQ(run(row.trailer, bytes).events, whole);
  }
}

TEST(AwsChunked, CutAnywhereHasNotEnded) {
  for (std::size_t i = 0; i < kUnsigned.size(); ++i) {
    EXPECT_FALSE(run(Trailer::kUnsigned, {kUnsigned.substr(0, i)}).decoder.ended()) << i;
  }
  for (std::size_t i = 0; i < kMinio.size(); ++i) {
    EXPECT_FALSE(run(Trailer::kSigned, {kMinio.substr(0, i)}).decoder.ended()) << i;
  }
}

TEST(AwsChunked, UnsignedTrailer) {
  Outcome out = run(Trailer::kUnsigned, {kUnsigned});
  EXPECT_EQ(out.events, "[5 ]hello|[0 ]|.");
  AwsChunkedDecoder::Trailers expected{{"x-amz-checksum-crc32", "NhCmhg=="}, {"x-other", "b"}};
  EXPECT_EQ(out.decoder.trailers(), expected);
}

TEST(AwsChunked, MinioTrailers) {
  Outcome out = run(Trailer::kSigned, {kMinio});
  EXPECT_EQ(out.events, "[2 s1]ab|[0 s2]|.");
  EXPECT_EQ(out.decoder.trailer_signature(), "t1");
  ASSERT_EQ(out.decoder.trailers().size(), 1U);
  EXPECT_EQ(out.decoder.trailers()[0].second, "sOO8/Q==");
  // Its unsigned trailer ends in one line end too many.
  EXPECT_EQ(events_of(Trailer::kUnsigned, "0\r\nx-amz-checksum-crc32c:AAAAAA==\n\r\n\r\n"),
            "[0 ]|.");
}

TEST(AwsChunked, EmptyTrailer) { EXPECT_EQ(events_of(Trailer::kUnsigned, "0\r\n\r\n"), "[0 ]|."); }

TEST(AwsChunked, Malformed) {
  for (std::string_view body :
       {"\r\n", "x\r\n", "-5\r\nhello\r\n", "+5\r\nhello\r\n", "0x5\r\nhello\r\n", "5\nhello\r\n",
        " \r\n", "5;\r\nhello\r\n", "5;name=value\r\nhello\r\n", "1FFFFFFFFFFFFFFFF\r\n",
        "140000001\r\n", "5 5\r\nhello\r\n", "5,5\r\n"}) {
    EXPECT_EQ(events_of(Trailer::kNone, body), "!") << body;
  }
  for (std::string_view body : {"5\r\nhelloX\r\n", "5\r\nhello\n\n", "5\r\nhello0\r\n\r\n"}) {
    EXPECT_EQ(events_of(Trailer::kNone, body), "[5 ]hello!") << body;
  }
  // A trailer where none was announced, and bytes after the end.
  EXPECT_EQ(events_of(Trailer::kNone, "0\r\na:b\r\n\r\n"), "[0 ]|!");
  EXPECT_EQ(events_of(Trailer::kNone, "0\r\n\r\nx"), "[0 ]|.!");
  EXPECT_EQ(events_of(Trailer::kNone, "0\r\n\r\n\r\n\r\n"), "[0 ]|.!");
}

TEST(AwsChunked, MalformedTrailers) {
  for (std::string_view body :
       {"0\r\nno colon\r\n\r\n", "0\r\n:value\r\n\r\n", "0\r\nx-amz-trailer-signature:\r\n\r\n",
        "0\r\nx-amz-trailer-signature:s\r\na:b\r\n\r\n"}) {
    EXPECT_EQ(events_of(Trailer::kSigned, body), "[0 ]|?") << body;
  }
}

TEST(AwsChunked, Limits) {
  std::string line = "5;chunk-signature=" + std::string(1004, 's') + "\r\n";
  ASSERT_EQ(line.size(), AwsChunkedDecoder::kLongestSizeLine);
  EXPECT_TRUE(events_of(Trailer::kNone, line).starts_with("[5 "));
  EXPECT_EQ(events_of(Trailer::kNone, "5" + line), "!");
  EXPECT_EQ(events_of(Trailer::kNone, std::string(2000, '5')), "!");
  EXPECT_TRUE(events_of(Trailer::kNone, "140000000\r\n").starts_with("[5368709120 ]"));

  std::string trailer;
  while (trailer.size() < AwsChunkedDecoder::kLongestTrailer) trailer += "name:value\r\n";
  EXPECT_EQ(events_of(Trailer::kUnsigned, "0\r\n" + trailer), "[0 ]|?");
}

}  // namespace
}  // namespace lakeside::auth
