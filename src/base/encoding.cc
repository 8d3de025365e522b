#include "base/encoding.h"

#include <array>
#include <cstring>

namespace lakeside {
namespace {

constexpr std::string_view kHexLower = "0123456789abcdef";
constexpr std::string_view kHexUpper = "0123456789ABCDEF";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using ValueTable = std::array<std::int8_t, 256>;

// Character → its index in `alphabet`, or -1.
constexpr ValueTable invert(std::string_view alphabet) {
  ValueTable table{};
  table.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
  }
  return table;
}

constexpr ValueTable kBase64Values = invert(kBase64);
constexpr ValueTable kBase64UrlValues = invert(kBase64Url);
constexpr ValueTable kHexValues = [] {
  ValueTable table = invert(kHexLower);
  for (char c = 'A'; c <= 'F'; ++c) {
    table[static_cast<unsigned char>(c)] = static_cast<std::int8_t>(c - 'A' + 10);
  }
  return table;
}();

constexpr std::array<bool, 256> kUnreserved = [] {
  std::array<bool, 256> table{};
  for (char c : kBase64Url.substr(0, 62)) table[static_cast<unsigned char>(c)] = true;
  for (char c : std::string_view("-._~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

int value_in(const ValueTable& table, char c) { return table[static_cast<unsigned char>(c)]; }

// The two digits of each byte.
using HexPairs = std::array<char, 512>;
constexpr HexPairs hex_pairs(std::string_view alphabet) {
  HexPairs pairs{};
  for (std::size_t value = 0; value < 256; ++value) {
    pairs[2 * value] = alphabet[value >> 4];
    pairs[2 * value + 1] = alphabet[value & 15];
  }
  return pairs;
}
constexpr HexPairs kLowerPairs = hex_pairs(kHexLower);
constexpr HexPairs kUpperPairs = hex_pairs(kHexUpper);

char* put_hex(char* to, ByteView bytes, const HexPairs& pairs) {
  for (std::byte byte : bytes) {
    std::memcpy(to, &pairs[2 * std::to_integer<std::size_t>(byte)], 2);
    to += 2;
  }
  return to;
}

std::string hex(ByteView bytes, const HexPairs& pairs) {
  std::string out(bytes.size() * 2, '\0');
  put_hex(out.data(), bytes, pairs);
  return out;
}

std::string encode64(ByteView bytes, std::string_view alphabet, bool padded) {
  std::size_t whole = bytes.size() / 3;
  std::size_t rest = bytes.size() % 3;
  std::string out;
  out.resize(whole * 4 + (rest == 0 ? 0 : padded ? 4 : rest + 1), '=');
  char* to = out.data();
  const std::byte* from = bytes.data();
  auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(from[i]); };
  for (std::size_t i = 0; i < whole; ++i, from += 3, to += 4) {
    std::uint32_t bits = at(0) << 16 | at(1) << 8 | at(2);
    to[0] = alphabet[bits >> 18];
    to[1] = alphabet[bits >> 12 & 63];
    to[2] = alphabet[bits >> 6 & 63];
    to[3] = alphabet[bits & 63];
  }
  if (rest > 0) {
    std::uint32_t bits = at(0) << 16 | (rest == 2 ? at(1) << 8 : 0);
    to[0] = alphabet[bits >> 18];
    to[1] = alphabet[bits >> 12 & 63];
    if (rest == 2) to[2] = alphabet[bits >> 6 & 63];
  }
  return out;
}

// `text` is without padding. One encoding for each value: leftover bits must be zero.
std::optional<std::string> decode64(std::string_view text, const ValueTable& values) {
  std::size_t rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  std::string out(text.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1), '\0');
  char* to = out.data();
  std::size_t i = 0;
  for (; i + 4 <= text.size(); i += 4) {
    int a = value_in(values, text[i]), b = value_in(values, text[i + 1]);
    int c = value_in(values, text[i + 2]), d = value_in(values, text[i + 3]);
    if ((a | b | c | d) < 0) return std::nullopt;
    *to++ = static_cast<char>(a << 2 | b >> 4);
    *to++ = static_cast<char>((b & 15) << 4 | c >> 2);
    *to++ = static_cast<char>((c & 3) << 6 | d);
  }
  if (rest >= 2) {
    int a = value_in(values, text[i]), b = value_in(values, text[i + 1]);
    if ((a | b) < 0) return std::nullopt;
    *to++ = static_cast<char>(a << 2 | b >> 4);
    int leftover = b & 15;
    if (rest == 3) {
      int c = value_in(values, text[i + 2]);
      if (c < 0) return std::nullopt;
      *to++ = static_cast<char>((b & 15) << 4 | c >> 2);
      leftover = c & 3;
    }
    if (leftover != 0) return std::nullopt;
  }
  return out;
}

std::optional<std::string> decode_percent(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      int high = value_in(kHexValues, text[i + 1]), low = value_in(kHexValues, text[i + 2]);
      if ((high | low) < 0) return std::nullopt;
      c = static_cast<char>(high << 4 | low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    out.push_back(c);
  }
  return out;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

std::string hex_lower(ByteView bytes) { return hex(bytes, kLowerPairs); }
std::string hex_upper(ByteView bytes) { return hex(bytes, kUpperPairs); }
char* put_hex_lower(char* to, ByteView bytes) { return put_hex(to, bytes, kLowerPairs); }
char* put_hex_upper(char* to, ByteView bytes) { return put_hex(to, bytes, kUpperPairs); }

std::optional<std::string> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out(text.size() / 2, '\0');
  for (std::size_t i = 0; i < out.size(); ++i) {
    int high = value_in(kHexValues, text[2 * i]), low = value_in(kHexValues, text[2 * i + 1]);
    if ((high | low) < 0) return std::nullopt;
    out[i] = static_cast<char>(high << 4 | low);
  }
  return out;
}

std::string base64_encode(ByteView bytes) { return encode64(bytes, kBase64, true); }

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("==")) {
    text.remove_suffix(2);
  } else if (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  return decode64(text, kBase64Values);
}

std::string base64url_encode(ByteView bytes) { return encode64(bytes, kBase64Url, false); }

std::optional<std::string> base64url_decode(std::string_view text) {
  return decode64(text, kBase64UrlValues);
}

std::string percent_encode(std::string_view text, bool keep_slash) {
  std::string out;
  out.reserve(text.size());
  percent_encode_to(out, text, keep_slash);
  return out;
}

void percent_encode_to(std::string& out, std::string_view text, bool keep_slash) {
  std::size_t start = 0;  // of the run that needs no encoding
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    if (kUnreserved[c] || (keep_slash && c == '/')) continue;
    out.append(text, start, i - start);
    const char escape[3] = {'%', kHexUpper[c >> 4], kHexUpper[c & 15]};
    out.append(escape, sizeof escape);
    start = i + 1;
  }
  out.append(text, start);
}

