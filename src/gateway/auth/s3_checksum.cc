#include "gateway/auth/s3_checksum.h"

#include <array>

#include "base/checksum.h"
#include "base/encoding.h"
#include "gateway/auth/canonical.h"

namespace lakeside::auth {
namespace {

struct Row {
  ChecksumAlgorithm algorithm;
  std::string_view name;
  std::size_t bytes;
};
// In the order of the enumeration.
constexpr std::array<Row, 5> kRows{{
    {ChecksumAlgorithm::kCrc32, "crc32", 4},
    {ChecksumAlgorithm::kCrc32c, "crc32c", 4},
    {ChecksumAlgorithm::kCrc64Nvme, "crc64nvme", 8},
    {ChecksumAlgorithm::kSha1, "sha1", 20},
    {ChecksumAlgorithm::kSha256, "sha256", 32},
}};

const Row& row_of(ChecksumAlgorithm algorithm) {
  return kRows[static_cast<std::size_t>(algorithm)];
}

std::string big_endian(std::uint64_t value, std::size_t bytes) {
  std::string out(bytes, '\0');
  for (std::size_t i = bytes; i-- > 0; value >>= 8) out[i] = static_cast<char>(value & 0xFF);
  return out;
}

using Announced = std::expected<std::optional<AnnouncedChecksum>, std::string>;

constexpr const char* kSeveral =
    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.";

Announced checksum_in_headers(const http::RequestHead& head) {
  std::optional<AnnouncedChecksum> found;
  for (const http::Header& header : head.headers) {
    auto algorithm = checksum_of_header(header.name);
    if (!algorithm) continue;
    if (found) return std::unexpected(kSeveral);
    auto value = decode_checksum(*algorithm, header.value);
    if (!value) {
      return std::unexpected("Value for " + to_lower_ascii(header.name) + " header is invalid.");
    }
    found = AnnouncedChecksum{*algorithm, std::move(value)};
  }
  return found;
}

Announced checksum_in_trailer(std::string_view names) {
  std::optional<AnnouncedChecksum> found;
  for (std::string_view name : split(names, ',')) {
    auto algorithm = checksum_of_header(trim(name));
    if (!algorithm) {
      return std::unexpected("The value specified in the x-amz-trailer header is not supported");
    }
    if (found) return std::unexpected(kSeveral);
    found = AnnouncedChecksum{*algorithm, std::nullopt};
  }
  return found;
}

// In CompleteMultipartUpload x-amz-checksum-* is the object's, not that of the XML it sends.
bool describes_object(const http::RequestHead& head) {
  return head.method == "POST" && head.has_param("uploadId");
}

}  // namespace

std::optional<ChecksumAlgorithm> checksum_named(std::string_view name) {
  for (const Row& row : kRows) {
    if (equals_ignore_case(row.name, name)) return row.algorithm;
  }
  return std::nullopt;
}

std::optional<ChecksumAlgorithm> checksum_of_header(std::string_view name) {
  constexpr std::string_view kPrefix = "x-amz-checksum-";
  if (!equals_ignore_case(name.substr(0, kPrefix.size()), kPrefix)) return std::nullopt;
  return checksum_named(name.substr(kPrefix.size()));
}

std::optional<std::string> decode_checksum(ChecksumAlgorithm algorithm, std::string_view base64) {
  auto value = base64_decode(base64);
  if (!value || value->size() != row_of(algorithm).bytes) return std::nullopt;
  return value;
}

RunningChecksum::RunningChecksum(ChecksumAlgorithm algorithm) : algorithm_(algorithm) {
  if (algorithm == ChecksumAlgorithm::kSha1) hasher_.emplace(HashKind::kSha1);
  if (algorithm == ChecksumAlgorithm::kSha256) hasher_.emplace(HashKind::kSha256);
}

void RunningChecksum::update(ByteView data) {
  switch (algorithm_) {
    case ChecksumAlgorithm::kCrc32:
      crc_ = crc32(static_cast<std::uint32_t>(crc_), data);
      break;
    case ChecksumAlgorithm::kCrc32c:
      crc_ = crc32c(static_cast<std::uint32_t>(crc_), data);
      break;
    case ChecksumAlgorithm::kCrc64Nvme:
      crc_ = crc64_nvme(crc_, data);
      break;
    case ChecksumAlgorithm::kSha1:
    case ChecksumAlgorithm::kSha256:
      hasher_->update(data);
      break;
  }
}

std::string RunningChecksum::finish() {
  return hasher_ ? hasher_->finish() : big_endian(crc_, row_of(algorithm_).bytes);
}

Announced announced_checksum(const http::RequestHead& head, bool trailer) {
  bool of_body = !describes_object(head);
  Announced found;
  if (of_body) found = checksum_in_headers(head);
  if (!found) return found;
  if (auto names = head.header("x-amz-trailer")) {
    if (!trailer) return std::unexpected("x-amz-trailer requires a body with a trailer.");
    if (*found) return std::unexpected(kSeveral);
    found = checksum_in_trailer(*names);
    if (!found) return found;
  }
  auto named = head.header("x-amz-sdk-checksum-algorithm");
  if (!named || !of_body) return found;
  auto algorithm = checksum_named(*named);
  if (!algorithm) {
    return std::unexpected(
        "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
        "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
  }
  if (!*found) {
    return std::unexpected(
        "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
        "x-amz-trailer headers were found.");
  }
  if ((*found)->algorithm != *algorithm) {
    return std::unexpected("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
  return found;
}

}  // namespace lakeside::auth
