// An object as the headers of a response show it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"
#include "services/oss/core/object_store.h"
#include "services/oss/core/types.h"
#include "services/oss/wire/call.h"
#include "services/oss/wire/dialect.h"

namespace lakeside::oss::wire {

void add_etag(http::HeaderBlock& headers, const ETag& etag, Dialect dialect);
void add_etag(http::HeaderBlock& headers, const Md5Digest& md5, Dialect dialect);
// x-oss-hash-crc64ecma; nothing in S3.
void add_crc64(http::HeaderBlock& headers, std::uint64_t crc64, Dialect dialect);
// x-amz-checksum-* and -type; nothing in OSS. A composite one says of how many parts it is.
void add_checksums(http::HeaderBlock& headers, const std::vector<ObjectChecksum>& checksums,
                   std::uint32_t parts, Dialect dialect);

// The response-… parameters of a GET or HEAD, which replace what is stored.
struct Overrides {
  std::optional<std::string> content_type, cache_control, content_disposition, content_encoding,
      content_language, expires;
  bool any = false;
};
[[nodiscard]] Overrides overrides(const http::RequestHead& head);

// Everything that GET and HEAD tell of an object. `partial`: only some of its bytes follow.
void add_object_headers(http::HeaderBlock& headers, const ObjectInfo& info, const OssCall& call,
                        const Overrides& replaced, bool partial);
void add_content_range(http::HeaderBlock& headers, const ResolvedRange& range, std::uint64_t size);

}  // namespace lakeside::oss::wire
