// A request body with its aws-chunked coding removed and everything that vouches for it
// checked: chunk signatures, the signed SHA-256, S3 checksums in headers or trailer.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/stream.h"
#include "gateway/auth/authenticate.h"

namespace lakeside::auth {

enum class ChecksumAlgorithm { kCrc32, kCrc32c, kCrc64Nvme, kSha1, kSha256 };

struct BodyChecksum {
  ChecksumAlgorithm algorithm;
  std::string value;  // raw bytes, big-endian as on the wire
};

enum class BodyFault {
  kNone,
  kSha256Mismatch,    // x-amz-content-sha256 → XAmzContentSHA256Mismatch
  kChunkSignature,    // → SignatureDoesNotMatch
  kChecksumMismatch,  // x-amz-checksum-* → BadDigest
  kMalformedChunk,    // → InvalidRequest / IncompleteBody
  kMalformedTrailer,  // a trailer announced and absent, or wrong
  kLengthMismatch,    // x-amz-decoded-content-length ≠ what came → IncompleteBody
};

class VerifiedBody final : public ByteSource {
 public:
  // `raw` outlives this. Reads the x-amz-checksum-*, x-amz-sdk-checksum-algorithm and
  // x-amz-trailer headers of `head`. Fails (message for the client) on headers that contradict
  // each other, name an unknown algorithm, or are not base64 of the right length. In a
  // CompleteMultipartUpload x-amz-checksum-* is the object's and left alone.
  [[nodiscard]] static std::expected<std::unique_ptr<VerifiedBody>, std::string> create(
      const http::RequestHead& head, const BodyRules& rules, ByteSource& raw);
  ~VerifiedBody() override;

  // A failed check is reported as kInvalid, with fault() saying which.
  Task<Result<std::size_t>> read(MutableBytes into) override;
  [[nodiscard]] std::optional<std::uint64_t> length() const override;  // decoded

  [[nodiscard]] BodyFault fault() const;
  // After the end: the S3 checksums that were announced and verified.
  [[nodiscard]] const std::vector<BodyChecksum>& checksums() const;
  // The algorithm the client announces a checksum of (header or trailer), if any.
  [[nodiscard]] std::optional<ChecksumAlgorithm> announced() const;
  [[nodiscard]] bool plain() const;  // nothing to check or decode

 private:
  struct Impl;
  explicit VerifiedBody(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakeside::auth
