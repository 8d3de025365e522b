// The XML documents of both dialects: bytes ↔ structs, pure.
//
// OSS documents carry no xmlns (oss2 and alibabacloud-oss-v2 look for bare tags) and times as
// `…T…:….000Z`; S3 documents carry xmlns="http://s3.amazonaws.com/doc/2006-03-01/".
// protocols.md §2 "Responses SDKs depend on" lists what each SDK insists on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/oss/core/errors.h"
#include "services/oss/core/object_store.h"
#include "services/oss/core/types.h"
#include "services/oss/wire/dialect.h"

namespace lakeside::oss::wire {

inline constexpr std::size_t kMaxDocument = 2 << 20;  // what a request's XML body may weigh
inline constexpr std::size_t kMaxDeleteKeys = 1000;

// The ETag as the dialect shows it, without quotes: OSS in upper case hex, S3 in lower case,
// "-N" behind it for a multipart object.
[[nodiscard]] std::string etag_text(const ETag& etag, Dialect dialect);
[[nodiscard]] std::string etag_text(const Md5Digest& md5, Dialect dialect);

[[nodiscard]] std::string_view acl_text(Acl acl);                   // "public-read"
[[nodiscard]] std::optional<Acl> parse_acl(std::string_view text);  // OSS and S3 canned names
[[nodiscard]] std::string_view storage_class_text(StorageClass c,
                                                  Dialect dialect);  // "Standard", "STANDARD"
[[nodiscard]] std::optional<StorageClass> parse_storage_class(std::string_view text,
                                                              Dialect dialect);
[[nodiscard]] std::string_view object_type_text(ObjectType type);   // "Normal"
[[nodiscard]] std::string_view checksum_name(ChecksumAlgorithm a);  // "CRC32C"
[[nodiscard]] std::optional<ChecksumAlgorithm> parse_checksum_name(std::string_view text);
[[nodiscard]] std::string_view checksum_header(ChecksumAlgorithm a);  // "x-amz-checksum-crc32c"

// ---- answers ---------------------------------------------------------------------------

struct ServiceNames {             // what the bucket documents say of the place
  std::string region;             // "cn-hangzhou"; location is "oss-cn-hangzhou"
  std::string extranet_endpoint;  // configurable, see protocols.md
  std::string intranet_endpoint;
};

struct ListBucketsAnswer {
  std::string owner;
  std::string prefix, marker;
  std::uint32_t max_keys = 100;
  bool show_paging = false;  // OSS shows Prefix/Marker/… only when asked by parameters
  bool truncated = false;
  std::string next_marker;
  std::vector<Bucket> buckets;
};
[[nodiscard]] std::string list_buckets(const ListBucketsAnswer& answer, Dialect dialect,
                                       const ServiceNames& names);

struct ListObjectsAnswer {
  std::string bucket;
  std::string prefix, delimiter;
  std::uint32_t max_keys = 100;
  bool url_encoding = false;
  bool v2 = false;
  std::string marker;                             // V1
  std::optional<std::string> continuation_token;  // V2, as sent
  std::optional<std::string> start_after;         // V2
  bool fetch_owner = false;                       // V2; V1 always shows the owner
  bool echo_delimiter = false;                    // it was a parameter of the request
  const ListPage* page = nullptr;
};
// Hot: a page of 1,000 keys should take some 30 µs. NextMarker / NextContinuationToken come from
// page->next_after; tokens are hex of it, because clients url-decode them.
[[nodiscard]] std::string list_objects(const ListObjectsAnswer& answer, Dialect dialect);
[[nodiscard]] std::string encode_token(std::string_view next_after);
[[nodiscard]] std::optional<std::string> decode_token(std::string_view token);

[[nodiscard]] std::string bucket_info(const Bucket& bucket, const ServiceNames& names);  // OSS
[[nodiscard]] std::string bucket_location(const Bucket& bucket, Dialect dialect,
                                          const ServiceNames& names);
[[nodiscard]] std::string bucket_stat(const BucketStat& stat);  // OSS
[[nodiscard]] std::string access_control(Acl acl, std::string_view owner, Dialect dialect);

[[nodiscard]] std::string policy_status(bool is_public, Dialect dialect);
[[nodiscard]] std::string public_access_block(const PublicAccessBlock& block, Dialect dialect);

[[nodiscard]] std::string initiate_result(std::string_view bucket, const Upload& upload,
                                          bool url_encoding, Dialect dialect);
[[nodiscard]] std::string complete_result(std::string_view bucket, std::string_view location,
                                          const ObjectInfo& object, bool url_encoding,
                                          Dialect dialect);
[[nodiscard]] std::string copy_object_result(const ObjectInfo& object, Dialect dialect);
[[nodiscard]] std::string copy_part_result(const Part& part, Dialect dialect);

struct ListPartsAnswer {
  std::string bucket;
  std::uint32_t after_number = 0, max_parts = 1000;
  bool url_encoding = false;
  const PartsPage* page = nullptr;
};
[[nodiscard]] std::string list_parts(const ListPartsAnswer& answer, Dialect dialect);

struct ListUploadsAnswer {
  std::string bucket;
  UploadsOptions asked;
  bool url_encoding = false;
  const UploadsPage* page = nullptr;
};
[[nodiscard]] std::string list_uploads(const ListUploadsAnswer& answer, Dialect dialect);

struct DeleteManyAnswer {
  std::vector<std::string> deleted;
  struct Failed {
    std::string key, code, message;
  };
  std::vector<Failed> failed;
  bool url_encoding = false;
};
[[nodiscard]] std::string delete_result(const DeleteManyAnswer& answer, Dialect dialect);

// ---- requests --------------------------------------------------------------------------
// All: kMalformedXml for what is not the document expected.

struct DeleteManyRequest {
  bool quiet = false;
  std::vector<std::string> keys;
  bool names_versions = false;  // a VersionId other than "null" was given: not supported yet
};
[[nodiscard]] OssResult<DeleteManyRequest> parse_delete_many(std::string_view xml);
// ETags come without their quotes. More than 10,000 parts → kMalformedXml.
[[nodiscard]] OssResult<std::vector<CompletePart>> parse_complete(std::string_view xml);
struct CreateBucketRequest {
  std::optional<StorageClass> storage_class;
  std::string location_constraint;   // S3
  std::string data_redundancy_type;  // OSS: LRS, ZRS
};
[[nodiscard]] OssResult<CreateBucketRequest> parse_create_bucket(std::string_view xml,
                                                                 Dialect dialect);
// OSS: BlockPublicAccess; S3: its four switches. What is not there is off.
[[nodiscard]] OssResult<PublicAccessBlock> parse_public_access_block(std::string_view xml,
                                                                     Dialect dialect);
// S3's AccessControlPolicy documents that say the same as a canned ACL; others → kNotImplemented.
[[nodiscard]] OssResult<Acl> parse_access_control_policy(std::string_view xml);

}  // namespace lakeside::oss::wire
