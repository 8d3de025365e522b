// The object domain: what both dialects do, in one place. Everything it acknowledges is
// durable; a crash leaves the old state or the new one.
//
// All methods are called on an executor and are safe from any number of coroutines and
// threads at once. Names are validated here (kInvalidBucketName, kInvalidObjectName,
// kKeyTooLong), so that no codec can forget to. References in arguments must live until the
// awaiting coroutine resumes. Authorisation is the pipeline's business, not this class's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/shared_text.h"
#include "base/stream.h"
#include "engines/blob.h"
#include "engines/kv.h"
#include "services/oss/core/errors.h"
#include "services/oss/core/types.h"

namespace lakeside::oss {

// ---- arguments and results -------------------------------------------------------------

// The data of a put, part or append.
struct Body {
  ByteSource& source;                     // its length, where known, is checked against limits
  std::optional<Md5Digest> expected_md5;  // Content-MD5; differs → kInvalidDigest, nothing stored
  // Called after the end of `source`: the S3 checksums that were verified on the way.
  std::function<std::vector<ObjectChecksum>()> checksums;
  // Called when `source` fails: what the dialect says of it (wrong checksum, bad chunk
  // signature). Empty: from_engine.
  std::function<OssError(Error)> explain;
};

struct PutOptions {
  ObjectHeaders headers;
  Acl acl = Acl::kDefault;
  StorageClass storage_class = StorageClass::kStandard;
  std::string owner;              // account of the writer
  bool forbid_overwrite = false;  // → kFileAlreadyExists
  Preconditions conditions;       // If-Match / If-None-Match on a write → kPreconditionFailed;
                                  // If-Match on a key that is absent → kNoSuchKey (as S3)
};

// The bytes of a request for `first`…`last` (inclusive) of an object, as a Range header gives
// them: either may be absent ("first-", "-suffix").
struct ByteRange {
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;  // without first: the length of the suffix
};
struct ResolvedRange {
  std::uint64_t offset;
  std::uint64_t length;
};
// Nothing where the range does not overlap an object of `size` bytes.
[[nodiscard]] std::optional<ResolvedRange> resolve(const ByteRange& range, std::uint64_t size);

enum class InvalidRangeIs { kWholeObject, kError };  // OSS's default and S3's behaviour

struct GetOptions {
  Preconditions conditions;  // → kNotModified, kPreconditionFailed
  std::optional<ByteRange> range;
  InvalidRangeIs invalid_range = InvalidRangeIs::kError;  // kError → kInvalidRange
};
struct ObjectData {
  std::shared_ptr<const ObjectInfo> info;
  std::optional<ResolvedRange> range;     // set when part of the object was asked for
  SharedText inline_data;                 // the bytes, when they were at hand
  std::unique_ptr<SegmentSource> stream;  // else where they come from
};

struct CopyOptions {
  bool replace_headers = false;     // metadata directive REPLACE: take put.headers
  Preconditions source_conditions;  // → kPreconditionFailed, kNotModified
  PutOptions put;
};

struct AppendResult {
  ObjectInfo info;
  std::uint64_t next_position;
};

struct ListOptions {
  std::string prefix;
  std::string delimiter;
  std::string after;  // only names > this (a key, or a common prefix: all of it is behind)
  std::uint32_t max_keys = 100;  // 0: an empty page
};
struct ListPage {
  struct Entry {  // what a listing shows; of a common prefix only `key` is set
    std::string_view key;
    bool is_prefix = false;
    std::uint64_t size = 0;
    Time modified;
    ETag etag;
    ObjectType type = ObjectType::kNormal;
    StorageClass storage_class = StorageClass::kStandard;
    std::string_view owner;
    std::vector<ChecksumAlgorithm> checksum_algorithms;
  };
  std::vector<Entry> entries;  // keys and common prefixes together, in order
  // What the names in `entries` point into.
  std::unique_ptr<std::pmr::monotonic_buffer_resource> names;
  bool truncated = false;
  std::string next_after;  // pass as `after` for the next page; set when truncated
};

struct Upload {
  std::string key;
  std::string upload_id;
  Time initiated;
  StorageClass storage_class = StorageClass::kStandard;
  std::string owner;
  std::optional<ChecksumAlgorithm> checksum_algorithm;
};
struct InitiateOptions {
  PutOptions put;
  std::optional<ChecksumAlgorithm> checksum_algorithm;
  bool checksum_composite = false;
};
struct Part {
  std::uint32_t number = 0;
  std::uint64_t size = 0;
  Time modified;
  Md5Digest etag{};
  std::uint64_t crc64 = 0;
  std::vector<ObjectChecksum> checksums;
};
struct PartsPage {
  Upload upload;
  std::vector<Part> parts;
  bool truncated = false;
  std::uint32_t next_part_number_marker = 0;
};
struct UploadsOptions {
  std::string prefix;
  std::string delimiter;
  std::string key_marker;
  std::string upload_id_marker;
  std::uint32_t max_uploads = 1000;
};
struct UploadsPage {
  std::vector<Upload> uploads;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_key_marker;
  std::string next_upload_id_marker;
};
struct CompletePart {
  std::uint32_t number = 0;
  std::string etag;                       // as the client wrote it, without quotes
  std::vector<ObjectChecksum> checksums;  // as given; each must match the stored part's
};
struct CompleteOptions {
  std::vector<CompletePart> parts;          // in ascending order → kInvalidPartOrder
  bool all_parts = false;                   // x-oss-complete-all: every uploaded part instead
  std::uint64_t min_part_size = 100 << 10;  // of all but the last → kEntityTooSmall (S3: 5 MiB)
  bool forbid_overwrite = false;
  Preconditions conditions;
  std::optional<Acl> acl;                          // overrides the one given at initiate
  std::vector<ObjectChecksum> expected_checksums;  // of the whole object → kBadDigest
};

// ---- the store -------------------------------------------------------------------------

struct StoreOptions {
  std::size_t inline_limit = 64 << 10;     // objects up to this size rest beside their record
  std::chrono::seconds garbage_grace{60};  // removed blobs stay readable this long
  // Memory for small objects that are read often. 0 where other processes change objects too.
  std::size_t object_cache_bytes = 0;
  // The one account that may have a bucket of that name; to others the name is taken.
  std::map<std::string, std::string> reserved_buckets = {};
};

class ObjectStore {
 public:
  // The engines, the pool (for hashing) and the clock outlive the store.
  [[nodiscard]] static std::unique_ptr<ObjectStore> create(engines::Kv& kv,
                                                           engines::BlobStore& blobs,
                                                           ThreadPool& pool, const Clock& clock,
                                                           StoreOptions options);
  virtual ~ObjectStore() = default;

