// If-Match, If-None-Match, If-Modified-Since and If-Unmodified-Since.
#pragma once

#include <string_view>

#include "services/oss/core/errors.h"
#include "services/oss/core/types.h"

namespace lakeside::oss {

// Whether `text`, an ETag without quotes in any case, names `etag` as either dialect shows it.
// "*" matches; a weak validator (W/) matches as the strong one does.
[[nodiscard]] bool matches(std::string_view text, const ETag& etag);

// Of a read, in the order of RFC 7232 §6, which both vendors follow: → kPreconditionFailed,
// kNotModified. Also of a copy's source: OSS answers 304 then, which ali-oss counts as a success;
// for S3, which answers 412, the codec says so.
[[nodiscard]] OssStatus check_read(const Preconditions& conditions, const ObjectInfo& object);

// Of a write over `current` (null: there is none): → kPreconditionFailed, or kNoSuchKey for
// If-Match without an object, as S3 answers.
[[nodiscard]] OssStatus check_write(const Preconditions& conditions, const ObjectInfo* current);

}  // namespace lakeside::oss
