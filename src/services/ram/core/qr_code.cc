#include "services/ram/core/qr_code.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/checksum.h"

namespace lakeside::ram {
namespace {

using Byte = std::uint8_t;

// Error correction L, by version (the standard's table 9): what the symbol holds and how it is
// divided.
struct Version {
  std::size_t codewords;
  std::size_t correction;  // codewords of each block
  std::size_t blocks;
  std::array<int, 3> alignment;  // centres; 0: none
};
constexpr std::array<Version, 10> kVersions = {{{26, 7, 1, {}},
                                                {44, 10, 1, {6, 18}},
                                                {70, 15, 1, {6, 22}},
                                                {100, 20, 1, {6, 26}},
                                                {134, 26, 1, {6, 30}},
                                                {172, 18, 2, {6, 34}},
                                                {196, 20, 2, {6, 22, 38}},
                                                {242, 24, 2, {6, 24, 42}},
                                                {292, 30, 2, {6, 26, 46}},
                                                {346, 18, 4, {6, 28, 50}}}};

std::size_t data_codewords(const Version& version) {
  return version.codewords - version.correction * version.blocks;
}
// Mode, length and text.
std::size_t bits_needed(std::size_t number, std::size_t length) {
  return 4 + (number < 10 ? 8 : 16) + 8 * length;
}

class Bits {
 public:
  void add(std::uint32_t value, unsigned count) {
    while (count-- > 0) {
      if (used_ % 8 == 0) bytes_.push_back(0);
      if ((value >> count & 1) != 0) bytes_.back() |= static_cast<Byte>(0x80 >> used_ % 8);
      ++used_;
    }
  }
  // To the end: a terminator, then the pad bytes in turn.
  std::vector<Byte> filled(std::size_t bytes) && {
    add(0, static_cast<unsigned>(std::min<std::size_t>(4, 8 * bytes - used_)));
    used_ = 8 * bytes_.size();
    for (Byte pad = 0xEC; bytes_.size() < bytes; pad ^= 0xEC ^ 0x11) bytes_.push_back(pad);
    return std::move(bytes_);
  }

 private:
  std::vector<Byte> bytes_;
  std::size_t used_ = 0;
};

// In GF(2^8) modulo x^8 + x^4 + x^3 + x^2 + 1.
Byte multiply(Byte a, Byte b) {
  unsigned product = 0;
  for (int bit = 7; bit >= 0; --bit) {
    product = (product << 1) ^ ((product >> 7) * 0x11D);
    if ((b >> bit & 1) != 0) product ^= a;
  }
  return static_cast<Byte>(product);
}

// The Reed-Solomon remainder of `data`.
std::vector<Byte> correction_of(const std::vector<Byte>& data, std::size_t count) {
  std::vector<Byte> generator(count, 0);  // without its leading 1
  generator.back() = 1;
  Byte root = 1;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      generator[j] = multiply(generator[j], root);
      if (j + 1 < count) generator[j] ^= generator[j + 1];
    }
    root = multiply(root, 2);
  }
  std::vector<Byte> rest(count, 0);
  for (Byte byte : data) {
    Byte factor = byte ^ rest.front();
    std::ranges::rotate(rest, rest.begin() + 1);
    rest.back() = 0;
    for (std::size_t j = 0; j < count; ++j) rest[j] ^= multiply(generator[j], factor);
  }
  return rest;
}

// The codewords in the order in which they are drawn: of each block in turn.
std::vector<Byte> interleaved(const Version& version, const std::vector<Byte>& data) {
  std::vector<std::vector<Byte>> blocks, corrections;
  std::size_t from = 0;
  for (std::size_t i = 0; i < version.blocks; ++i) {
    // The last ones have one more.
    std::size_t length = (data.size() + i) / version.blocks;
    auto begin = data.begin() + static_cast<std::ptrdiff_t>(from);
    blocks.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(length));
    corrections.push_back(correction_of(blocks.back(), version.correction));
    from += length;
  }
  std::vector<Byte> out;
  for (const auto& parts : {blocks, corrections}) {
    for (std::size_t i = 0; i < parts.back().size(); ++i) {
      for (const auto& part : parts) {
        if (i < part.size()) out.push_back(part[i]);
      }
    }
  }
  return out;
}

// `bits` and the remainder of its division by a polynomial of that degree.
std::uint32_t with_remainder(std::uint32_t bits, unsigned degree, std::uint32_t polynomial) {
  std::uint32_t rest = bits;
  for (unsigned i = 0; i < degree; ++i) {
    rest = (rest << 1) ^ ((rest >> (degree - 1)) * polynomial);
  }
  return bits << degree | rest;
}

class Symbol {
 public:
  Symbol(std::size_t number, const Version& version)
      : size_(static_cast<int>(17 + 4 * number)),
        dark_(static_cast<std::size_t>(size_), std::vector<bool>(static_cast<std::size_t>(size_))),
        taken_(dark_) {
    for (int i = 0; i < size_; ++i) {
      set(i, 6, i % 2 == 0);
      set(6, i, i % 2 == 0);
    }
    draw_finder(3, 3);
    draw_finder(size_ - 4, 3);
    draw_finder(3, size_ - 4);
    draw_alignment(version);
    draw_format();
    if (number >= 7) draw_version(static_cast<std::uint32_t>(number));
  }

