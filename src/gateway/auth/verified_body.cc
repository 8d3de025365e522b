#include "gateway/auth/verified_body.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/crypto.h"
#include "base/encoding.h"
#include "gateway/auth/aws_chunked.h"
#include "gateway/auth/chunk_signatures.h"
#include "gateway/auth/s3_checksum.h"

namespace lakeside::auth {
namespace {

using Coding = BodyRules::Coding;

// Hashing runs on the event loop at about 2 GB/s: this much at a time.
constexpr std::size_t kMostAtOnce = 256 << 10;

AwsChunkedDecoder::Trailer trailer_of(Coding coding) {
  if (coding == Coding::kSignedChunksTrailer) return AwsChunkedDecoder::Trailer::kSigned;
  if (coding == Coding::kUnsignedTrailer) return AwsChunkedDecoder::Trailer::kUnsigned;
  return AwsChunkedDecoder::Trailer::kNone;
}

std::string_view describe(BodyFault fault) {
  switch (fault) {
    case BodyFault::kNone:
      return "no fault";
    case BodyFault::kSha256Mismatch:
      return "body does not have the signed sha256";
    case BodyFault::kChunkSignature:
      return "chunk signature does not match";
    case BodyFault::kChecksumMismatch:
      return "body does not have the announced checksum";
    case BodyFault::kMalformedChunk:
      return "malformed aws-chunked body";
    case BodyFault::kMalformedTrailer:
      return "malformed aws-chunked trailer";
    case BodyFault::kLengthMismatch:
      return "body does not have the announced decoded length";
  }
  return {};
}

}  // namespace

struct VerifiedBody::Impl {
  Impl(const BodyRules& body_rules, std::optional<AnnouncedChecksum> checksum, ByteSource& source)
      : rules(body_rules), announced(std::move(checksum)), raw(source) {
    if (rules.coding != Coding::kPlain) decoder.emplace(trailer_of(rules.coding));
    if (rules.coding == Coding::kSignedChunks || rules.coding == Coding::kSignedChunksTrailer) {
      signatures.emplace(rules);
    }
    if (announced) checksum_so_far.emplace(announced->algorithm);
    if (!rules.sha256_hex.empty()) sha256_so_far.emplace(HashKind::kSha256);
  }

  Task<Result<std::size_t>> read(MutableBytes into);
  // Decodes `bytes` in place: its data move to its front. Says how much that is.
  std::size_t decode(MutableBytes bytes);
  void on_chunk();
  // Decoded data, in order.
  void on_data(ByteView data);
  void check_end();
  void check_trailer();
  void set_fault(BodyFault what) {
    if (fault == BodyFault::kNone) fault = what;
  }

