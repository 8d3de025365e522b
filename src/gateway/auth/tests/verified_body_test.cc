#include "gateway/auth/verified_body.h"

#include <cstring>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "gateway/auth/s3_checksum.h"
#include "gateway/auth/signing_key_cache.h"
#include "gateway/auth/tests/test_request.h"

namespace lakeside::auth::testing {
namespace {

// Gives out `text` in pieces of at most `step` bytes, then ends, or fails.
class TextSource final : public ByteSource {
 public:
  TextSource(std::string text, std::size_t step, bool fails = false)
      : text_(std::move(text)), step_(step), fails_(fails) {}

  Task<Result<std::size_t>> read(MutableBytes into) override {
    largest_read = std::max(largest_read, into.size());
    std::size_t count = std::min({into.size(), step_, text_.size() - given_});
    if (count == 0 && fails_) co_return fail(ErrorCode::kDisconnected, "gone");
    std::memcpy(into.data(), text_.data() + given_, count);
    given_ += count;
    co_return count;
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return text_.size(); }

  std::size_t largest_read = 0;

 private:
  std::string text_;
  std::size_t step_;
  bool fails_;
  std::size_t given_ = 0;
};

struct Outcome {
  std::string data;
  std::optional<ErrorCode> error;
  BodyFault fault = BodyFault::kNone;
  std::vector<BodyChecksum> checksums;
};

Task<Outcome> drain(VerifiedBody& body, std::size_t buffer_size) {
  Outcome out;
  std::string buffer(buffer_size, '\0');
  while (true) {
    MutableBytes into = std::as_writable_bytes(std::span(buffer));
    Result<std::size_t> got = co_await body.read(into);
    if (!got) {
      out.error = got.error().code;
      break;
    }
    if (*got == 0) break;
    out.data += buffer.substr(0, *got);
  }
  out.fault = body.fault();
  out.checksums = body.checksums();
  co_return out;
}

struct Upload {
  TestRequest request = TestRequest::parse("PUT /b/k\nHost: h\n");
  BodyRules rules;
  std::string raw;

