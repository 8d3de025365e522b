// What is kept of buckets, objects, uploads and parts, and its bytes at rest.
// docs/formats/oss-records.md shows every record byte by byte.
//
// Decoders take any bytes: kCorrupt for what no encoder wrote, kUnsupported for a newer version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "services/oss/core/types.h"

namespace lakeside::oss {

struct BucketRecord {
  Bucket bucket;            // the name is not in the record: it is the key
  std::uint64_t epoch = 0;  // counts the record's versions, so that none occurs twice
  friend bool operator==(const BucketRecord&, const BucketRecord&) = default;
};

// What an account has settled for all of its buckets.
struct AccountRecord {
  PublicAccessBlock public_access_block;
  friend bool operator==(const AccountRecord&, const AccountRecord&) = default;
};

// At '!' of a bucket's partition. All writes are guarded by it being open.
struct BucketState {
  bool deleting = false;
  std::uint64_t nonce = 0;  // of the deletion under way
  friend bool operator==(const BucketState&, const BucketState&) = default;
};

// A partition that is to be emptied: of a bucket that was deleted or never came to be.
struct SweepRecord {
  bool creating = false;  // the bucket may still come to be
  Time since;
  friend bool operator==(const SweepRecord&, const SweepRecord&) = default;
};

// A piece of an object's data: [offset, offset + length) of a blob of the bucket's group.
struct BlobSlice {
  std::string blob;  // the part of the blob's id behind the group
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  friend bool operator==(const BlobSlice&, const BlobSlice&) = default;
};

// An object's data is its slices, one after another, and then its tail.
struct ObjectRecord {
  ObjectInfo info;                // the key is not in the record
  std::vector<BlobSlice> slices;  // empty when in_manifest
  bool in_manifest = false;       // they are many, and rest under a key of their own
  std::uint64_t tail = 0;         // bytes under the data key
  std::uint64_t tail_crc64 = 0;   // of the tail; where there are no slices, it is info.crc64
  [[nodiscard]] bool has_slices() const { return in_manifest || !slices.empty(); }
  friend bool operator==(const ObjectRecord&, const ObjectRecord&) = default;
};
inline constexpr std::size_t kMaxSlicesInRecord = 16;

struct Manifest {
  std::vector<BlobSlice> slices;
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

struct UploadRecord {
  Time initiated;
  StorageClass storage_class = StorageClass::kStandard;
  Acl acl = Acl::kDefault;
  std::string owner;
  ObjectHeaders headers;
  std::optional<ChecksumAlgorithm> checksum_algorithm;
  bool checksum_composite = false;
  std::uint64_t completing = 0;  // who is completing it just now; 0: nobody
  friend bool operator==(const UploadRecord&, const UploadRecord&) = default;
};

struct PartRecord {
  std::uint64_t size = 0;
  Time modified;
  Md5Digest md5{};
  std::uint64_t crc64 = 0;
  std::vector<ObjectChecksum> checksums;
  std::string blob;  // empty for a part without bytes
  friend bool operator==(const PartRecord&, const PartRecord&) = default;
};

// What may be removed once the grace has passed: blobs, or all parts of an aborted upload.
struct GarbageRecord {
  std::vector<std::string> blobs;
  std::string upload_id;
  friend bool operator==(const GarbageRecord&, const GarbageRecord&) = default;
};

// What a listing shows of an object, without reading the rest of its record.
struct ListedObject {
  std::uint64_t size = 0;
  Time modified;
  ETag etag;
  ObjectType type = ObjectType::kNormal;
  StorageClass storage_class = StorageClass::kStandard;
  std::string_view owner;  // within the record
  std::vector<ChecksumAlgorithm> checksum_algorithms;
};

[[nodiscard]] std::string encode(const BucketRecord& record);
[[nodiscard]] std::string encode(const AccountRecord& record);
[[nodiscard]] std::string encode(const BucketState& record);
[[nodiscard]] std::string encode(const SweepRecord& record);
[[nodiscard]] std::string encode(const ObjectRecord& record);
[[nodiscard]] std::string encode(const Manifest& record);
[[nodiscard]] std::string encode(const UploadRecord& record);
[[nodiscard]] std::string encode(const PartRecord& record);
[[nodiscard]] std::string encode(const GarbageRecord& record);

[[nodiscard]] Result<BucketRecord> decode_bucket(std::string_view name, std::string_view record);
[[nodiscard]] Result<AccountRecord> decode_account(std::string_view record);
[[nodiscard]] Result<BucketState> decode_state(std::string_view record);
[[nodiscard]] Result<SweepRecord> decode_sweep(std::string_view record);
[[nodiscard]] Result<ObjectRecord> decode_object(std::string_view key, std::string_view record);
// Into what the caller has, because a listing reads a thousand of them.
[[nodiscard]] Status decode_listed(std::string_view record, ListedObject& object);
[[nodiscard]] Result<Manifest> decode_manifest(std::string_view record);
[[nodiscard]] Result<UploadRecord> decode_upload(std::string_view record);
[[nodiscard]] Result<PartRecord> decode_part(std::string_view record);
[[nodiscard]] Result<GarbageRecord> decode_garbage(std::string_view record);

// The value of a reference key: references carry nothing.
[[nodiscard]] inline std::string reference_value() { return "\x01"; }

}  // namespace lakeside::oss
