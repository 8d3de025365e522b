// A text as a QR code (ISO/IEC 18004), for the camera of a phone. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lakeside::ram {

// Rows of modules, true is dark.
using QrModules = std::vector<std::vector<bool>>;

inline constexpr std::size_t kMaxQrText = 271;  // version 10 with error correction L

// Nothing where the text is longer than kMaxQrText.
[[nodiscard]] std::optional<QrModules> qr_code(std::string_view text);
// As a PNG in black and white, with the margin that readers want.
[[nodiscard]] std::string qr_png(const QrModules& modules);

}  // namespace lakeside::ram