  [[nodiscard]] Outcome run(std::size_t step = 1 << 20, std::size_t buffer = 1 << 20) const {
    TextSource source(raw, step);
    http::RequestHead head = request.head();
    auto body = VerifiedBody::create(head, rules, source);
    EXPECT_TRUE(body) << body.error();
    if (!body) return {};
    return run_blocking(drain(**body, buffer));
  }
  [[nodiscard]] std::string refusal() const {
    TextSource source(raw, 1);
    auto body = VerifiedBody::create(request.head(), rules, source);
    return body ? "" : body.error();
  }
};

Upload upload(BodyRules::Coding coding, std::string raw) {
  Upload out;
  out.rules.coding = coding;
  out.raw = std::move(raw);
  return out;
}

using Coding = BodyRules::Coding;

TEST(VerifiedBody, PlainPassesThrough) {
  Upload put = upload(Coding::kPlain, "hello");
  TextSource source("hello", 100);
  auto body = VerifiedBody::create(put.request.head(), put.rules, source).value();
  EXPECT_TRUE(body->plain());
  EXPECT_EQ(body->length(), 5U);
  Outcome out = run_blocking(drain(*body, 4 << 20));
  EXPECT_EQ(out.data, "hello");
  EXPECT_FALSE(out.error);
  EXPECT_EQ(source.largest_read, 4U << 20);
}

TEST(VerifiedBody, SignedSha256) {
  Upload put = upload(Coding::kPlain, "hello");
  put.rules.sha256_hex = hex_lower(sha256(as_bytes("hello")));
  EXPECT_EQ(put.run(2).data, "hello");
  EXPECT_FALSE(put.run(2).error);
  put.raw = "hellO";
  Outcome out = put.run();
  EXPECT_EQ(out.data, "hellO");  // the verdict comes at the end
  EXPECT_EQ(out.error, ErrorCode::kInvalid);
  EXPECT_EQ(out.fault, BodyFault::kSha256Mismatch);
}

TEST(VerifiedBody, HashesAQuarterMegabyteAtMostAtOnce) {
  Upload put = upload(Coding::kPlain, "");
  put.rules.sha256_hex = hex_lower(sha256({}));
  TextSource source("", 100);
  auto body = VerifiedBody::create(put.request.head(), put.rules, source).value();
  EXPECT_FALSE(body->plain());
  EXPECT_FALSE(run_blocking(drain(*body, 1 << 20)).error);
  EXPECT_EQ(source.largest_read, 256U << 10);
}

TEST(VerifiedBody, ReadErrorsPass) {
  Upload put = upload(Coding::kPlain, "");
  put.rules.sha256_hex = hex_lower(sha256({}));
  TextSource source("abc", 100, true);
  auto body = VerifiedBody::create(put.request.head(), put.rules, source).value();
  Outcome out = run_blocking(drain(*body, 10));
  EXPECT_EQ(out.data, "abc");
  EXPECT_EQ(out.error, ErrorCode::kDisconnected);
  EXPECT_EQ(out.fault, BodyFault::kNone);
}

struct Known {
  const char* header;
  const char* value;  // of "hello", from botocore and the AWS CRT
  ChecksumAlgorithm algorithm;
};
constexpr Known kKnown[] = {
    {"x-amz-checksum-crc32", "NhCmhg==", ChecksumAlgorithm::kCrc32},
    {"x-amz-checksum-crc32c", "mnG7TA==", ChecksumAlgorithm::kCrc32c},
    {"x-amz-checksum-crc64nvme", "M3eFcAZSQlc=", ChecksumAlgorithm::kCrc64Nvme},
    {"x-amz-checksum-sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00=", ChecksumAlgorithm::kSha1},
    {"x-amz-checksum-sha256",
     "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=", ChecksumAlgorithm::kSha256},
};

TEST(VerifiedBody, ChecksumsInHeaders) {
  for (const Known& known : kKnown) {
    Upload put = upload(Coding::kPlain, "hello");
    put.request.header(known.header) = known.value;
    Outcome out = put.run(3);
    EXPECT_FALSE(out.error) << known.header;
    ASSERT_EQ(out.checksums.size(), 1U);
    EXPECT_EQ(out.checksums[0].algorithm, known.algorithm);
    EXPECT_EQ(base64_encode(as_bytes(out.checksums[0].value)), known.value);
    put.raw = "hellp";
    out = put.run();
    EXPECT_EQ(out.error, ErrorCode::kInvalid);
    EXPECT_EQ(out.fault, BodyFault::kChecksumMismatch);
    EXPECT_TRUE(out.checksums.empty());
  }
}

TEST(VerifiedBody, ChecksumsInTrailers) {
  for (const Known& known : kKnown) {
    Upload put = upload(Coding::kUnsignedTrailer, "2\r\nhe\r\n3\r\nllo\r\n0\r\n" +
                                                      std::string(known.header) + ":" +
                                                      known.value + "\r\n\r\n");
    put.request.header("x-amz-trailer") = known.header;
    put.rules.decoded_length = 5;
    for (std::size_t step = 1; step <= put.raw.size(); ++step) {
      for (std::size_t buffer : {std::size_t{1}, std::size_t{7}, put.raw.size()}) {
        Outcome out = put.run(step, buffer);
        ASSERT_FALSE(out.error) << known.header;
        EXPECT_EQ(out.data, "hello");
        ASSERT_EQ(out.checksums.size(), 1U);
        EXPECT_EQ(out.checksums[0].algorithm, known.algorithm);
      }
    }
    put.raw.replace(put.raw.find("llo"), 3, "lLo");
    EXPECT_EQ(put.run().fault, BodyFault::kChecksumMismatch);
  }
}

TEST(VerifiedBody, TrailersOtherThanAnnounced) {
  Upload put = upload(Coding::kUnsignedTrailer, "");
  put.request.header("x-amz-trailer") = "x-amz-checksum-crc32";
  for (const char* trailer :
       {"", "x-amz-checksum-crc32c:mnG7TA==\r\n", "x-amz-checksum-crc32:NhCmhg\r\n",
        "x-amz-checksum-crc32:NhCmhg==\r\nx-amz-meta-a:b\r\n", "x-amz-checksum-crc32:AAAA\r\n"}) {
    put.raw = "5\r\nhello\r\n0\r\n" + std::string(trailer) + "\r\n";
    EXPECT_EQ(put.run().fault, BodyFault::kMalformedTrailer) << trailer;
  }
  put.request.remove_header("x-amz-trailer");
  EXPECT_EQ(put.run().fault, BodyFault::kMalformedTrailer);
  put.raw = "5\r\nhello\r\n0\r\n\r\n";
  EXPECT_EQ(put.run().fault, BodyFault::kNone);
}

TEST(VerifiedBody, BodiesThatStopEarlyOrGoOn) {
  std::string whole = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
  Upload put = upload(Coding::kUnsignedTrailer, "");
  put.request.header("x-amz-trailer") = "x-amz-checksum-crc32";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    put.raw = whole.substr(0, length);
    EXPECT_EQ(put.run().fault, BodyFault::kMalformedChunk) << length;
  }
  put.raw = whole + "5\r\n";
  EXPECT_EQ(put.run().fault, BodyFault::kMalformedChunk);
}

TEST(VerifiedBody, DecodedLength) {
  Upload put = upload(Coding::kUnsignedTrailer, "5\r\nhello\r\n0\r\n\r\n");
  put.rules.decoded_length = 6;
  EXPECT_EQ(put.run().fault, BodyFault::kLengthMismatch);
  put.rules.decoded_length = 4;
  Outcome out = put.run();
  EXPECT_EQ(out.fault, BodyFault::kLengthMismatch);
  EXPECT_EQ(out.data, "");  // refused before any of it is given out
  put.rules.decoded_length = 5;
  TextSource source(put.raw, 1);
  auto body = VerifiedBody::create(put.request.head(), put.rules, source).value();
  EXPECT_EQ(body->length(), 5U);
}

TEST(VerifiedBody, HeadersThatContradictEachOther) {
  struct {
    Coding coding;
    const char* headers;
  } rows[] = {
      {Coding::kPlain, "x-amz-checksum-crc32: NhCmhg==\nx-amz-checksum-sha1: AAAA\n"},
      {Coding::kPlain, "x-amz-checksum-crc32: NhCmhg==\nx-amz-checksum-crc32: NhCmhg==\n"},
      {Coding::kPlain, "x-amz-checksum-crc32: NhCmhg\n"},
      {Coding::kPlain, "x-amz-checksum-crc32: M3eFcAZSQlc=\n"},
      {Coding::kPlain, "x-amz-checksum-sha256: NhCmhg==\n"},
      {Coding::kPlain, "x-amz-sdk-checksum-algorithm: MD5\n"},
      {Coding::kPlain, "x-amz-sdk-checksum-algorithm: CRC32\n"},
      {Coding::kPlain, "x-amz-sdk-checksum-algorithm: CRC32C\nx-amz-checksum-crc32: NhCmhg==\n"},
      {Coding::kPlain, "x-amz-trailer: x-amz-checksum-crc32\n"},
      {Coding::kSignedChunks, "x-amz-trailer: x-amz-checksum-crc32\n"},
      {Coding::kUnsignedTrailer, "x-amz-trailer: x-amz-meta-a\n"},
      {Coding::kUnsignedTrailer, "x-amz-trailer: \n"},
      {Coding::kUnsignedTrailer, "x-amz-trailer: x-amz-checksum-crc32,x-amz-checksum-sha1\n"},
      {Coding::kUnsignedTrailer,
       "x-amz-trailer: x-amz-checksum-crc32\nx-amz-checksum-crc32: NhCmhg==\n"},
  };
  for (const auto& row : rows) {
    Upload put = upload(row.coding, "");
    put.request = TestRequest::parse("PUT /b/k\n" + std::string(row.headers));
    EXPECT_NE(put.refusal(), "") << row.headers;
  }
  Upload put = upload(Coding::kPlain, "hello");
  put.request = TestRequest::parse(
      "PUT /b/k\nx-amz-sdk-checksum-algorithm: crc32\nx-amz-checksum-crc32: NhCmhg==\n"
      "x-amz-checksum-mode: ENABLED\nx-amz-checksum-algorithm: CRC32\nx-amz-checksum-type: FULL\n");
  EXPECT_EQ(put.refusal(), "");
}

TEST(VerifiedBody, CompleteMultipartUploadNamesTheObjectsChecksum) {
  Upload post = upload(Coding::kPlain, "<xml/>");
  post.request =
      TestRequest::parse("POST /b/k?uploadId=x\nx-amz-checksum-crc32: not-of-the-body-3\n");
  EXPECT_EQ(post.run().data, "<xml/>");
  post.rules.coding = Coding::kUnsignedTrailer;
  post.request.header("x-amz-trailer") = "x-amz-checksum-crc32";
  post.raw = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
  Outcome out = post.run();
  EXPECT_FALSE(out.error);
  EXPECT_EQ(out.checksums.size(), 1U);
}

// The worked examples of AWS's manual: 66,560 times 'a', in chunks of 64 KiB and 1 KiB.
// docs.aws.amazon.com/AmazonS3/latest/API: sigv4-streaming, sigv4-streaming-trailers
Upload aws_example(bool trailer) {
  constexpr std::string_view kCredential =
      "AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";
  std::string hash = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
  TestRequest request = TestRequest::parse(
      "PUT /examplebucket/chunkObject.txt\n"
      "Host: s3.amazonaws.com\n"
      "x-amz-date: 20130524T000000Z\n"
      "x-amz-storage-class: REDUCED_REDUNDANCY\n"
      "Content-Encoding: aws-chunked\n"
      "x-amz-decoded-content-length: 66560\n");
  if (trailer) {
    hash += "-TRAILER";
    request.header("x-amz-trailer") = "x-amz-checksum-crc32c";
  } else {
    request.header("Content-Length") = "66824";
  }
  request.header("x-amz-content-sha256") = hash;
  request.header("Authorization") =
      "AWS4-HMAC-SHA256 Credential=" + std::string(kCredential) + ",SignedHeaders=" +
      (trailer ? "content-encoding;host;x-amz-content-sha256;x-amz-date;"
                 "x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer,Signature="
                 "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
               : "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
                 "x-amz-decoded-content-length;x-amz-storage-class,Signature="
                 "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
  TestKeys keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
  auto verdict = authenticate(request.head(), {}, keys, at(1369353600), {});
  EXPECT_TRUE(verdict) << verdict.error().message << verdict.error().canonical_request;
  Upload out;
  out.request = std::move(request);
  if (verdict) out.rules = verdict->body;
  auto chunk = [&](std::size_t size, const char* hex, const char* signature) {
    out.raw += std::string(hex) + ";chunk-signature=" + signature + "\r\n" + std::string(size, 'a');
    if (size > 0) out.raw += "\r\n";
  };
  if (trailer) {
    chunk(65536, "10000", "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2");
    chunk(1024, "400", "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7");
    chunk(0, "0", "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992");
    out.raw +=
        "x-amz-checksum-crc32c:sOO8/Q==\r\n"
        "x-amz-trailer-signature:"
        "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n";
  } else {
    chunk(65536, "10000", "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
    chunk(1024, "400", "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
    chunk(0, "0", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");
    out.raw += "\r\n";
  }
  return out;
}

TEST(VerifiedBody, AwsExampleOfSignedChunks) {
  Upload put = aws_example(false);
  for (std::size_t step : {1U, 7U, 4096U, 65536U, 1U << 20}) {
    Outcome out = put.run(step, step);
    EXPECT_FALSE(out.error) << step;
    EXPECT_EQ(out.data, std::string(66560, 'a')) << step;
  }
}

TEST(VerifiedBody, AwsExampleOfASignedTrailer) {
  Upload put = aws_example(true);
  Outcome out = put.run(1000, 3000);
  EXPECT_FALSE(out.error) << static_cast<int>(out.fault);
  EXPECT_EQ(out.data, std::string(66560, 'a'));
  ASSERT_EQ(out.checksums.size(), 1U);
  EXPECT_EQ(out.checksums[0].algorithm, ChecksumAlgorithm::kCrc32c);
}

TEST(VerifiedBody, AnyByteOfASignedBodyChanged) {
  for (bool trailer : {false, true}) {
    Upload put = aws_example(trailer);
    std::string whole = put.raw;
    std::size_t step = 1;
    for (std::size_t i = 0; i < whole.size(); i += step) {
      // Every byte of the framing, and some of the data.
      step = whole.find_first_not_of('a', i) > i + 100 ? 4099 : 1;
      put.raw = whole;
      put.raw[i] = static_cast<char>(put.raw[i] ^ 1);
      Outcome out = put.run();
      EXPECT_TRUE(out.error) << trailer << " at " << i << ": "
                             << whole.substr(i < 10 ? 0 : i - 10, 20);
    }
  }
}

TEST(VerifiedBody, ChunksOutOfOrder) {
  Upload put = aws_example(false);
  std::size_t first = put.raw.find("10000;"), second = put.raw.find("400;"),
              last = put.raw.find("0;chunk-signature=b6c6");
  put.raw = put.raw.substr(second, last - second) + put.raw.substr(first, second - first) +
            put.raw.substr(last);
  EXPECT_EQ(put.run().fault, BodyFault::kChunkSignature);
}

TEST(VerifiedBody, SignedChunksWithoutSignatures) {
  Upload put = aws_example(false);
  put.rules.decoded_length = 5;
  put.raw = "5\r\nhello\r\n0\r\n\r\n";
  EXPECT_EQ(put.run().fault, BodyFault::kChunkSignature);
}

// What @aws-sdk/client-s3 and boto3 put on the wire.
TEST(VerifiedBody, SdkStreams) {
  int streams = 0;
  for (const SdkRequest& sdk : sdk_requests()) {
    auto verdict = sdk.request.authenticate();
    ASSERT_TRUE(verdict);
    if (verdict->body.coding != Coding::kUnsignedTrailer) continue;
    ++streams;
    Upload put;
    put.request = sdk.request;
    put.rules = verdict->body;
    put.raw = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    Outcome out = put.run();
    EXPECT_EQ(out.data, "hello");
    EXPECT_FALSE(out.error);
  }
  EXPECT_GT(streams, 0);
}

}  // namespace
}  // namespace lakeside::auth::testing
