// What a request's headers and parameters say about objects: text → the domain's types. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/oss/core/errors.h"
#include "services/oss/core/object_store.h"
#include "services/oss/core/types.h"
#include "services/oss/ops/context.h"
#include "services/oss/wire/call.h"
#include "services/oss/wire/dialect.h"

namespace lakeside::oss::wire {

// A header, or where presigning by an S3 SDK moved it: the parameter of that name.
[[nodiscard]] std::optional<std::string_view> argument(const OssCall& call, std::string_view name);

// "x-oss-" + name or "x-amz-" + name.
[[nodiscard]] std::optional<std::string_view> vendor_argument(const OssCall& call,
                                                              std::string_view name);

// kNotImplemented where a header asks for what is not there yet: never silently without.
[[nodiscard]] OssStatus check_headers(const OssCall& call);

// Content-Type, Cache-Control, …, and user metadata.
[[nodiscard]] ObjectHeaders object_headers(const OssCall& call);

// The ACL in `x-oss-NAME` or, in S3, always `x-amz-acl`.
[[nodiscard]] OssResult<std::optional<Acl>> acl_argument(const OssCall& call,
                                                         std::string_view oss_name);
[[nodiscard]] OssResult<StorageClass> storage_class_argument(const OssCall& call);
[[nodiscard]] bool forbid_overwrite(const OssCall& call);

// If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, with `prefix` before each
// name ("x-oss-copy-source-"). A date that cannot be read is no condition (RFC 9110 §13.1.3).
[[nodiscard]] Preconditions preconditions(const http::RequestHead& head,
                                          std::string_view prefix = {});
// Those that a write may have: in OSS none, in S3 If-Match and `If-None-Match: *`.
[[nodiscard]] OssResult<Preconditions> write_conditions(const OssCall& call);
// PutObject of OSS with a condition answers NotImplemented (help "oss-error-response").
[[nodiscard]] OssStatus refuse_conditions(const OssCall& call);
// The ETags of a list, without quotes and weakness.
[[nodiscard]] std::vector<std::string> parse_etags(std::string_view text);
[[nodiscard]] std::string_view unquote(std::string_view etag);

// The range of a Range header. Nothing where there is none to heed: no range, a malformed one,
// or, in S3, several; OSS heeds the first of several.
[[nodiscard]] std::optional<ByteRange> parse_range(std::string_view text, Dialect dialect);

// `/bucket/key` or `bucket/key`, percent-encoded, with an optional ?versionId=.
[[nodiscard]] OssResult<ops::ObjectName> parse_copy_source(std::string_view text);
[[nodiscard]] OssResult<ops::ObjectName> copy_source(const OssCall& call);

[[nodiscard]] OssResult<std::optional<Md5Digest>> content_md5(const http::RequestHead& head);

// x-amz-checksum-* of a whole object, as CompleteMultipartUpload carries them.
[[nodiscard]] OssResult<std::vector<ObjectChecksum>> object_checksums(const OssCall& call);

// A number among the parameters: `fallback` where it is absent, kInvalidArgument where it is no
// number of [least, most]. S3 takes a number that is too large for `most`.
[[nodiscard]] OssResult<std::uint32_t> number_param(const OssCall& call, std::string_view name,
                                                    std::uint32_t fallback, std::uint32_t least,
                                                    std::uint32_t most);
[[nodiscard]] std::string text_param(const http::RequestHead& head, std::string_view name);
// encoding-type=url; any other value is kInvalidArgument.
[[nodiscard]] OssResult<bool> url_encoding(const http::RequestHead& head);

[[nodiscard]] std::unexpected<OssError> invalid_argument(std::string message, std::string_view name,
                                                         std::string_view value);

}  // namespace lakeside::oss::wire
