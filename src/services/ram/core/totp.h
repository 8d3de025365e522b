// Codes of virtual MFA devices: RFC 6238 with SHA-1, 30 seconds and 6 digits, as every app makes
// them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace lakeside::ram {

inline constexpr std::size_t kTotpSeedBytes = 20;

[[nodiscard]] std::string base32_encode(std::string_view bytes);  // RFC 4648, without padding

[[nodiscard]] std::uint64_t totp_step(Time now);
[[nodiscard]] std::string totp_code(std::string_view seed, std::uint64_t step);
// 6 digits.
[[nodiscard]] bool is_totp_code(std::string_view code);
// The step whose code this is, of those at most `drift` from now and after `after`.
[[nodiscard]] std::optional<std::uint64_t> find_totp_step(std::string_view seed,
                                                          std::string_view code, Time now,
                                                          std::uint64_t after,
                                                          std::uint64_t drift = 1);

// What a QR code carries to the app.
[[nodiscard]] std::string otpauth_uri(std::string_view seed, std::string_view account,
                                      std::string_view device);

}  // namespace lakeside::ram
