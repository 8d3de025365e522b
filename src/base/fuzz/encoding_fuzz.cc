// The encodings: decoding anything is safe, and what was encoded comes back.
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/encoding.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lakeside;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  ByteView bytes = as_bytes(text);

  require(hex_decode(hex_lower(bytes)) == text);
  require(hex_decode(hex_upper(bytes)) == text);
  require(base64_decode(base64_encode(bytes)) == text);
  require(base64url_decode(base64url_encode(bytes)) == text);
  for (bool keep_slash : {false, true}) {
    std::string encoded = percent_encode(text, keep_slash);
    require(percent_decode(encoded) == text);
    require(query_decode(encoded) == text);
  }

  // Strict: there is one encoding of each value.
  if (auto decoded = base64_decode(text)) require(base64_encode(as_bytes(*decoded)) == text);
  if (auto decoded = base64url_decode(text)) require(base64url_encode(as_bytes(*decoded)) == text);
  if (auto decoded = hex_decode(text))
    require(equals_ignore_case(hex_lower(as_bytes(*decoded)), text));
  (void)percent_decode(text);
  (void)query_decode(text);

  if (auto number = parse_uint(text)) {
    std::string_view digits = text;
    while (digits.size() > 1 && digits[0] == '0') digits.remove_prefix(1);
    require(std::to_string(*number) == digits);
  }
  if (auto time = parse_iso8601_basic(text)) require(format_iso8601_basic(*time) == text);
  if (auto time = parse_http_date(text))
    require(format_http_date(*time).substr(5) == text.substr(5));
  if (auto time = parse_iso8601(text)) {
    require(format_iso8601_millis(*time).substr(0, 19) == text.substr(0, 19));
  }

  std::string_view trimmed = trim(text);
  require(trimmed.empty() || trimmed.front() != ' ');
  require(equals_ignore_case(to_lower_ascii(text), text));
  (void)is_valid_utf8(text);
  return 0;
}
