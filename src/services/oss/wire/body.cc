#include "services/oss/wire/body.h"

#include <algorithm>
#include <utility>

#include "base/crypto.h"
#include "gateway/auth/verified_body.h"
#include "services/oss/wire/errors.h"
#include "services/oss/wire/request_headers.h"

namespace lakeside::oss::wire {
namespace {

// The two enumerations are one list in two layers.
static_assert(std::to_underlying(ChecksumAlgorithm::kCrc32) ==
              std::to_underlying(auth::ChecksumAlgorithm::kCrc32));
static_assert(std::to_underlying(ChecksumAlgorithm::kCrc32c) ==
              std::to_underlying(auth::ChecksumAlgorithm::kCrc32c));
static_assert(std::to_underlying(ChecksumAlgorithm::kCrc64Nvme) ==
              std::to_underlying(auth::ChecksumAlgorithm::kCrc64Nvme));
static_assert(std::to_underlying(ChecksumAlgorithm::kSha1) ==
              std::to_underlying(auth::ChecksumAlgorithm::kSha1));
static_assert(std::to_underlying(ChecksumAlgorithm::kSha256) ==
              std::to_underlying(auth::ChecksumAlgorithm::kSha256));

std::vector<ObjectChecksum> verified_checksums(const auth::VerifiedBody& body) {
  std::vector<ObjectChecksum> out;
  for (const auth::BodyChecksum& checksum : body.checksums()) {
    out.push_back({static_cast<ChecksumAlgorithm>(checksum.algorithm), checksum.value, false});
  }
  return out;
}

OssError explain(const auth::VerifiedBody& body, Error error) {
  if (body.fault() != auth::BodyFault::kNone) return body_error(body.fault());
  return from_engine(std::move(error)).error();
}

bool has_rules(const OssCall& call) {
  return call.dialect == Dialect::kS3 || !call.identity.body.sha256_hex.empty() ||
         call.identity.body.coding != auth::BodyRules::Coding::kPlain;
}

OssResult<ops::Data> checked_body(OssCall& call) {
  ops::Data data;
  auto md5 = content_md5(call.head());
  if (!md5) return std::unexpected(std::move(md5.error()));
  data.expected_md5 = *md5;
  data.source = call.request.body;
  if (!has_rules(call)) return data;

  auto verified = auth::VerifiedBody::create(call.head(), call.identity.body, *call.request.body);
  if (!verified) return fail(Errc::kInvalidRequest, std::move(verified.error()));
  if ((*verified)->plain()) return data;
  auth::VerifiedBody* body = verified->get();
  data.checksums = [body] { return verified_checksums(*body); };
  data.explain = [body](Error error) { return explain(*body, std::move(error)); };
  data.source = body;
  data.owned = std::move(*verified);
  return data;
}

}  // namespace

OssResult<ops::Data> data_body(OssCall& call) {
  if (!call.head().header("Content-Length") && !call.head().header("Transfer-Encoding")) {
    return fail(Errc::kMissingContentLength);
  }
  return checked_body(call);
}

Task<OssResult<std::string>> read_document(OssCall& call) {
  auto data = checked_body(call);
  if (!data) co_return std::unexpected(std::move(data.error()));
  constexpr std::size_t kStep = 16 << 10;
  std::string document;
  std::size_t used = 0;
  while (true) {
    document.resize(std::max(document.size(), used + kStep));
    MutableBytes into{reinterpret_cast<std::byte*>(document.data()) + used, document.size() - used};
    auto n = co_await data->source->read(into);
    if (!n) {
      if (data->explain) co_return std::unexpected(data->explain(std::move(n.error())));
      co_return from_engine(std::move(n.error()));
    }
    if (*n == 0) break;
    used += *n;
    if (used > kMaxDocument) {
      co_return fail(Errc::kMalformedXml, "The request's document is too large.");
    }
  }
  document.resize(used);
  if (data->expected_md5 && md5(as_bytes(document)) != *data->expected_md5) {
    co_return fail(call.dialect == Dialect::kS3 ? Errc::kBadDigest : Errc::kInvalidDigest,
                   call.dialect == Dialect::kS3
                       ? ""
                       : "The Content-MD5 you specified did not match what we received.");
  }
  co_return document;
}

}  // namespace lakeside::oss::wire
