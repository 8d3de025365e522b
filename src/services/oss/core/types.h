// The nouns of object storage. No HTTP, no XML, no dialect.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"

namespace lakeside::ram::policy {
class CompiledPolicy;
}

namespace lakeside::oss {

inline constexpr std::size_t kMaxKeyBytes = 1023;           // both vendors: 1,023 / 1,024
inline constexpr std::uint64_t kMaxSinglePut = 5ULL << 30;  // 5 GiB
inline constexpr std::uint64_t kMaxPart = 5ULL << 30;
inline constexpr std::uint32_t kMaxPartNumber = 10000;
inline constexpr std::uint64_t kMaxObject = 53'660'000'000'000ULL;  // 48.8 TiB
inline constexpr std::uint64_t kMaxAppendable = 5ULL << 30;
inline constexpr std::size_t kMaxUserMetadata = 8 << 10;  // names and values together
inline constexpr std::size_t kMaxBucketsPerAccount = 1000;

enum class Acl { kDefault, kPrivate, kPublicRead, kPublicReadWrite };  // kDefault: objects only
[[nodiscard]] inline bool is_public(Acl acl) {
  return acl == Acl::kPublicRead || acl == Acl::kPublicReadWrite;
}
enum class StorageClass { kStandard, kIa, kArchive, kColdArchive, kDeepColdArchive };
enum class ObjectType { kNormal, kMultipart, kAppendable };

// The two vendors' languages for bucket policies; docs/identity.md.
enum class PolicyLanguage { kOss, kS3 };
struct BucketPolicy {
  std::string document;  // as it was written; empty: there is none
  PolicyLanguage language = PolicyLanguage::kOss;
  friend bool operator==(const BucketPolicy&, const BucketPolicy&) = default;
};

// What is open to everybody, and shall not be. OSS has one switch, which is all but the last; S3
// has four: all but ignore_policy.
struct PublicAccessBlock {
  bool block_acls = false;        // no ACL that is public may be set
  bool ignore_acls = false;       // public ACLs grant nothing
  bool block_policy = false;      // no policy that is public may be set
  bool ignore_policy = false;     // what a policy grants to everybody it grants to nobody
  bool restrict_buckets = false;  // a bucket whose policy is public is for its account alone

  [[nodiscard]] static PublicAccessBlock oss(bool on) { return {on, on, on, on, false}; }
  [[nodiscard]] PublicAccessBlock with(const PublicAccessBlock& other) const {
    return {block_acls || other.block_acls, ignore_acls || other.ignore_acls,
            block_policy || other.block_policy, ignore_policy || other.ignore_policy,
            restrict_buckets || other.restrict_buckets};
  }
  friend bool operator==(const PublicAccessBlock&, const PublicAccessBlock&) = default;
};

struct Bucket {
  std::string name;
  std::string id;     // never used again, even when the name is
  std::string owner;  // account id
  Time created;
  Acl acl = Acl::kPrivate;
  StorageClass storage_class = StorageClass::kStandard;
  BucketPolicy policy = {};
  std::optional<PublicAccessBlock> public_access_block = {};

  // Of what get_bucket returns; not in the record.
  std::shared_ptr<const ram::policy::CompiledPolicy> compiled_policy = {};  // null: none
  PublicAccessBlock blocked = {};  // the bucket's own and its account's together
  friend bool operator==(const Bucket&, const Bucket&) = default;
};

// Shared with the cache: every request asks for its bucket.
using BucketPtr = std::shared_ptr<const Bucket>;

struct BucketStat {
  std::uint64_t object_count = 0;
  std::uint64_t storage = 0;  // bytes of objects and of unfinished parts
  std::uint64_t multipart_upload_count = 0;
  std::uint64_t multipart_part_count = 0;
};

// The headers a writer attaches and a reader gets back, as given.
struct ObjectHeaders {
  std::string content_type;
  std::string cache_control;
  std::string content_disposition;
  std::string content_encoding;
  std::string content_language;
  std::string expires;
  std::vector<std::pair<std::string, std::string>> user;  // lower-case names without x-…-meta-
  friend bool operator==(const ObjectHeaders&, const ObjectHeaders&) = default;
};

enum class ChecksumAlgorithm { kCrc32, kCrc32c, kCrc64Nvme, kSha1, kSha256 };
struct ObjectChecksum {
  ChecksumAlgorithm algorithm;
  std::string value;       // raw bytes
  bool composite = false;  // of the parts' checksums rather than of the whole object
  friend bool operator==(const ObjectChecksum&, const ObjectChecksum&) = default;
};

// The dialects compute a multipart ETag differently (protocols.md §2); both are kept, and the
// codec shows its own. Of any other object the two are equal.
struct ETag {
  Md5Digest oss{};
  Md5Digest s3{};
  std::uint32_t parts = 0;  // 0: not multipart
  friend bool operator==(const ETag&, const ETag&) = default;
};

struct ObjectInfo {
  std::string key;
  std::uint64_t size = 0;
  Time modified;
  ETag etag;
  std::uint64_t crc64 = 0;  // CRC-64/XZ of the whole object
  ObjectType type = ObjectType::kNormal;
  StorageClass storage_class = StorageClass::kStandard;
  Acl acl = Acl::kDefault;
  std::string owner;
  ObjectHeaders headers;
  std::vector<ObjectChecksum> checksums;
  friend bool operator==(const ObjectInfo&, const ObjectInfo&) = default;
};

// Conditions on the current object. An entry is an ETag as the client wrote it, without
// quotes; "*" is any.
struct Preconditions {
  std::vector<std::string> if_match;
  std::vector<std::string> if_none_match;
  std::optional<Time> if_modified_since;
  std::optional<Time> if_unmodified_since;
};

}  // namespace lakeside::oss
