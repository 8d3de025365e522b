#include "gateway/auth/aws_payload.h"

#include "base/encoding.h"
#include "gateway/auth/canonical.h"

namespace lakeside::auth {
namespace {

using Coding = BodyRules::Coding;

constexpr std::string_view kHashHeader = "x-amz-content-sha256";

std::optional<Coding> streaming_coding(std::string_view payload_hash) {
  if (payload_hash == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD") return Coding::kSignedChunks;
  if (payload_hash == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") {
    return Coding::kSignedChunksTrailer;
  }
  if (payload_hash == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") return Coding::kUnsignedTrailer;
  return std::nullopt;
}

Check read_decoded_length(const LowerHeaders& headers, BodyRules& rules) {
  auto text = headers.find("x-amz-decoded-content-length");
  if (!text) return {};
  rules.decoded_length = parse_uint(*text);
  if (rules.decoded_length) return {};
  return reject(AuthFault::kMalformed, "x-amz-decoded-content-length must be a number.",
                "x-amz-decoded-content-length", *text);
}

}  // namespace

std::expected<BodyRules, AuthError> aws_body_rules(const LowerHeaders& headers,
                                                   std::string_view payload_hash) {
  BodyRules rules;
  if (payload_hash == kAwsUnsignedPayload) return rules;
  if (auto coding = streaming_coding(payload_hash)) {
    rules.coding = *coding;
    if (Check ok = read_decoded_length(headers, rules); !ok) {
      return std::unexpected(std::move(ok.error()));
    }
    return rules;
  }
  if (payload_hash.starts_with("STREAMING-AWS4-ECDSA-")) {
    return reject(AuthFault::kUnsupported, "Signature Version 4A is not supported.", kHashHeader,
                  payload_hash);
  }
  if (auto hash = normalised_sha256(payload_hash)) {
    rules.sha256_hex = std::move(*hash);
    return rules;
  }
  return reject(
      AuthFault::kMalformed,
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or "
      "a valid sha256 value.",
      kHashHeader, payload_hash);
}

std::expected<BodyRules, AuthError> aws_unsigned_body_rules(const LowerHeaders& headers) {
  BodyRules rules;
  bool chunked = headers.find(kHashHeader) == "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
  // boto3 without credentials sends no x-amz-content-sha256 with its chunks.
  if (!chunked && headers.find("x-amz-trailer")) {
    std::string coding = to_lower_ascii(headers.get("content-encoding"));
    chunked = coding.find("aws-chunked") != std::string::npos;
  }
  if (!chunked) return rules;
  rules.coding = Coding::kUnsignedTrailer;
  if (Check ok = read_decoded_length(headers, rules); !ok) {
    return std::unexpected(std::move(ok.error()));
  }
  return rules;
}

}  // namespace lakeside::auth