  // Buckets.
  // kBucketAlreadyExists (another owner), kBucketAlreadyOwnedByYou, kTooManyBuckets.
  virtual Task<OssResult<Bucket>> create_bucket(const Bucket& wanted) = 0;
  virtual Task<OssStatus> delete_bucket(const std::string& name) = 0;          // kBucketNotEmpty
  virtual Task<OssResult<BucketPtr>> get_bucket(const std::string& name) = 0;  // cached
  virtual Task<OssStatus> set_bucket_acl(const std::string& name, Acl acl) = 0;
  // An empty document: none. Settings hold for every request that begins after the answer.
  virtual Task<OssStatus> set_bucket_policy(const std::string& name,
                                            const BucketPolicy& policy) = 0;
  virtual Task<OssStatus> set_public_access_block(
      const std::string& name, const std::optional<PublicAccessBlock>& block) = 0;
  // Of all buckets of an account, beside their own.
  virtual Task<OssStatus> set_account_block(const std::string& account,
                                            const PublicAccessBlock& block) = 0;
  virtual Task<OssResult<PublicAccessBlock>> account_block(const std::string& account) = 0;
  // In name order, names > after, that begin with prefix, owned by `owner`.
  virtual Task<OssResult<std::vector<Bucket>>> list_buckets(const std::string& owner,
                                                            const std::string& prefix,
                                                            const std::string& after,
                                                            std::uint32_t max) = 0;
  virtual Task<OssResult<BucketStat>> bucket_stat(const std::string& name) = 0;

