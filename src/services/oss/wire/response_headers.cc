#include "services/oss/wire/response_headers.h"

#include <array>
#include <charconv>

#include "base/encoding.h"
#include "services/oss/wire/documents.h"
#include "services/oss/wire/request_headers.h"

namespace lakeside::oss::wire {
namespace {

void add_quoted(http::HeaderBlock& headers, std::string_view name, std::string_view value) {
  std::string quoted;
  quoted.reserve(value.size() + 2);
  quoted += '"';
  quoted += value;
  quoted += '"';
  headers.add(name, quoted);
}

void add_or_replaced(http::HeaderBlock& headers, std::string_view name, const std::string& stored,
                     const std::optional<std::string>& replaced) {
  const std::string& value = replaced ? *replaced : stored;
  if (!value.empty()) headers.add(name, value);
}

void add_standard_headers(http::HeaderBlock& headers, const ObjectHeaders& stored,
                          const Overrides& replaced, Dialect dialect) {
  if (stored.content_type.empty() && !replaced.content_type) {
    headers.add("Content-Type",
                dialect == Dialect::kOss ? "application/octet-stream" : "binary/octet-stream");
  } else {
    add_or_replaced(headers, "Content-Type", stored.content_type, replaced.content_type);
  }
  add_or_replaced(headers, "Cache-Control", stored.cache_control, replaced.cache_control);
  add_or_replaced(headers, "Content-Disposition", stored.content_disposition,
                  replaced.content_disposition);
  add_or_replaced(headers, "Content-Encoding", stored.content_encoding, replaced.content_encoding);
  add_or_replaced(headers, "Content-Language", stored.content_language, replaced.content_language);
  add_or_replaced(headers, "Expires", stored.expires, replaced.expires);
}

void add_user_metadata(http::HeaderBlock& headers, const ObjectHeaders& stored, Dialect dialect) {
  std::string_view prefix = dialect == Dialect::kOss ? "x-oss-meta-" : "x-amz-meta-";
  std::string name;
  for (const auto& [key, value] : stored.user) {
    name = prefix;
    name += key;
    headers.add(name, value);
  }
}

void add_oss_headers(http::HeaderBlock& headers, const ObjectInfo& info, bool partial) {
  headers.add("x-oss-object-type", object_type_text(info.type));
  headers.add("x-oss-storage-class", storage_class_text(info.storage_class, Dialect::kOss));
  add_crc64(headers, info.crc64, Dialect::kOss);
  if (info.type == ObjectType::kAppendable) {
    headers.add("x-oss-next-append-position", info.size);
  } else if (info.etag.parts == 0 && !partial) {
    headers.add("Content-MD5", base64_encode(info.etag.oss));
  }
}

void add_s3_headers(http::HeaderBlock& headers, const ObjectInfo& info, const OssCall& call,
                    bool partial) {
  if (info.storage_class != StorageClass::kStandard) {
    headers.add("x-amz-storage-class", storage_class_text(info.storage_class, Dialect::kS3));
  }
  if (partial || info.checksums.empty()) return;
  auto mode = argument(call, "x-amz-checksum-mode");
  if (mode && equals_ignore_case(*mode, "ENABLED")) {
    add_checksums(headers, info.checksums, info.etag.parts, Dialect::kS3);
  }
}

char* write_number(char* at, char* end, std::uint64_t value) {
  return std::to_chars(at, end, value).ptr;
}

}  // namespace

void add_etag(http::HeaderBlock& headers, const ETag& etag, Dialect dialect) {
  add_quoted(headers, "ETag", etag_text(etag, dialect));
}

void add_etag(http::HeaderBlock& headers, const Md5Digest& md5, Dialect dialect) {
  add_quoted(headers, "ETag", etag_text(md5, dialect));
}

void add_crc64(http::HeaderBlock& headers, std::uint64_t crc64, Dialect dialect) {
  if (dialect == Dialect::kOss) headers.add("x-oss-hash-crc64ecma", crc64);
}

void add_checksums(http::HeaderBlock& headers, const std::vector<ObjectChecksum>& checksums,
                   std::uint32_t parts, Dialect dialect) {
  if (dialect == Dialect::kOss || checksums.empty()) return;
  for (const ObjectChecksum& checksum : checksums) {
    std::string value = base64_encode(as_bytes(checksum.value));
    if (checksum.composite) value += "-" + std::to_string(parts);
    headers.add(checksum_header(checksum.algorithm), value);
  }
  headers.add("x-amz-checksum-type", checksums.front().composite ? "COMPOSITE" : "FULL_OBJECT");
}

Overrides overrides(const http::RequestHead& head) {
  Overrides out;
  constexpr std::string_view kPrefix = "response-";
  for (const http::QueryParam& param : head.query) {
    std::string_view name = param.name;
    if (!name.starts_with(kPrefix)) continue;
    name.remove_prefix(kPrefix.size());
    std::optional<std::string>* field = nullptr;
    if (name == "content-type") field = &out.content_type;
    if (name == "cache-control") field = &out.cache_control;
    if (name == "content-disposition") field = &out.content_disposition;
    if (name == "content-encoding") field = &out.content_encoding;
    if (name == "content-language") field = &out.content_language;
    if (name == "expires") field = &out.expires;
    if (field == nullptr) continue;
    *field = param.value;
    out.any = true;
  }
  return out;
}

void add_object_headers(http::HeaderBlock& headers, const ObjectInfo& info, const OssCall& call,
                        const Overrides& replaced, bool partial) {
  add_standard_headers(headers, info.headers, replaced, call.dialect);
  headers.add("Last-Modified", format_http_date(info.modified));
  add_etag(headers, info.etag, call.dialect);
  headers.add("Accept-Ranges", "bytes");
  if (call.dialect == Dialect::kOss) {
    add_oss_headers(headers, info, partial);
  } else {
    add_s3_headers(headers, info, call, partial);
  }
  add_user_metadata(headers, info.headers, call.dialect);
}

void add_content_range(http::HeaderBlock& headers, const ResolvedRange& range, std::uint64_t size) {
  std::array<char, 80> text{'b', 'y', 't', 'e', 's', ' '};
  char* end = text.data() + text.size();
  char* at = write_number(text.data() + 6, end, range.offset);
  *at++ = '-';
  at = write_number(at, end, range.offset + range.length - 1);
  *at++ = '/';
  at = write_number(at, end, size);
  headers.add("Content-Range",
              std::string_view(text.data(), static_cast<std::size_t>(at - text.data())));
}

}  // namespace lakeside::oss::wire
