// The keys of the object store's records. docs/formats/oss-records.md shows them with examples.
//
// Partition "buckets":            'b' name → BucketRecord;   'x' id → SweepRecord
//                                 'a' account → AccountRecord
// A bucket's partition (its id):  '!' → state of the bucket
//                                 'o' key → ObjectRecord      'd' key → inline data
//                                 'm' key → Manifest
//                                 'u' key id → UploadRecord   'p' id number → PartRecord
//                                 'r' blob → reference        'g' time unique → GarbageRecord
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "engines/blob.h"
#include "engines/kv.h"

namespace lakeside::oss::keys {

inline constexpr char kAccountKind = 'a';
inline constexpr char kBucketKind = 'b';
inline constexpr char kSweepKind = 'x';
inline constexpr char kObjectKind = 'o';
inline constexpr char kDataKind = 'd';
inline constexpr char kManifestKind = 'm';
inline constexpr char kUploadKind = 'u';
inline constexpr char kPartKind = 'p';
inline constexpr char kReferenceKind = 'r';
inline constexpr char kGarbageKind = 'g';

inline constexpr std::size_t kUploadIdBytes = 32;

// The partition that lists all buckets.
[[nodiscard]] const engines::Partition& buckets_partition();

[[nodiscard]] std::string account(std::string_view id);
[[nodiscard]] std::string bucket(std::string_view name);
[[nodiscard]] std::string sweep(std::string_view bucket_id);

[[nodiscard]] inline std::string state() { return "!"; }
[[nodiscard]] std::string object(std::string_view key);
[[nodiscard]] std::string data(std::string_view key);
[[nodiscard]] std::string manifest(std::string_view key);

// Uploads are ordered by object key, then by id. An object key may contain any byte, so NUL is
// written as 00 FF and the key ends with 00 01: this keeps the order and leaves no doubt where
// the id begins.
[[nodiscard]] std::string upload(std::string_view key, std::string_view upload_id);
[[nodiscard]] std::string uploads_from_prefix(std::string_view key_prefix);  // first key >= these
[[nodiscard]] std::string uploads_after_key(std::string_view key);           // past all of its ids
struct UploadName {
  std::string key;
  std::string_view upload_id;  // within the parsed key
};
[[nodiscard]] std::optional<UploadName> parse_upload(std::string_view record_key);

[[nodiscard]] std::string part(std::string_view upload_id, std::uint32_t number);
[[nodiscard]] std::string parts_of(std::string_view upload_id);  // what all its parts begin with
[[nodiscard]] std::optional<std::uint32_t> parse_part_number(std::string_view record_key);

// A blob's group is the bucket's partition, so that its records need only the rest of its id.
[[nodiscard]] std::string reference(std::string_view blob_name);
[[nodiscard]] std::string_view parse_reference(std::string_view record_key);
[[nodiscard]] engines::BlobId blob_id(std::string_view bucket_id, std::string_view blob_name);
[[nodiscard]] std::string_view blob_name(const engines::BlobId& id);

// `unique` keeps apart what became garbage in the same microsecond.
[[nodiscard]] std::string garbage(Time time, std::string_view unique);
[[nodiscard]] std::optional<Time> parse_garbage_time(std::string_view record_key);

// The smallest string above all that begin with `prefix`; empty if there is none.
[[nodiscard]] std::string after_prefix(std::string_view prefix);

}  // namespace lakeside::oss::keys