  // Objects.
  virtual Task<OssResult<ObjectInfo>> put(const std::string& bucket, const std::string& key,
                                          const PutOptions& options, Body& body) = 0;
  virtual Task<OssResult<ObjectData>> get(const std::string& bucket, const std::string& key,
                                          const GetOptions& options) = 0;
  // As get, without data.
  virtual Task<OssResult<ObjectInfo>> head(const std::string& bucket, const std::string& key,
                                           const Preconditions& conditions) = 0;
  // Success also when there is no such key; kNoSuchBucket.
  virtual Task<OssStatus> remove(const std::string& bucket, const std::string& key) = 0;
  // One atomic commit for all; the same rules.
  virtual Task<OssStatus> remove_many(const std::string& bucket,
                                      const std::vector<std::string>& keys) = 0;
  virtual Task<OssResult<ObjectInfo>> copy(const std::string& source_bucket,
                                           const std::string& source_key, const std::string& bucket,
                                           const std::string& key, const CopyOptions& options) = 0;
  // kPositionNotEqualToLength (details: {"next-append-position", N}), kObjectNotAppendable.
  virtual Task<OssResult<AppendResult>> append(const std::string& bucket, const std::string& key,
                                               std::uint64_t position, const PutOptions& options,
                                               Body& body) = 0;
  virtual Task<OssStatus> set_object_acl(const std::string& bucket, const std::string& key,
                                         Acl acl) = 0;
  virtual Task<OssResult<ListPage>> list(const std::string& bucket, const ListOptions& options) = 0;

  // Multipart. An upload that does not exist (any more) → kNoSuchUpload.
  virtual Task<OssResult<Upload>> initiate(const std::string& bucket, const std::string& key,
                                           const InitiateOptions& options) = 0;
  virtual Task<OssResult<Part>> upload_part(const std::string& bucket, const std::string& key,
                                            const std::string& upload_id, std::uint32_t number,
                                            Body& body) = 0;
  virtual Task<OssResult<Part>> upload_part_copy(const std::string& bucket, const std::string& key,
                                                 const std::string& upload_id, std::uint32_t number,
                                                 const std::string& source_bucket,
                                                 const std::string& source_key,
                                                 const std::optional<ByteRange>& range,
                                                 const Preconditions& source_conditions) = 0;
  virtual Task<OssResult<PartsPage>> list_parts(const std::string& bucket, const std::string& key,
                                                const std::string& upload_id,
                                                std::uint32_t after_number,
                                                std::uint32_t max_parts) = 0;
  virtual Task<OssResult<UploadsPage>> list_uploads(const std::string& bucket,
                                                    const UploadsOptions& options) = 0;
  virtual Task<OssResult<ObjectInfo>> complete(const std::string& bucket, const std::string& key,
                                               const std::string& upload_id,
                                               const CompleteOptions& options) = 0;
  virtual Task<OssStatus> abort(const std::string& bucket, const std::string& key,
                                const std::string& upload_id) = 0;

  // Housekeeping, called now and then from a background executor; each call does a bounded
  // amount of work and says how many things it dealt with.
  virtual Task<Result<std::size_t>> collect_garbage() = 0;  // blobs of removed objects
  virtual Task<Result<std::size_t>> collect_orphans() = 0;  // blobs that a crash left unreferenced
  virtual Task<Result<std::size_t>> scrub() = 0;            // verifies some blobs; logs what is bad
  // Removes every bucket and object (POST /_lakeside/reset).
  virtual Task<Status> reset() = 0;
};

}  // namespace lakeside::oss
