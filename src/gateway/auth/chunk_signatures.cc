#include "gateway/auth/chunk_signatures.h"

#include "base/encoding.h"
#include "gateway/auth/canonical.h"

namespace lakeside::auth {
namespace {

constexpr std::string_view kEmptySha256 =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

}  // namespace

ChunkSignatures::ChunkSignatures(const BodyRules& rules)
    : key_(rules.signing_key),
      timestamp_and_scope_(rules.timestamp + "\n" + rules.scope + "\n"),
      previous_(rules.seed_signature) {}

std::string ChunkSignatures::sign(std::string_view string_to_sign) const {
  return hex_lower(hmac_sha256(as_bytes(key_), as_bytes(string_to_sign)));
}

void ChunkSignatures::begin_chunk(std::string_view signature) {
  announced_ = signature;
  hasher_ = Hasher(HashKind::kSha256);
}

bool ChunkSignatures::end_chunk() {
  std::string to_sign = "AWS4-HMAC-SHA256-PAYLOAD\n" + timestamp_and_scope_ + previous_ + "\n";
  to_sign.append(kEmptySha256).append("\n").append(hex_lower(as_bytes(hasher_.finish())));
  previous_ = sign(to_sign);
  return constant_time_equal(previous_, announced_);
}

bool ChunkSignatures::check_trailer(const AwsChunkedDecoder& decoder) {
  std::string canonical;
  HeaderLines lines;
  for (const auto& [name, value] : decoder.trailers()) lines.add(name, value);
  lines.append_to(canonical);
  std::string to_sign = "AWS4-HMAC-SHA256-TRAILER\n" + timestamp_and_scope_ + previous_ + "\n" +
                        hex_lower(sha256(as_bytes(canonical)));
  return constant_time_equal(sign(to_sign), decoder.trailer_signature());
}

}  // namespace lakeside::auth
