#include "gateway/http/chunk_decoder.h"

#include <string>

#include <gtest/gtest.h>

namespace lakeside::http {
namespace {

struct Decoded {
  std::string data;
  std::string rest;
  bool ended = false;
  bool bad = false;
};

// Offers `text` in pieces of `step` bytes.
Decoded decode(std::string_view text, std::size_t step) {
  ChunkDecoder decoder;
  Decoded out;
  std::size_t at = 0;
  while (at < text.size() && !decoder.ended() && !decoder.bad()) {
    std::string_view piece = text.substr(at, step);
    if (std::uint64_t left = decoder.data_left()) {
      piece = piece.substr(0, left);
      out.data += piece;
      decoder.take(piece.size());
      at += piece.size();
    } else {
      at += decoder.consume(piece);
    }
  }
  out.rest = text.substr(at);
  out.ended = decoder.ended();
  out.bad = decoder.bad();
  return out;
}

TEST(ChunkDecoder, DecodesHoweverTheBytesAreSplit) {
  std::string text =
      "5\r\nhello\r\n1;name=value\r\n,\r\n0006;a=\"b;c\"\r\n world\r\nA\r\n0123456789\r\n"
      "0\r\nTrailer: x\r\nAnother: y\r\n\r\nGET / HTTP/1.1";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    Decoded out = decode(text, step);
    EXPECT_EQ(out.data, "hello, world0123456789");
    EXPECT_EQ(out.rest, "GET / HTTP/1.1");
    EXPECT_TRUE(out.ended);
  }
}

TEST(ChunkDecoder, TakesTheEmptyBody) {
  Decoded out = decode("0\r\n\r\n", 100);
  EXPECT_TRUE(out.ended);
  EXPECT_EQ(out.data, "");
  EXPECT_TRUE(decode("000\r\n\r\n", 100).ended);
}

TEST(ChunkDecoder, RefusesWhatOthersMayReadDifferently) {
  const std::string cases[] = {
      "\r\n",
      ";a\r\n",
      "g\r\n",
      "0x5\r\nhello\r\n",
      " 5\r\nhello\r\n",
      "5 \r\nhello\r\n",
      "-5\r\nhello\r\n",
      "+5\r\nhello\r\n",
      "5\nhello\r\n",
      "5\rhello\r\n",
      "5;a\nhello\r\n",
      "5;a\rb\r\nhello\r\n",
      "5\r\nhello0\r\n",
      "5\r\nhello\n0\r\n\r\n",
      "5\r\nhello\r0\r\n\r\n",
      "5\r\nhelloworld\r\n0\r\n\r\n",
      "10000000000000005\r\nhello\r\n",
      "0\r\nA: b\n\r\n",
      "0\r\nA: b\r\r\n",
      "0\r\n A: b\r\n\r\n",
      "0\r\n\n",
      "0\r\n\rx",
      std::string("5;a\0b\r\nhello", 12),
      std::string("0\r\nA: \0\r\n\r\n", 11),
      "5;" + std::string(2000, 'x') + "\r\nhello\r\n",
      "0\r\nA: " + std::string(9000, 'x') + "\r\n\r\n",
  };
  for (const std::string& text : cases) {
    for (std::size_t step : {1UL, 3UL, text.size()}) {
      Decoded out = decode(text, step);
      EXPECT_TRUE(out.bad) << text;
    }
  }
}

TEST(ChunkDecoder, CountsEachExtensionAlone) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += "1;" + std::string(1000, 'e') + "\r\nx\r\n";
  Decoded out = decode(text + "0\r\n\r\n", 77);
  EXPECT_TRUE(out.ended);
  EXPECT_EQ(out.data.size(), 10U);
}

TEST(ChunkDecoder, AnnouncesHugeChunksWithoutOverflow) {
  ChunkDecoder decoder;
  decoder.consume("fffffffffffffff\r\n");
  EXPECT_EQ(decoder.data_left(), 0xfffffffffffffffULL);
}

}  // namespace
}  // namespace lakeside::http