  // In columns of two from the right, up and down in turn; masked with pattern 0, which every
  // reader takes off again.
  void draw(const std::vector<Byte>& codewords) {
    std::size_t next = 0;
    bool upward = true;
    for (int right = size_ - 1; right > 0; right -= 2, upward = !upward) {
      if (right == 6) --right;  // the timing pattern's column
      for (int i = 0; i < size_; ++i) {
        int y = upward ? size_ - 1 - i : i;
        for (int x : {right, right - 1}) {
          if (taken_[at(y)][at(x)]) continue;
          bool bit =
              next < 8 * codewords.size() && (codewords[next / 8] >> (7 - next % 8) & 1) != 0;
          dark_[at(y)][at(x)] = bit != ((x + y) % 2 == 0);
          ++next;
        }
      }
    }
  }

  QrModules modules() && { return std::move(dark_); }

 private:
  static std::size_t at(int place) { return static_cast<std::size_t>(place); }

  void set(int x, int y, bool dark) {
    if (x < 0 || y < 0 || x >= size_ || y >= size_) return;
    dark_[at(y)][at(x)] = dark;
    taken_[at(y)][at(x)] = true;
  }

  // With the light border around it.
  void draw_finder(int x, int y) {
    for (int dy = -4; dy <= 4; ++dy) {
      for (int dx = -4; dx <= 4; ++dx) {
        int ring = std::max(std::abs(dx), std::abs(dy));
        set(x + dx, y + dy, ring != 2 && ring != 4);
      }
    }
  }

  void draw_alignment(const Version& version) {
    for (int y : version.alignment) {
      for (int x : version.alignment) {
        bool on_finder =
            (x == 6 && y == 6) || (x == 6 && y == size_ - 7) || (y == 6 && x == size_ - 7);
        if (x == 0 || y == 0 || on_finder) continue;
        for (int dy = -2; dy <= 2; ++dy) {
          for (int dx = -2; dx <= 2; ++dx) {
            set(x + dx, y + dy, std::max(std::abs(dx), std::abs(dy)) != 1);
          }
        }
      }
    }
  }

  // Twice: error correction L (01) and mask 0.
  void draw_format() {
    const std::uint32_t bits = with_remainder(0b01000, 10, 0x537) ^ 0x5412;
    for (int i = 0; i < 15; ++i) {
      bool dark = (bits >> i & 1) != 0;
      if (i < 6) set(8, i, dark);
      if (i == 6) set(8, 7, dark);
      if (i == 7) set(8, 8, dark);
      if (i == 8) set(7, 8, dark);
      if (i > 8) set(14 - i, 8, dark);
      if (i < 8) {
        set(size_ - 1 - i, 8, dark);
      } else {
        set(8, size_ - 15 + i, dark);
      }
    }
    set(8, size_ - 8, true);
  }

  void draw_version(std::uint32_t number) {
    const std::uint32_t bits = with_remainder(number, 12, 0x1F25);
    for (int i = 0; i < 18; ++i) {
      bool dark = (bits >> i & 1) != 0;
      set(size_ - 11 + i % 3, i / 3, dark);
      set(i / 3, size_ - 11 + i % 3, dark);
    }
  }

  const int size_;
  QrModules dark_;
  QrModules taken_;
};

std::string big_endian(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
  return out;
}

std::string png_chunk(const std::string& type, const std::string& data) {
  return big_endian(static_cast<std::uint32_t>(data.size())) + type + data +
         big_endian(crc32(0, as_bytes(type + data)));
}

// A zlib stream of one stored block: there is little to gain.
std::string stored(const std::string& data) {
  std::uint32_t a = 1, b = 0;
  for (char c : data) {
    a = (a + static_cast<Byte>(c)) % 65521;
    b = (b + a) % 65521;
  }
  auto length = static_cast<std::uint16_t>(data.size());
  std::string out("\x78\x01\x01", 3);
  for (unsigned part : {unsigned{length}, ~unsigned{length}}) {
    out += static_cast<char>(part);
    out += static_cast<char>(part >> 8);
  }
  return out + data + big_endian(b << 16 | a);
}

}  // namespace

std::optional<QrModules> qr_code(std::string_view text) {
  std::size_t number = 1;
  while (number <= kVersions.size() &&
         bits_needed(number, text.size()) > 8 * data_codewords(kVersions[number - 1])) {
    ++number;
  }
  if (number > kVersions.size()) return std::nullopt;
  const Version& version = kVersions[number - 1];
  Bits bits;
  bits.add(0b0100, 4);  // bytes
  bits.add(static_cast<std::uint32_t>(text.size()), number < 10 ? 8 : 16);
  for (char c : text) bits.add(static_cast<Byte>(c), 8);
  Symbol symbol(number, version);
  symbol.draw(interleaved(version, std::move(bits).filled(data_codewords(version))));
  return std::move(symbol).modules();
}

std::string qr_png(const QrModules& modules) {
  constexpr std::size_t kScale = 4, kMargin = 4;
  const std::size_t width = kScale * (modules.size() + 2 * kMargin);
  std::string rows;
  for (std::size_t y = 0; y < width; ++y) {
    std::string row((width + 7) / 8, '\xFF');
    const std::size_t line = y / kScale - kMargin;  // wraps in the margin
    for (std::size_t x = 0; line < modules.size() && x < width; ++x) {
      const std::size_t column = x / kScale - kMargin;
      if (column >= modules.size() || !modules[line][column]) continue;
      row[x / 8] = static_cast<char>(row[x / 8] & ~(0x80 >> x % 8));
    }
    rows += '\0';  // no filter
    rows += row;
  }
  const std::string size = big_endian(static_cast<std::uint32_t>(width));
  const std::string header = size + size + std::string("\x01\x00\x00\x00\x00", 5);  // one bit, grey
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) + png_chunk("IDAT", stored(rows)) +
         png_chunk("IEND", "");
}

}  // namespace lakeside::ram
