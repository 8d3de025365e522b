// Which names both vendors allow, and how large what comes with an object may be.
#pragma once

#include <string_view>

#include "services/oss/core/errors.h"
#include "services/oss/core/types.h"

namespace lakeside::oss {

// 3–63 of [a-z0-9-], and dots, which S3 allows and OSS does not: S3 clients use them. Begins and
// ends with a letter or digit, no empty label, not an IPv4 address. → kInvalidBucketName.
[[nodiscard]] OssStatus check_bucket_name(std::string_view name);

// 1–1023 bytes of UTF-8. A leading '/' or '\' is refused by OSS and allowed by S3; the OSS codec
// refuses it. → kInvalidObjectName, kKeyTooLong.
[[nodiscard]] OssStatus check_key(std::string_view key);

// User metadata within kMaxUserMetadata → kMetadataTooLarge.
[[nodiscard]] OssStatus check_headers(const ObjectHeaders& headers);

}  // namespace lakeside::oss
