// Takes in a body: small ones into memory, larger ones into a blob, hashed on the way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engines/blob.h"
#include "services/oss/core/digests.h"
#include "services/oss/core/object_store.h"

namespace lakeside::oss {

struct IngestPlan {
  std::string_view group;                  // of the blob
  std::uint64_t max_size = kMaxSinglePut;  // above → kEntityTooLarge
  std::size_t inline_limit = 0;            // bodies up to this size stay in memory
  DigestPlan digests;  // MD5 is computed also where the body says what to expect
};

// What came, all of it verified: the end of the source, and Content-MD5.
struct Ingested {
  std::uint64_t size = 0;
  Md5Digest md5{};
  std::uint64_t crc64 = 0;
  std::optional<ObjectChecksum> crc;      // the planned one
  std::vector<ObjectChecksum> checksums;  // those that the client gave
  std::string data;                       // the body, when it was small
  std::string blob;                       // else the name of the finished, durable blob
};

// Nothing remains stored when it fails. `plan` and `body` live until it returns.
[[nodiscard]] Task<OssResult<Ingested>> ingest(engines::BlobStore& blobs, Md5Service& md5,
                                               const IngestPlan& plan, Body& body);

// Writes bytes in memory as a blob, and returns its name.
[[nodiscard]] Task<Result<std::string>> write_blob(engines::BlobStore& blobs,
                                                   std::string_view group, std::string_view data);

}  // namespace lakeside::oss