  BodyRules rules;
  std::optional<AnnouncedChecksum> announced;
  ByteSource& raw;
  std::optional<AwsChunkedDecoder> decoder;
  std::optional<ChunkSignatures> signatures;
  std::optional<RunningChecksum> checksum_so_far;
  std::optional<Hasher> sha256_so_far;
  std::uint64_t announced_by_chunks = 0;
  std::uint64_t decoded = 0;
  BodyFault fault = BodyFault::kNone;
  bool ended = false;
  std::vector<BodyChecksum> verified;
};

std::expected<std::unique_ptr<VerifiedBody>, std::string> VerifiedBody::create(
    const http::RequestHead& head, const BodyRules& rules, ByteSource& raw) {
  auto announced =
      announced_checksum(head, trailer_of(rules.coding) != AwsChunkedDecoder::Trailer::kNone);
  if (!announced) return std::unexpected(std::move(announced.error()));
  auto impl = std::make_unique<Impl>(rules, std::move(*announced), raw);
  return std::unique_ptr<VerifiedBody>(new VerifiedBody(std::move(impl)));
}

VerifiedBody::VerifiedBody(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
VerifiedBody::~VerifiedBody() = default;

Task<Result<std::size_t>> VerifiedBody::read(MutableBytes into) {
  return plain() ? impl_->raw.read(into) : impl_->read(into);
}

std::optional<std::uint64_t> VerifiedBody::length() const {
  return impl_->decoder ? impl_->rules.decoded_length : impl_->raw.length();
}

BodyFault VerifiedBody::fault() const { return impl_->fault; }

const std::vector<BodyChecksum>& VerifiedBody::checksums() const { return impl_->verified; }

std::optional<ChecksumAlgorithm> VerifiedBody::announced() const {
  if (!impl_->announced) return std::nullopt;
  return impl_->announced->algorithm;
}

bool VerifiedBody::plain() const {
  return !impl_->decoder && !impl_->checksum_so_far && !impl_->sha256_so_far;
}

Task<Result<std::size_t>> VerifiedBody::Impl::read(MutableBytes into) {
  MutableBytes window = into.first(std::min(into.size(), kMostAtOnce));
  while (fault == BodyFault::kNone && !ended) {
    Result<std::size_t> got = co_await raw.read(window);
    if (!got) co_return got;
    std::size_t data = *got;
    if (*got == 0) {
      ended = true;
      check_end();
    } else if (decoder) {
      data = decode(window.first(*got));
    } else {
      on_data(window.first(*got));
    }
    if (fault != BodyFault::kNone) break;
    if (data > 0) co_return data;
  }
  if (fault != BodyFault::kNone) {
    co_return fail(ErrorCode::kInvalid, std::string(describe(fault)));
  }
  co_return std::size_t{0};
}

std::size_t VerifiedBody::Impl::decode(MutableBytes bytes) {
  using Event = AwsChunkedDecoder::Event;
  ByteView input = bytes;
  std::size_t kept = 0;
  while (fault == BodyFault::kNone) {
    switch (decoder->next(input)) {
      case Event::kNeedInput:
        return kept;
      case Event::kChunk:
        on_chunk();
        break;
      case Event::kData: {
        ByteView data = decoder->data();
        on_data(data);
        std::memmove(bytes.data() + kept, data.data(), data.size());
        kept += data.size();
        break;
      }
      case Event::kChunkEnd:
        if (signatures && !signatures->end_chunk()) set_fault(BodyFault::kChunkSignature);
        break;
      case Event::kEnd:
        check_trailer();
        break;
      case Event::kMalformed:
        set_fault(BodyFault::kMalformedChunk);
        break;
      case Event::kMalformedTrailer:
        set_fault(BodyFault::kMalformedTrailer);
        break;
    }
  }
  return 0;
}

void VerifiedBody::Impl::on_chunk() {
  if (signatures) signatures->begin_chunk(decoder->chunk_signature());
  announced_by_chunks += decoder->chunk_size();
  // Refused at the chunk's head: what is too much is never stored.
  if (rules.decoded_length && announced_by_chunks > *rules.decoded_length) {
    set_fault(BodyFault::kLengthMismatch);
  }
}

void VerifiedBody::Impl::on_data(ByteView data) {
  decoded += data.size();
  if (signatures) signatures->update(data);
  if (sha256_so_far) sha256_so_far->update(data);
  if (checksum_so_far) checksum_so_far->update(data);
}

// The one announced trailer, and no other.
void VerifiedBody::Impl::check_trailer() {
  if (rules.coding == Coding::kSignedChunksTrailer && !signatures->check_trailer(*decoder)) {
    set_fault(BodyFault::kChunkSignature);
    return;
  }
  const auto& trailers = decoder->trailers();
  bool wanted = announced && !announced->value;
  if (trailers.size() != (wanted ? 1U : 0U)) {
    set_fault(BodyFault::kMalformedTrailer);
    return;
  }
  if (!wanted) return;
  const auto& [name, value] = trailers.front();
  if (checksum_of_header(name) != announced->algorithm) {
    set_fault(BodyFault::kMalformedTrailer);
    return;
  }
  announced->value = decode_checksum(announced->algorithm, value);
  if (!announced->value) set_fault(BodyFault::kMalformedTrailer);
}

void VerifiedBody::Impl::check_end() {
  if (decoder && !decoder->ended()) {
    set_fault(BodyFault::kMalformedChunk);
    return;
  }
  if (decoder && rules.decoded_length && decoded != *rules.decoded_length) {
    set_fault(BodyFault::kLengthMismatch);
    return;
  }
  if (sha256_so_far && hex_lower(as_bytes(sha256_so_far->finish())) != rules.sha256_hex) {
    set_fault(BodyFault::kSha256Mismatch);
    return;
  }
  if (!announced) return;
  if (checksum_so_far->finish() != *announced->value) {
    set_fault(BodyFault::kChecksumMismatch);
    return;
  }
  verified.push_back({announced->algorithm, *announced->value});
}

}  // namespace lakeside::auth
