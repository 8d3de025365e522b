// The documents that clients send.
#include <algorithm>

#include "base/encoding.h"
#include "base/xml.h"
#include "services/oss/wire/documents.h"

namespace lakeside::oss::wire {
namespace {

OssResult<XmlDocument> parse(std::string_view text, std::string_view root) {
  auto document = XmlDocument::parse(text);
  if (!document) return fail(Errc::kMalformedXml);
  if (document->root().name() != root) return fail(Errc::kMalformedXml);
  return std::move(*document);
}

// "abc", 'abc' as it stands: clients send ETags with and without quotes.
std::string_view unquoted(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

OssResult<std::vector<ObjectChecksum>> parse_part_checksums(const XmlElement& part) {
  std::vector<ObjectChecksum> checksums;
  for (auto algorithm :
       {ChecksumAlgorithm::kCrc32, ChecksumAlgorithm::kCrc32c, ChecksumAlgorithm::kCrc64Nvme,
        ChecksumAlgorithm::kSha1, ChecksumAlgorithm::kSha256}) {
    auto text = part.child_text("Checksum" + std::string(checksum_name(algorithm)));
    if (!text) continue;
    auto value = base64_decode(*text);
    if (!value) return fail(Errc::kMalformedXml);
    checksums.push_back({algorithm, std::move(*value), false});
  }
  return checksums;
}

}  // namespace

OssResult<DeleteManyRequest> parse_delete_many(std::string_view xml) {
  auto document = parse(xml, "Delete");
  if (!document) return std::unexpected(document.error());
  DeleteManyRequest request;
  for (const XmlElement& element : document->root().children()) {
    if (element.name() == "Quiet") {
      request.quiet = equals_ignore_case(trim(element.text()), "true");
    } else if (element.name() == "Object") {
      auto key = element.child_text("Key");
      if (!key || request.keys.size() == kMaxDeleteKeys) return fail(Errc::kMalformedXml);
      auto version = element.child_text("VersionId");
      if (version && !version->empty() && *version != "null") request.names_versions = true;
      request.keys.emplace_back(*key);
    }
  }
  if (request.keys.empty()) return fail(Errc::kMalformedXml);
  return request;
}

OssResult<std::vector<CompletePart>> parse_complete(std::string_view xml) {
  auto document = parse(xml, "CompleteMultipartUpload");
  if (!document) return std::unexpected(document.error());
  std::vector<CompletePart> parts;
  for (const XmlElement& element : document->root().children()) {
    if (element.name() != "Part") continue;
    auto number = element.child_text("PartNumber");
    auto etag = element.child_text("ETag");
    auto value = number ? parse_uint(trim(*number)) : std::nullopt;
    if (!value || !etag) return fail(Errc::kMalformedXml);
    if (*value < 1 || *value > kMaxPartNumber) {
      return fail(Errc::kInvalidArgument, "Part number must be an integer between 1 and 10000.");
    }
    if (parts.size() == kMaxPartNumber) return fail(Errc::kMalformedXml);
    auto checksums = parse_part_checksums(element);
    if (!checksums) return std::unexpected(checksums.error());
    parts.push_back(
        {static_cast<std::uint32_t>(*value), std::string(unquoted(*etag)), std::move(*checksums)});
  }
  if (parts.empty()) return fail(Errc::kMalformedXml);
  return parts;
}

OssResult<CreateBucketRequest> parse_create_bucket(std::string_view xml, Dialect dialect) {
  auto document = parse(xml, "CreateBucketConfiguration");
  if (!document) return std::unexpected(document.error());
  CreateBucketRequest request;
  for (const XmlElement& element : document->root().children()) {
    std::string_view text = trim(element.text());
    if (element.name() == "StorageClass") {
      request.storage_class = parse_storage_class(text, dialect);
      if (!request.storage_class) return fail(Errc::kInvalidStorageClass);
    } else if (element.name() == "LocationConstraint") {
      request.location_constraint = text;
    } else if (element.name() == "DataRedundancyType") {
      request.data_redundancy_type = text;
    } else {
      return fail(Errc::kNotImplemented,
                  "CreateBucketConfiguration: " + std::string(element.name().substr(0, 64)) +
                      " is not supported.");
    }
  }
  return request;
}

OssResult<PublicAccessBlock> parse_public_access_block(std::string_view xml, Dialect dialect) {
  auto document = parse(xml, "PublicAccessBlockConfiguration");
  if (!document) return std::unexpected(document.error());
  bool oss = false;
  PublicAccessBlock s3;
  const std::pair<std::string_view, bool*> switches[] = {
      {"BlockPublicAcls", &s3.block_acls},
      {"IgnorePublicAcls", &s3.ignore_acls},
      {"BlockPublicPolicy", &s3.block_policy},
      {"RestrictPublicBuckets", &s3.restrict_buckets},
      {"BlockPublicAccess", &oss},
  };
  for (const XmlElement& element : document->root().children()) {
    const auto* found = std::ranges::find_if(
        switches, [&](const auto& one) { return one.first == element.name(); });
    bool known =
        found != std::end(switches) && (found->second == &oss) == (dialect == Dialect::kOss);
    std::string_view text = trim(element.text());
    bool on = equals_ignore_case(text, "true");
    if (!known || (!on && !equals_ignore_case(text, "false"))) return fail(Errc::kMalformedXml);
    *found->second = on;
  }
  return dialect == Dialect::kOss ? PublicAccessBlock::oss(oss) : s3;
}

OssResult<Acl> parse_access_control_policy(std::string_view xml) {
  auto document = parse(xml, "AccessControlPolicy");
  if (!document) return std::unexpected(document.error());
  auto owner = document->root().child("Owner");
  auto owner_id = owner ? owner->child_text("ID") : std::nullopt;
  auto list = document->root().child("AccessControlList");
  if (!list) return fail(Errc::kMalformedXml);

  bool read = false;
  bool write = false;
  bool other = false;
  for (const XmlElement& grant : list->children()) {
    auto grantee = grant.child("Grantee");
    auto permission = grant.child_text("Permission");
    if (grant.name() != "Grant" || !grantee || !permission) return fail(Errc::kMalformedXml);
    auto uri = grantee->child_text("URI");
    if (uri == "http://acs.amazonaws.com/groups/global/AllUsers") {
      read |= permission == "READ";
      write |= permission == "WRITE";
      other |= permission != "READ" && permission != "WRITE";
    } else {
      other |= permission != "FULL_CONTROL" || !owner_id || grantee->child_text("ID") != owner_id;
    }
  }
  if (other || (write && !read)) {
    return fail(Errc::kNotImplemented,
                "Only grants that say the same as a canned ACL (private, public-read, "
                "public-read-write) are supported.");
  }
  if (write) return Acl::kPublicReadWrite;
  return read ? Acl::kPublicRead : Acl::kPrivate;
}

}  // namespace lakeside::oss::wire
