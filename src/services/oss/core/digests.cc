#include "services/oss/core/digests.h"

#include <string>
#include <string_view>
#include <utility>

namespace lakeside::oss {
namespace {

template <class T>
std::string big_endian(T value) {
  std::string out;
  for (std::size_t i = sizeof(T); i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i)));
  return out;
}

std::uint64_t from_big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

// Reflected polynomials over GF(2), as in base/checksum.cc: the highest of `width` bits is x^0.
struct CrcField {
  std::uint64_t modulus;
  int width;

  [[nodiscard]] std::uint64_t one() const { return std::uint64_t{1} << (width - 1); }
  [[nodiscard]] std::uint64_t times_x(std::uint64_t a) const {
    return (a >> 1) ^ ((a & 1) != 0 ? modulus : 0);
  }
  [[nodiscard]] std::uint64_t times(std::uint64_t a, std::uint64_t b) const {
    std::uint64_t product = 0;
    for (int i = width; i-- > 0; b = times_x(b)) {
      if ((a >> i & 1) != 0) product ^= b;
    }
    return product;
  }
  // x^(8·bytes), by squaring.
  [[nodiscard]] std::uint64_t shift_by(std::uint64_t bytes) const {
    std::uint64_t result = one();
    std::uint64_t power = one();
    for (int i = 0; i < 8; ++i) power = times_x(power);
    for (; bytes != 0; bytes >>= 1) {
      if ((bytes & 1) != 0) result = times(result, power);
      power = times(power, power);
    }
    return result;
  }
};

CrcField field_of(ChecksumAlgorithm algorithm) {
  switch (algorithm) {
    case ChecksumAlgorithm::kCrc32:
      return {0xEDB88320, 32};
    case ChecksumAlgorithm::kCrc32c:
      return {0x82F63B78, 32};
    default:
      return {0x9A6C9329AC4BC9B5, 64};
  }
}

std::uint64_t running_crc(ChecksumAlgorithm algorithm, std::uint64_t crc, ByteView data) {
  switch (algorithm) {
    case ChecksumAlgorithm::kCrc32:
      return crc32(static_cast<std::uint32_t>(crc), data);
    case ChecksumAlgorithm::kCrc32c:
      return crc32c(static_cast<std::uint32_t>(crc), data);
    default:
      return crc64_nvme(crc, data);
  }
}

std::string crc_bytes(ChecksumAlgorithm algorithm, std::uint64_t crc) {
  if (algorithm == ChecksumAlgorithm::kCrc64Nvme) return big_endian(crc);
  return big_endian(static_cast<std::uint32_t>(crc));
}

}  // namespace

Task<void> Digests::update(Md5Service& service, ByteView data) {
  crc64_ = crc64_ecma(crc64_, data);
  if (plan_.crc) crc_ = running_crc(*plan_.crc, crc_, data);
  if (plan_.md5) co_await service.update(md5_, data);
}

std::optional<ObjectChecksum> Digests::crc() const {
  if (!plan_.crc) return std::nullopt;
  return ObjectChecksum{*plan_.crc, crc_bytes(*plan_.crc, crc_), false};
}

std::string combine_crc(ChecksumAlgorithm algorithm, std::string_view a, std::string_view b,
                        std::uint64_t length_b) {
  CrcField field = field_of(algorithm);
  // The inversions before and after cancel out: zlib's crc32_combine rests on the same.
  std::uint64_t shifted = field.times(field.shift_by(length_b), from_big_endian(a));
  return crc_bytes(algorithm, shifted ^ from_big_endian(b));
}

std::string checksum_of(ChecksumAlgorithm algorithm, std::string_view data) {
  switch (algorithm) {
    case ChecksumAlgorithm::kSha1:
      return std::string(as_text(sha1(as_bytes(data))));
    case ChecksumAlgorithm::kSha256:
      return std::string(as_text(sha256(as_bytes(data))));
    default:
      return crc_bytes(algorithm, running_crc(algorithm, 0, as_bytes(data)));
  }
}

}  // namespace lakeside::oss
