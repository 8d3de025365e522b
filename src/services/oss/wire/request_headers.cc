#include "services/oss/wire/request_headers.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/encoding.h"

namespace lakeside::oss::wire {
namespace {

// Headers that ask for what is not there yet. A name that ends in '*' is a prefix; a value after
// '=' is one that asks for nothing.
constexpr std::string_view kUnsupportedOss[] = {
    "x-oss-bucket-tagging", "x-oss-bypass-governance-retention",
    "x-oss-callback*",      "x-oss-hns-status",
    "x-oss-object-worm-*",  "x-oss-process",
    "x-oss-request-payer",  "x-oss-resource-group-id",
    "x-oss-server-side-*",  "x-oss-symlink-target",
    "x-oss-tagging",        "x-oss-tagging-directive=copy",
    "x-oss-traffic-limit"};
constexpr std::string_view kUnsupportedS3[] = {"x-amz-bucket-namespace",
                                               "x-amz-bucket-object-lock-enabled=false",
                                               "x-amz-bypass-governance-retention",
                                               "x-amz-copy-source-server-side-encryption-*",
                                               "x-amz-grant-*",
                                               "x-amz-if-match-*",
                                               "x-amz-mfa",
                                               "x-amz-mp-object-size",
                                               "x-amz-object-annotation-directive",
                                               "x-amz-object-lock-*",
                                               "x-amz-object-ownership",
                                               "x-amz-request-payer",
                                               "x-amz-server-side-encryption*",
                                               "x-amz-tagging",
                                               "x-amz-tagging-directive=copy",
                                               "x-amz-website-redirect-location",
                                               "x-amz-write-offset-bytes"};

bool starts_with_ignore_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && equals_ignore_case(text.substr(0, start.size()), start);
}

bool asks_for(std::string_view rule, const http::Header& header) {
  if (rule.ends_with('*')) {
    return starts_with_ignore_case(header.name, rule.substr(0, rule.size() - 1));
  }
  std::size_t equals = rule.find('=');
  if (!equals_ignore_case(header.name, rule.substr(0, equals))) return false;
  return equals == std::string_view::npos ||
         !equals_ignore_case(header.value, rule.substr(equals + 1));
}

std::string_view vendor_prefix(Dialect dialect) {
  return dialect == Dialect::kOss ? "x-oss-" : "x-amz-";
}

void add_user_metadata(ObjectHeaders& headers, std::string_view name, std::string_view value) {
  std::string lower = to_lower_ascii(name);
  auto same = std::ranges::find(headers.user, lower, &std::pair<std::string, std::string>::first);
  if (same == headers.user.end()) {
    headers.user.emplace_back(std::move(lower), value);
  } else {
    same->second += ',';
    same->second += value;
  }
}

// The transfer's own coding is not the object's: "aws-chunked,gzip" stores "gzip".
std::string without_aws_chunked(std::string_view codings) {
  std::string kept;
  while (!codings.empty()) {
    std::string_view coding = codings.substr(0, codings.find(','));
    codings.remove_prefix(std::min(coding.size() + 1, codings.size()));
    coding = trim(coding);
    if (coding.empty() || equals_ignore_case(coding, "aws-chunked")) continue;
    if (!kept.empty()) kept += ',';
    kept += coding;
  }
  return kept;
}

std::optional<Time> read_date(std::optional<std::string_view> text) {
  return text ? parse_http_date(*text) : std::nullopt;
}

// One of "first-last", "first-", "-suffix".
std::optional<ByteRange> parse_one_range(std::string_view text) {
  std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::string_view first = trim(text.substr(0, dash));
  std::string_view last = trim(text.substr(dash + 1));
  ByteRange range;
  if (!first.empty()) {
    range.first = parse_uint(first);
    if (!range.first) return std::nullopt;
  }
  if (!last.empty()) {
    range.last = parse_uint(last);
    if (!range.last) return std::nullopt;
  }
  if (!range.first && !range.last) return std::nullopt;
  if (range.first && range.last && *range.last < *range.first) return std::nullopt;
  return range;
}

std::unexpected<OssError> bad_copy_source(std::string_view text) {
  return invalid_argument("The copy source must name a bucket and a key.", "x-oss-copy-source",
                          text);
}

}  // namespace

