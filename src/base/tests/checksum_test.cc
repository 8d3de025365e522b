#include "base/checksum.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace lakeside {
namespace {

std::string noise(std::size_t size) {
  std::mt19937_64 random(size);
  std::string data(size, '\0');
  for (char& c : data) c = static_cast<char>(random());
  return data;
}

TEST(Checksum, CheckValues) {
  ByteView check = as_bytes("123456789");
  EXPECT_EQ(crc64_ecma(0, check), 0x995DC9BBDF1939FA);
  EXPECT_EQ(crc64_nvme(0, check), 0xAE8B14860A799888);
  EXPECT_EQ(crc32c(0, check), 0xE3069283);
  EXPECT_EQ(crc32(0, check), 0xCBF43926);
}

TEST(Checksum, NothingChangesNothing) {
  EXPECT_EQ(crc64_ecma(0, {}), 0u);
  EXPECT_EQ(crc64_nvme(7, {}), 7u);
  EXPECT_EQ(crc32c(7, {}), 7u);
  EXPECT_EQ(crc32(7, {}), 7u);
}

// In pieces of every size the wide code paths see every alignment and remainder.
TEST(Checksum, PiecesEqualTheWhole) {
  const std::string data = noise(1500);
  for (std::size_t size = 1; size < 700; ++size) {
    std::string_view part = std::string_view(data).substr(size % 37, size + 130);
    ByteView whole = as_bytes(part), a = whole.first(size), b = whole.subspan(size);
    EXPECT_EQ(crc64_ecma(crc64_ecma(0, a), b), crc64_ecma(0, whole));
    EXPECT_EQ(crc64_nvme(crc64_nvme(0, a), b), crc64_nvme(0, whole));
    EXPECT_EQ(crc32c(crc32c(0, a), b), crc32c(0, whole));
    EXPECT_EQ(crc32(crc32(0, a), b), crc32(0, whole));
  }
}

// The definition, bit by bit.
TEST(Checksum, NvmeEqualsItsDefinition) {
  const std::string data = noise(3000);
  std::uint64_t crc = ~0ULL;
  for (std::size_t i = 0; i < data.size(); ++i) {
    ASSERT_EQ(crc64_nvme(0, as_bytes(data).first(i)), ~crc) << i;
    crc ^= static_cast<unsigned char>(data[i]);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0x9A6C9329AC4BC9B5 : 0);
  }
}

TEST(Checksum, Combine) {
  const std::string data = noise(100000);
  for (std::size_t cut : {0u, 1u, 2u, 255u, 256u, 4096u, 65537u, 99999u, 100000u}) {
    ByteView a = as_bytes(data).first(cut), b = as_bytes(data).subspan(cut);
    EXPECT_EQ(crc64_ecma_combine(crc64_ecma(0, a), crc64_ecma(0, b), b.size()),
              crc64_ecma(0, as_bytes(data)))
        << cut;
  }
}

TEST(Checksum, CombineWithManyBytes) {
  // 2^40 zero bytes in two ways: all at once, and doubling.
  std::uint64_t zeros = crc64_ecma(0, as_bytes(std::string(1, '\0')));
  for (int i = 0; i < 40; ++i) zeros = crc64_ecma_combine(zeros, zeros, 1ULL << i);
  std::uint64_t a = crc64_ecma(0, as_bytes("a"));
  std::uint64_t once = crc64_ecma_combine(a, zeros, 1ULL << 40);
  std::uint64_t half = 0;
  std::uint64_t half_zeros = crc64_ecma(0, as_bytes(std::string(1, '\0')));
  for (int i = 0; i < 39; ++i) half_zeros = crc64_ecma_combine(half_zeros, half_zeros, 1ULL << i);
  half = crc64_ecma_combine(a, half_zeros, 1ULL << 39);
  EXPECT_EQ(crc64_ecma_combine(half, half_zeros, 1ULL << 39), once);
}

}  // namespace
}  // namespace lakeside
