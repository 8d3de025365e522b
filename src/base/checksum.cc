#include "base/checksum.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#include <immintrin.h>
#include <isa-l/crc.h>
#include <isa-l/crc64.h>

namespace lakeside {
namespace {

static_assert(std::endian::native == std::endian::little);

const unsigned char* unsigned_chars(ByteView data) {
  return reinterpret_cast<const unsigned char*>(data.data());
}

// Polynomials over GF(2) modulo one of degree 64, reflected as the checksums are: the highest
// bit is the coefficient of x^0, and the modulus leaves out its x^64.
using Poly = std::uint64_t;
constexpr Poly kOne = Poly{1} << 63;
constexpr Poly kEcma = 0xC96C5795D7870F42;
constexpr Poly kNvme = 0x9A6C9329AC4BC9B5;

constexpr Poly times_x(Poly a, Poly modulus) { return (a >> 1) ^ ((a & 1) ? modulus : 0); }

constexpr Poly times(Poly a, Poly b, Poly modulus) {
  Poly product = 0;
  for (; a != 0; a <<= 1) {
    if (a & kOne) product ^= b;
    b = times_x(b, modulus);
  }
  return product;
}

// x^(8·2^i): what 2^i bytes more do to a checksum.
constexpr std::array<Poly, 64> byte_shifts(Poly modulus) {
  std::array<Poly, 64> shifts{};
  Poly power = kOne;
  for (int i = 0; i < 8; ++i) power = times_x(power, modulus);
  for (Poly& shift : shifts) {
    shift = power;
    power = times(power, power, modulus);
  }
  return shifts;
}

constexpr Poly x_to_the(unsigned n, Poly modulus) {
  Poly power = kOne;
  for (unsigned i = 0; i < n; ++i) power = times_x(power, modulus);
  return power;
}

// tables[k][b]: the byte b, followed by k zero bytes.
using Slices = std::array<std::array<std::uint64_t, 256>, 8>;
constexpr Slices make_slices(Poly modulus) {
  Slices tables{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    std::uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = times_x(crc, modulus);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (unsigned byte = 0; byte < 256; ++byte) {
      std::uint64_t crc = tables[k - 1][byte];
      tables[k][byte] = (crc >> 8) ^ tables[0][crc & 0xFF];
    }
  }
  return tables;
}
constinit const Slices kNvmeSlices = make_slices(kNvme);

// The state is the checksum before its final inversion.
std::uint64_t nvme_by_slices(std::uint64_t state, const std::byte* data, std::size_t size) {
  for (; size >= 8; data += 8, size -= 8) {
    std::uint64_t word;
    std::memcpy(&word, data, 8);
    word ^= state;
    state = 0;
    for (std::size_t i = 0; i < 8; ++i) state ^= kNvmeSlices[7 - i][word >> (8 * i) & 0xFF];
  }
  for (; size > 0; ++data, --size) {
    state = (state >> 8) ^ kNvmeSlices[0][(state ^ std::to_integer<std::uint64_t>(*data)) & 0xFF];
  }
  return state;
}

// Carry-less multiplication folds eight blocks of 16 bytes onto the eight that follow them,
// 1024 bits on; in the end all eight onto the last, whose remainder the tables take. A product
// of two reflected values comes out one bit short, hence x^(n-1) for a shift by n bits.
constexpr unsigned kBlock = 16;
constexpr unsigned kBlocks = 8;

struct Shift {
  Poly low, high;  // for the block's first eight bytes and for its last eight
};
constexpr Shift shift_by_blocks(unsigned blocks) {
  return {x_to_the(128 * blocks + 63, kNvme), x_to_the(128 * blocks - 1, kNvme)};
}
constexpr std::array<Shift, kBlocks + 1> kShifts = [] {
  std::array<Shift, kBlocks + 1> shifts{};
  for (unsigned i = 1; i <= kBlocks; ++i) shifts[i] = shift_by_blocks(i);
  return shifts;
}();

__attribute__((target("pclmul,sse4.1"))) inline __m128i fold(__m128i block, __m128i shift) {
  return _mm_xor_si128(_mm_clmulepi64_si128(block, shift, 0x00),
                       _mm_clmulepi64_si128(block, shift, 0x11));
}

__attribute__((target("pclmul,sse4.1"))) inline __m128i shift_constant(unsigned blocks) {
  return _mm_set_epi64x(static_cast<long long>(kShifts[blocks].high),
                        static_cast<long long>(kShifts[blocks].low));
}

__attribute__((target("pclmul,sse4.1"))) std::uint64_t nvme_by_folding(std::uint64_t state,
                                                                       const std::byte* data,
                                                                       std::size_t size) {
  constexpr std::size_t kStride = kBlock * kBlocks;
  if (size < kStride) return nvme_by_slices(state, data, size);
  auto load = [](const std::byte* from) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  __m128i lanes[kBlocks];
  for (unsigned i = 0; i < kBlocks; ++i) lanes[i] = load(data + kBlock * i);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi64_si128(static_cast<long long>(state)));
  data += kStride;
  size -= kStride;
  const __m128i stride = shift_constant(kBlocks);
  for (; size >= kStride; data += kStride, size -= kStride) {
    for (unsigned i = 0; i < kBlocks; ++i) {
      lanes[i] = _mm_xor_si128(fold(lanes[i], stride), load(data + kBlock * i));
    }
  }
  __m128i last = lanes[kBlocks - 1];
  for (unsigned i = 0; i + 1 < kBlocks; ++i) {
    last = _mm_xor_si128(last, fold(lanes[i], shift_constant(kBlocks - 1 - i)));
  }
  std::array<std::byte, kBlock> rest;
  std::memcpy(rest.data(), &last, kBlock);
  return nvme_by_slices(nvme_by_slices(0, rest.data(), rest.size()), data, size);
}

}  // namespace

std::uint64_t crc64_ecma(std::uint64_t crc, ByteView data) {
  return crc64_ecma_refl(crc, unsigned_chars(data), data.size());
}

std::uint64_t crc64_ecma_combine(std::uint64_t a, std::uint64_t b, std::uint64_t length_b) {
  static constexpr std::array<Poly, 64> kShiftsByBytes = byte_shifts(kEcma);
  for (unsigned i = 0; length_b != 0; ++i, length_b >>= 1) {
    if (length_b & 1) a = times(kShiftsByBytes[i], a, kEcma);
  }
  return a ^ b;
}

std::uint64_t crc64_nvme(std::uint64_t crc, ByteView data) {
  static const bool has_clmul =
      __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  return has_clmul ? ~nvme_by_folding(~crc, data.data(), data.size())
                   : ~nvme_by_slices(~crc, data.data(), data.size());
}

std::uint32_t crc32c(std::uint32_t crc, ByteView data) {
  // isa-l leaves the inversions to its caller, takes an int and forgets a const.
  constexpr std::size_t kMost = 1 << 30;
  crc = ~crc;
  while (!data.empty()) {
    ByteView part = data.first(std::min(data.size(), kMost));
    crc = crc32_iscsi(const_cast<unsigned char*>(unsigned_chars(part)),
                      static_cast<int>(part.size()), crc);
    data = data.subspan(part.size());
  }
  return ~crc;
}

std::uint32_t crc32(std::uint32_t crc, ByteView data) {
  return crc32_gzip_refl(crc, unsigned_chars(data), data.size());
}

}  // namespace lakeside