std::unexpected<OssError> invalid_argument(std::string message, std::string_view name,
                                           std::string_view value) {
  OssError error{Errc::kInvalidArgument, std::move(message), {}, {}};
  error.details.emplace_back("ArgumentName", name);
  error.details.emplace_back("ArgumentValue", value);
  return std::unexpected(std::move(error));
}

std::optional<std::string_view> argument(const OssCall& call, std::string_view name) {
  if (auto header = call.head().header(name)) return header;
  if (call.dialect != Dialect::kS3 || call.head().query.empty()) return std::nullopt;
  const http::QueryParam* param = call.head().param(name);
  if (param == nullptr) return std::nullopt;
  return param->value;
}

std::optional<std::string_view> vendor_argument(const OssCall& call, std::string_view name) {
  std::array<char, 64> full;
  std::string_view prefix = vendor_prefix(call.dialect);
  std::memcpy(full.data(), prefix.data(), prefix.size());
  std::memcpy(full.data() + prefix.size(), name.data(), name.size());
  return argument(call, {full.data(), prefix.size() + name.size()});
}

OssStatus check_headers(const OssCall& call) {
  std::span<const std::string_view> rules = kUnsupportedOss;
  if (call.dialect == Dialect::kS3) rules = kUnsupportedS3;
  std::string_view prefix = vendor_prefix(call.dialect);
  for (const http::Header& header : call.head().headers) {
    if (!starts_with_ignore_case(header.name, prefix)) continue;
    for (std::string_view rule : rules) {
      if (!asks_for(rule, header)) continue;
      OssError error{Errc::kNotImplemented, {}, {{"Header", std::string(header.name)}}, {}};
      return std::unexpected(std::move(error));
    }
  }
  return {};
}

ObjectHeaders object_headers(const OssCall& call) {
  ObjectHeaders out;
  std::string_view vendor = vendor_prefix(call.dialect);
  for (const http::Header& header : call.head().headers) {
    if (starts_with_ignore_case(header.name, vendor)) {
      std::string_view rest = header.name.substr(vendor.size());
      if (rest.size() > 5 && starts_with_ignore_case(rest, "meta-")) {
        add_user_metadata(out, rest.substr(5), header.value);
      }
    } else if (equals_ignore_case(header.name, "Content-Type")) {
      out.content_type = header.value;
    } else if (equals_ignore_case(header.name, "Cache-Control")) {
      out.cache_control = header.value;
    } else if (equals_ignore_case(header.name, "Content-Disposition")) {
      out.content_disposition = header.value;
    } else if (equals_ignore_case(header.name, "Content-Encoding")) {
      out.content_encoding = without_aws_chunked(header.value);
    } else if (equals_ignore_case(header.name, "Content-Language")) {
      out.content_language = header.value;
    } else if (equals_ignore_case(header.name, "Expires")) {
      out.expires = header.value;
    }
  }
  if (call.dialect == Dialect::kS3) {
    for (const http::QueryParam& param : call.head().query) {
      if (param.name.size() > 11 && param.name.starts_with("x-amz-meta-")) {
        add_user_metadata(out, std::string_view(param.name).substr(11), param.value);
      }
    }
  }
  return out;
}

OssResult<std::optional<Acl>> acl_argument(const OssCall& call, std::string_view oss_name) {
  std::string_view name = call.dialect == Dialect::kOss ? oss_name : "acl";
  auto text = vendor_argument(call, name);
  if (!text) return std::nullopt;
  auto acl = parse_acl(*text);
  if (acl) return acl;
  std::string full = std::string(vendor_prefix(call.dialect)) + std::string(name);
  if (*text == "authenticated-read" || *text == "aws-exec-read" || *text == "log-delivery-write") {
    return fail(Errc::kNotImplemented, "The ACL " + std::string(*text) + " is not implemented.");
  }
  return invalid_argument(
      call.dialect == Dialect::kOss ? "no such bucket access control exists" : "", full, *text);
}

