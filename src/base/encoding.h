// Text encodings of bytes, and strict parsing of numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace lakeside {

[[nodiscard]] std::string hex_lower(ByteView bytes);
[[nodiscard]] std::string hex_upper(ByteView bytes);
// Two digits for each byte, and where they end.
char* put_hex_lower(char* to, ByteView bytes);
char* put_hex_upper(char* to, ByteView bytes);
[[nodiscard]] std::optional<std::string> hex_decode(std::string_view text);  // either case

[[nodiscard]] std::string base64_encode(ByteView bytes);                        // padded
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);  // strict, padded
[[nodiscard]] std::string base64url_encode(ByteView bytes);                     // unpadded
[[nodiscard]] std::optional<std::string> base64url_decode(std::string_view text);

// RFC 3986 unreserved characters stay, all else becomes %XX in upper case.
// keep_slash leaves '/' alone too (paths).
[[nodiscard]] std::string percent_encode(std::string_view text, bool keep_slash = false);
void percent_encode_to(std::string& out, std::string_view text, bool keep_slash = false);
// '+' is left alone; a bad %XX gives nothing.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);
// Whether decoding `text` would change it, or find it malformed.
[[nodiscard]] bool has_escapes(std::string_view text);
// For query strings: as percent_decode, and '+' becomes a space.
[[nodiscard]] std::optional<std::string> query_decode(std::string_view text);

// Whole text, decimal digits only, no sign, no overflow.
[[nodiscard]] std::optional<std::uint64_t> parse_uint(std::string_view text);

[[nodiscard]] bool is_valid_utf8(std::string_view text);
[[nodiscard]] std::string to_lower_ascii(std::string_view text);
[[nodiscard]] bool equals_ignore_case(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view trim(std::string_view text);  // spaces and tabs

}  // namespace lakeside
