// How each dialect writes the domain's enumerations and digests.
#include <array>
#include <utility>

#include "base/encoding.h"
#include "services/oss/wire/documents.h"

namespace lakeside::oss::wire {
namespace {

struct StorageName {
  StorageClass value;
  std::string_view oss;
  std::string_view s3;
};
constexpr std::array<StorageName, 5> kStorageNames = {{
    {StorageClass::kStandard, "Standard", "STANDARD"},
    {StorageClass::kIa, "IA", "STANDARD_IA"},
    {StorageClass::kArchive, "Archive", "GLACIER"},
    {StorageClass::kColdArchive, "ColdArchive", "DEEP_ARCHIVE"},
    // S3 has nothing below its deep archive.
    {StorageClass::kDeepColdArchive, "DeepColdArchive", "DEEP_ARCHIVE"},
}};

struct ChecksumName {
  ChecksumAlgorithm value;
  std::string_view name;
  std::string_view header;
};
constexpr std::array<ChecksumName, 5> kChecksumNames = {{
    {ChecksumAlgorithm::kCrc32, "CRC32", "x-amz-checksum-crc32"},
    {ChecksumAlgorithm::kCrc32c, "CRC32C", "x-amz-checksum-crc32c"},
    {ChecksumAlgorithm::kCrc64Nvme, "CRC64NVME", "x-amz-checksum-crc64nvme"},
    {ChecksumAlgorithm::kSha1, "SHA1", "x-amz-checksum-sha1"},
    {ChecksumAlgorithm::kSha256, "SHA256", "x-amz-checksum-sha256"},
}};

}  // namespace

std::string etag_text(const Md5Digest& md5, Dialect dialect) {
  return dialect == Dialect::kOss ? hex_upper(md5) : hex_lower(md5);
}

std::string etag_text(const ETag& etag, Dialect dialect) {
  std::string text = etag_text(dialect == Dialect::kOss ? etag.oss : etag.s3, dialect);
  if (etag.parts != 0) text += "-" + std::to_string(etag.parts);
  return text;
}

std::string_view acl_text(Acl acl) {
  switch (acl) {
    case Acl::kDefault:
      return "default";
    case Acl::kPrivate:
      return "private";
    case Acl::kPublicRead:
      return "public-read";
    case Acl::kPublicReadWrite:
      return "public-read-write";
  }
  return "private";
}

std::optional<Acl> parse_acl(std::string_view text) {
  for (Acl acl : {Acl::kDefault, Acl::kPrivate, Acl::kPublicRead, Acl::kPublicReadWrite}) {
    if (acl_text(acl) == text) return acl;
  }
  // S3's canned names for "the owner decides": with one account they say private.
  if (text == "bucket-owner-full-control" || text == "bucket-owner-read") return Acl::kPrivate;
  return std::nullopt;
}

std::string_view storage_class_text(StorageClass c, Dialect dialect) {
  for (const StorageName& name : kStorageNames) {
    if (name.value == c) return dialect == Dialect::kOss ? name.oss : name.s3;
  }
  return {};
}

std::optional<StorageClass> parse_storage_class(std::string_view text, Dialect dialect) {
  for (const StorageName& name : kStorageNames) {
    if ((dialect == Dialect::kOss ? name.oss : name.s3) == text) return name.value;
  }
  return std::nullopt;
}

std::string_view object_type_text(ObjectType type) {
  switch (type) {
    case ObjectType::kNormal:
      return "Normal";
    case ObjectType::kMultipart:
      return "Multipart";
    case ObjectType::kAppendable:
      return "Appendable";
  }
  return "Normal";
}

std::string_view checksum_name(ChecksumAlgorithm a) {
  return kChecksumNames[static_cast<std::size_t>(a)].name;
}

std::string_view checksum_header(ChecksumAlgorithm a) {
  return kChecksumNames[static_cast<std::size_t>(a)].header;
}

std::optional<ChecksumAlgorithm> parse_checksum_name(std::string_view text) {
  for (const ChecksumName& name : kChecksumNames) {
    if (equals_ignore_case(name.name, text)) return name.value;
  }
  return std::nullopt;
}

std::string encode_token(std::string_view next_after) {
  // Not empty even for an empty name, and never mistaken for percent-encoding.
  return "x" + hex_lower(as_bytes(next_after));
}

std::optional<std::string> decode_token(std::string_view token) {
  if (!token.starts_with('x')) return std::nullopt;
  return hex_decode(token.substr(1));
}

}  // namespace lakeside::oss::wire