OssResult<StorageClass> storage_class_argument(const OssCall& call) {
  auto text = vendor_argument(call, "storage-class");
  if (!text) return StorageClass::kStandard;
  auto parsed = parse_storage_class(*text, call.dialect);
  if (!parsed) return fail(Errc::kInvalidStorageClass);
  // The others must be restored before they are read, which is not implemented.
  if (*parsed != StorageClass::kStandard && *parsed != StorageClass::kIa) {
    return fail(Errc::kNotImplemented,
                "The storage class " + std::string(*text) + " is not implemented.");
  }
  return *parsed;
}

bool forbid_overwrite(const OssCall& call) {
  if (call.dialect != Dialect::kOss) return false;
  auto text = call.head().header("x-oss-forbid-overwrite");
  return text && equals_ignore_case(*text, "true");
}

std::string_view unquote(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.starts_with('"')) etag.remove_prefix(1);
  if (etag.ends_with('"')) etag.remove_suffix(1);
  return etag;
}

std::vector<std::string> parse_etags(std::string_view text) {
  std::vector<std::string> etags;
  while (!text.empty()) {
    std::string_view one = text.substr(0, text.find(','));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    one = unquote(trim(one));
    if (!one.empty()) etags.emplace_back(one);
  }
  return etags;
}

OssResult<Preconditions> write_conditions(const OssCall& call) {
  // No OSS write has conditions; ali-oss sends those of reads with a copy all the same, and the
  // Go SDK with the start of an upload.
  if (call.dialect == Dialect::kOss) return Preconditions{};
  Preconditions out = preconditions(call.head());
  bool unknown = out.if_modified_since || out.if_unmodified_since ||
                 (!out.if_none_match.empty() && out.if_none_match.front() != "*");
  if (unknown) return fail(Errc::kNotImplemented);
  return out;
}

OssStatus refuse_conditions(const OssCall& call) {
  if (call.dialect != Dialect::kOss) return {};
  Preconditions sent = preconditions(call.head());
  bool any = !sent.if_match.empty() || !sent.if_none_match.empty() || sent.if_modified_since ||
             sent.if_unmodified_since;
  if (any) return fail(Errc::kNotImplemented);
  return {};
}

Preconditions preconditions(const http::RequestHead& head, std::string_view prefix) {
  Preconditions out;
  for (const http::Header& header : head.headers) {
    if (!starts_with_ignore_case(header.name, prefix)) continue;
    std::string_view name = header.name.substr(prefix.size());
    if (!starts_with_ignore_case(name, "if-")) continue;
    if (equals_ignore_case(name, "If-Match")) {
      out.if_match = parse_etags(header.value);
    } else if (equals_ignore_case(name, "If-None-Match")) {
      out.if_none_match = parse_etags(header.value);
    } else if (equals_ignore_case(name, "If-Modified-Since")) {
      out.if_modified_since = read_date(header.value);
    } else if (equals_ignore_case(name, "If-Unmodified-Since")) {
      out.if_unmodified_since = read_date(header.value);
    }
  }
  return out;
}

std::optional<ByteRange> parse_range(std::string_view text, Dialect dialect) {
  text = trim(text);
  if (!starts_with_ignore_case(text, "bytes=")) return std::nullopt;
  text.remove_prefix(6);
  std::size_t comma = text.find(',');
  if (comma != std::string_view::npos) {
    if (dialect == Dialect::kS3) return std::nullopt;
    text = text.substr(0, comma);
  }
  return parse_one_range(text);
}