std::optional<std::string> percent_decode(std::string_view text) {
  return decode_percent(text, false);
}

// find_first_of would call memchr for each character.
bool has_escapes(std::string_view text) {
  return text.find('%') != std::string_view::npos || text.find('+') != std::string_view::npos;
}

std::optional<std::string> query_decode(std::string_view text) {
  return decode_percent(text, true);
}

std::optional<std::uint64_t> parse_uint(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value) ||
        __builtin_add_overflow(value, static_cast<std::uint64_t>(c - '0'), &value)) {
      return std::nullopt;
    }
  }
  return value;
}

bool is_valid_utf8(std::string_view text) {
  const char* p = text.data();
  const char* end = p + text.size();
  auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  while (p < end) {
    std::uint64_t word;
    while (end - p >= 8 && (std::memcpy(&word, p, 8), (word & 0x8080808080808080U) == 0)) p += 8;
    if (p == end) break;
    auto first = static_cast<unsigned char>(*p);
    auto left = end - p;
    if (first < 0x80) {
      p += 1;
    } else if (first >= 0xC2 && first <= 0xDF) {
      if (left < 2 || !continues(p[1])) return false;
      p += 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
      if (left < 3 || !continues(p[1]) || !continues(p[2])) return false;
      auto second = static_cast<unsigned char>(p[1]);
      if (first == 0xE0 && second < 0xA0) return false;   // overlong
      if (first == 0xED && second >= 0xA0) return false;  // surrogate
      p += 3;
    } else if (first >= 0xF0 && first <= 0xF4) {
      if (left < 4 || !continues(p[1]) || !continues(p[2]) || !continues(p[3])) return false;
      auto second = static_cast<unsigned char>(p[1]);
      if (first == 0xF0 && second < 0x90) return false;   // overlong
      if (first == 0xF4 && second >= 0x90) return false;  // beyond U+10FFFF
      p += 4;
    } else {
      return false;
    }
  }
  return true;
}

std::string to_lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

bool equals_ignore_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string_view trim(std::string_view text) {
  auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace lakeside
