#include "services/ram/core/totp.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/encoding.h"

namespace lakeside::ram {

std::string base32_encode(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (char c : bytes) {
    held = (held << 8 | static_cast<unsigned char>(c)) & 0xFFFF;
    for (bits += 8; bits >= 5; bits -= 5) out += kDigits[held >> (bits - 5) & 31];
  }
  if (bits > 0) out += kDigits[held << (5 - bits) & 31];
  return out;
}

std::uint64_t totp_step(Time now) {
  auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  return static_cast<std::uint64_t>(seconds) / 30;
}

std::string totp_code(std::string_view seed, std::uint64_t step) {
  std::string counter(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) counter[7 - i] = static_cast<char>(step >> (8 * i));
  Sha1Digest mac = hmac_sha1(as_bytes(seed), as_bytes(counter));
  std::size_t at = std::to_integer<std::size_t>(mac[19]) & 15;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value = value << 8 | std::to_integer<std::uint32_t>(mac[at + i]);
  }
  std::string digits = std::to_string((value & 0x7FFFFFFF) % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

bool is_totp_code(std::string_view code) {
  return code.size() == 6 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<std::uint64_t> find_totp_step(std::string_view seed, std::string_view code, Time now,
                                            std::uint64_t after, std::uint64_t drift) {
  const std::uint64_t middle = totp_step(now);
  std::optional<std::uint64_t> found;
  for (std::uint64_t step = middle - drift; step <= middle + drift; ++step) {
    if (step > after && constant_time_equal(totp_code(seed, step), code) && !found) found = step;
  }
  return found;
}

std::string otpauth_uri(std::string_view seed, std::string_view account, std::string_view device) {
  return "otpauth://totp/" + percent_encode(device) + "@" + percent_encode(account) +
         "?secret=" + base32_encode(seed) + "&issuer=Lakeside";
}

}  // namespace lakeside::ram