OssResult<ops::ObjectName> parse_copy_source(std::string_view text) {
  std::string_view raw = text;
  std::size_t version = raw.rfind("?versionId=");
  if (version != std::string_view::npos) {
    std::string_view id = raw.substr(version + 11);
    if (!id.empty() && id != "null") {
      return fail(Errc::kNotImplemented, "The parameter versionId is not implemented.");
    }
    raw = raw.substr(0, version);
  }
  if (raw.starts_with('/')) raw.remove_prefix(1);
  ops::ObjectName name;
  std::optional<std::string> decoded;
  std::size_t slash = raw.find('/');
  if (slash != std::string_view::npos) {
    // ali-oss writes the slashes of the key as %2F: the first raw one ends the bucket.
    auto bucket = percent_decode(raw.substr(0, slash));
    decoded = percent_decode(raw.substr(slash + 1));
    if (!bucket || !decoded) return bad_copy_source(text);
    name.bucket = std::move(*bucket);
    name.key = std::move(*decoded);
  } else {
    // Encoded as a whole.
    decoded = percent_decode(raw);
    if (!decoded) return bad_copy_source(text);
    std::string_view plain = *decoded;
    if (plain.starts_with('/')) plain.remove_prefix(1);
    slash = plain.find('/');
    if (slash == std::string_view::npos) return bad_copy_source(text);
    name.bucket = plain.substr(0, slash);
    name.key = plain.substr(slash + 1);
  }
  if (name.bucket.empty() || name.key.empty()) return bad_copy_source(text);
  return name;
}

OssResult<ops::ObjectName> copy_source(const OssCall& call) {
  return parse_copy_source(vendor_argument(call, "copy-source").value_or(""));
}

OssResult<std::optional<Md5Digest>> content_md5(const http::RequestHead& head) {
  auto text = head.header("Content-MD5");
  if (!text || text->empty()) return std::nullopt;
  auto raw = base64_decode(*text);
  Md5Digest digest{};
  if (!raw || raw->size() != digest.size()) {
    return std::unexpected(
        OssError{Errc::kInvalidDigest, {}, {{"Content-MD5", std::string(*text)}}, {}});
  }
  std::memcpy(digest.data(), raw->data(), digest.size());
  return digest;
}

OssResult<std::vector<ObjectChecksum>> object_checksums(const OssCall& call) {
  std::vector<ObjectChecksum> out;
  for (auto algorithm :
       {ChecksumAlgorithm::kCrc32, ChecksumAlgorithm::kCrc32c, ChecksumAlgorithm::kCrc64Nvme,
        ChecksumAlgorithm::kSha1, ChecksumAlgorithm::kSha256}) {
    auto text = call.head().header(checksum_header(algorithm));
    if (!text) continue;
    // A composite value ends in "-N"; base64 has no hyphen.
    std::string_view value = text->substr(0, text->find('-'));
    auto raw = base64_decode(value);
    if (!raw) {
      return fail(Errc::kInvalidRequest,
                  "Value for " + std::string(checksum_header(algorithm)) + " header is invalid.");
    }
    out.push_back({algorithm, std::move(*raw), value.size() != text->size()});
  }
  return out;
}

OssResult<std::uint32_t> number_param(const OssCall& call, std::string_view name,
                                      std::uint32_t fallback, std::uint32_t least,
                                      std::uint32_t most) {
  const http::QueryParam* param = call.head().param(name);
  if (param == nullptr || param->value.empty()) return fallback;
  auto value = parse_uint(param->value);
  if (value && call.dialect == Dialect::kS3) value = std::min<std::uint64_t>(*value, most);
  if (!value || *value < least || *value > most) {
    return invalid_argument("Argument " + std::string(name) + " must be an integer between " +
                                std::to_string(least) + " and " + std::to_string(most) + ".",
                            name, param->value);
  }
  return static_cast<std::uint32_t>(*value);
}

std::string text_param(const http::RequestHead& head, std::string_view name) {
  const http::QueryParam* param = head.param(name);
  return param == nullptr ? std::string() : param->value;
}

OssResult<bool> url_encoding(const http::RequestHead& head) {
  const http::QueryParam* param = head.param("encoding-type");
  if (param == nullptr || param->value.empty()) return false;
  if (param->value == "url") return true;
  return invalid_argument("Invalid Encoding Method specified in Request", "encoding-type",
                          param->value);
}

}  // namespace lakeside::oss::wire
