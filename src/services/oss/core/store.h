// The object store over kv.h and blob.h. One class, because its operations share their state;
// its methods stand in one file per family: buckets.cc, put.cc, get.cc, list.cc, …
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/oss/core/blob_pins.h"
#include "services/oss/core/bucket_cache.h"
#include "services/oss/core/ingest.h"
#include "services/oss/core/key_locks.h"
#include "services/oss/core/object_cache.h"
#include "services/oss/core/object_store.h"
#include "services/oss/core/records.h"

namespace lakeside::oss {

// An object as a writer finds it.
struct Current {
  std::optional<std::string> bytes;    // of its record; nothing: there is no such object
  std::optional<ObjectRecord> record;  // with all slices; nothing also when it cannot be read
  [[nodiscard]] bool exists() const { return bytes.has_value(); }
  [[nodiscard]] const ObjectInfo* info() const { return record ? &record->info : nullptr; }
};

// What a writer puts in an object's place.
struct Replacement {
  ObjectRecord& record;                      // its slices whole; in_manifest is set here
  const std::string* data = nullptr;         // the tail's bytes; null: they stay as they are
  std::span<const std::string> blobs_added;  // not referenced before
};

class Store final : public ObjectStore {
 public:
  Store(engines::Kv& kv, engines::BlobStore& blobs, ThreadPool& pool, const Clock& clock,
        StoreOptions options);

  Task<OssResult<Bucket>> create_bucket(const Bucket& wanted) override;
  Task<OssStatus> delete_bucket(const std::string& name) override;
  Task<OssResult<BucketPtr>> get_bucket(const std::string& name) override;
  Task<OssStatus> set_bucket_acl(const std::string& name, Acl acl) override;
  Task<OssStatus> set_bucket_policy(const std::string& name, const BucketPolicy& policy) override;
  Task<OssStatus> set_public_access_block(const std::string& name,
                                          const std::optional<PublicAccessBlock>& block) override;
  Task<OssStatus> set_account_block(const std::string& account,
                                    const PublicAccessBlock& block) override;
  Task<OssResult<PublicAccessBlock>> account_block(const std::string& account) override;
  Task<OssResult<std::vector<Bucket>>> list_buckets(const std::string& owner,
                                                    const std::string& prefix,
                                                    const std::string& after,
                                                    std::uint32_t max) override;
  Task<OssResult<BucketStat>> bucket_stat(const std::string& name) override;

  Task<OssResult<ObjectInfo>> put(const std::string& bucket, const std::string& key,
                                  const PutOptions& options, Body& body) override;
  Task<OssResult<ObjectData>> get(const std::string& bucket, const std::string& key,
                                  const GetOptions& options) override;
  Task<OssResult<ObjectInfo>> head(const std::string& bucket, const std::string& key,
                                   const Preconditions& conditions) override;
  Task<OssStatus> remove(const std::string& bucket, const std::string& key) override;
  Task<OssStatus> remove_many(const std::string& bucket,
                              const std::vector<std::string>& keys) override;
  Task<OssResult<ObjectInfo>> copy(const std::string& source_bucket, const std::string& source_key,
                                   const std::string& bucket, const std::string& key,
                                   const CopyOptions& options) override;
  Task<OssResult<AppendResult>> append(const std::string& bucket, const std::string& key,
                                       std::uint64_t position, const PutOptions& options,
                                       Body& body) override;
  Task<OssStatus> set_object_acl(const std::string& bucket, const std::string& key,
                                 Acl acl) override;
  Task<OssResult<ListPage>> list(const std::string& bucket, const ListOptions& options) override;

  Task<OssResult<Upload>> initiate(const std::string& bucket, const std::string& key,
                                   const InitiateOptions& options) override;
  Task<OssResult<Part>> upload_part(const std::string& bucket, const std::string& key,
                                    const std::string& upload_id, std::uint32_t number,
                                    Body& body) override;
  Task<OssResult<Part>> upload_part_copy(const std::string& bucket, const std::string& key,
                                         const std::string& upload_id, std::uint32_t number,
                                         const std::string& source_bucket,
                                         const std::string& source_key,
                                         const std::optional<ByteRange>& range,
                                         const Preconditions& source_conditions) override;
  Task<OssResult<PartsPage>> list_parts(const std::string& bucket, const std::string& key,
                                        const std::string& upload_id, std::uint32_t after_number,
                                        std::uint32_t max_parts) override;
  Task<OssResult<UploadsPage>> list_uploads(const std::string& bucket,
                                            const UploadsOptions& options) override;
  Task<OssResult<ObjectInfo>> complete(const std::string& bucket, const std::string& key,
                                       const std::string& upload_id,
                                       const CompleteOptions& options) override;
  Task<OssStatus> abort(const std::string& bucket, const std::string& key,
                        const std::string& upload_id) override;

  Task<Result<std::size_t>> collect_garbage() override;
  Task<Result<std::size_t>> collect_orphans() override;
  Task<Result<std::size_t>> scrub() override;
  Task<Status> reset() override;

 private:
  // How often a write is tried anew when another process was faster.
  static constexpr int kMaxAttempts = 64;

  // ---- buckets.cc ----
  Task<OssResult<BucketRef>> open_bucket(const std::string& name);  // checks the name; cached
  Task<OssResult<BucketRef>> load_bucket(const std::string& name);  // from the engine
  Task<OssResult<std::size_t>> count_buckets(const std::string& owner);
  // Puts `bucket` in the place of the record as it is in `entry`, with the next epoch: false if it
  // had changed.
  Task<OssResult<bool>> rewrite(const BucketEntry& entry, const Bucket& bucket);
  // The same until nobody comes between.
  Task<OssStatus> change_bucket(const std::string& name, std::function<void(Bucket&)> change);
  Task<OssResult<bool>> is_empty(const BucketEntry& bucket);
  // One try of delete_bucket: false if someone came between.
  Task<OssResult<bool>> try_delete(const BucketEntry& bucket);
  // Back from "deleting" with `nonce`. kNoSuchBucket when the bucket is gone.
  Task<OssStatus> reopen(const BucketEntry& bucket, std::uint64_t nonce);
  // After a guard failed: the bucket is open (again), or kNoSuchBucket.
  Task<OssStatus> ensure_open(const BucketEntry& bucket);
  // After a key was not found: is the bucket there at all? kNoSuchBucket.
  Task<OssStatus> ensure_exists(const BucketEntry& bucket);

  // ---- write.cc ----
  Task<OssResult<Current>> read_current(const BucketEntry& bucket, const std::string& key);
  // Fills in the slices that are in a manifest.
  Task<OssStatus> load_manifest(const BucketEntry& bucket, const std::string& key,
                                ObjectRecord& record);
  // True if the batch was applied, false if it has to be made anew. `uncertain` is set where
  // the engine does not say whether it was: what the batch refers to must then stay.
  Task<OssResult<bool>> commit(const BucketEntry& bucket, const engines::Batch& batch,
                               bool* uncertain = nullptr);
  // Conditions and forbid_overwrite of a write.
  [[nodiscard]] OssStatus may_write(const Current& current, bool forbid_overwrite,
                                    const Preconditions& conditions) const;
  // Puts `record` in the key's place, trying until nobody comes between.
  Task<OssResult<ObjectInfo>> store_object(const BucketEntry& bucket, const std::string& key,
                                           const PutOptions& options, ObjectRecord record,
                                           const std::string& data, std::string blob_added);
  void begin(engines::Batch& batch) const;  // the guard of the bucket's state
  void replace(engines::Batch& batch, const std::string& key, const Current& current,
               const Replacement& replacement) const;
  void erase(engines::Batch& batch, const std::string& key, const Current& current) const;
  void discard(engines::Batch& batch, std::vector<std::string> blobs) const;
  // Removes a blob that was written for a change which is not made after all.
  Task<void> drop(const BucketEntry& bucket, std::string blob);
  [[nodiscard]] KeyLocks::Acquire lock(const BucketEntry& bucket, std::string_view key) {
    return locks_.acquire(KeyLocks::slot_of(bucket.id(), key));
  }

  // ---- put.cc ----
  Task<OssResult<ObjectInfo>> put_body(const BucketEntry& bucket, const std::string& key,
                                       const PutOptions& options, Body& body,
                                       std::optional<std::uint64_t> expected_crc64);

  // ---- get.cc ----
  // From the cache, else from the engine. Its tail may be missing without `with_data`.
  Task<OssResult<StoredObjectRef>> find_object(const BucketEntry& bucket, const std::string& key,
                                               bool with_data);
  Task<OssResult<StoredObject>> load_object(const BucketEntry& bucket, const std::string& key,
                                            bool with_data);
  Task<OssResult<ObjectData>> open_object(const BucketEntry& bucket, const std::string& key,
                                          const std::optional<ByteRange>& range,
                                          InvalidRangeIs invalid_range,
                                          const Preconditions& conditions);

  // ---- copy.cc ----
  Task<OssResult<ObjectInfo>> rewrite_headers(const BucketEntry& bucket, const std::string& key,
                                              const CopyOptions& options);

  // ---- append.cc ----
  Task<OssResult<AppendResult>> append_taken(const BucketEntry& bucket, const std::string& key,
                                             std::uint64_t position, const PutOptions& options,
                                             const Ingested& body);
  // Moves the tail into a blob, and behind it `more`.
  Task<OssResult<std::string>> seal_tail(const BucketEntry& bucket, ObjectRecord& record,
                                         std::string_view tail, std::string_view more);

  // ---- multipart.cc ----
  struct OpenUpload {
    std::string bytes;
    UploadRecord record;
  };
  Task<OssResult<OpenUpload>> read_upload(const BucketEntry& bucket, const std::string& key,
                                          const std::string& upload_id);
  Task<OssResult<Part>> store_part(const BucketEntry& bucket, const std::string& key,
                                   const std::string& upload_id, std::uint32_t number, Body& body,
                                   std::optional<std::uint64_t> expected_crc64);
  using NumberedParts = std::vector<std::pair<std::uint32_t, PartRecord>>;
  Task<OssResult<NumberedParts>> read_parts(const BucketEntry& bucket, const std::string& upload_id,
                                            std::uint32_t after_number, std::size_t max);

  // ---- complete.cc ----
  // Nothing: someone came between.
  Task<OssResult<std::optional<ObjectInfo>>> try_complete(const BucketEntry& bucket,
                                                          const std::string& key,
                                                          const std::string& upload_id,
                                                          const CompleteOptions& options);

  // ---- garbage.cc ----
  Task<Result<std::vector<BucketRecord>>> scan_buckets(const std::string& after, std::size_t max);
  Task<Result<std::size_t>> collect_garbage_of(const std::string& bucket_id, std::size_t max);
  Task<Result<std::size_t>> remove_parts(const std::string& bucket_id,
                                         const std::string& upload_id);
  Task<Status> remove_blobs(const std::string& bucket_id, std::span<const std::string> blobs);
  [[nodiscard]] bool any_pinned(const std::string& bucket_id, std::span<const std::string> blobs);

  // ---- sweep.cc ----
  // Empties the partitions of buckets that are no more; those only whose grace has passed.
  Task<Result<std::size_t>> sweep_partitions(bool despite_grace);
  struct Sweep {
    std::size_t removed = 0;  // keys and blobs
    bool finished = false;
  };
  Task<Result<Sweep>> sweep_partition(const std::string& bucket_id);
  Task<Status> close_for_good(const Bucket& bucket);
  Task<Status> forget_accounts();

  // ---- orphans.cc ----
  Task<Result<std::size_t>> remove_orphans(const std::vector<engines::BlobInfo>& candidates);
  Task<Result<std::vector<engines::BlobInfo>>> next_class(std::uint64_t& turn,
                                                          std::uint64_t& turns);

  engines::Kv& kv_;
  engines::BlobStore& blobs_;
  ThreadPool& pool_;
  const Clock& clock_;
  const StoreOptions options_;
  const Time started_;
  Md5Service md5_;

  BucketCache buckets_;
  ObjectCache objects_;
  KeyLocks locks_;
  BlobPins pins_;

  // Housekeeping: one call of each at a time, a second one returns at once.
  std::atomic<bool> collecting_garbage_ = false;
  std::atomic<bool> collecting_orphans_ = false;
  std::atomic<bool> scrubbing_ = false;
  std::string garbage_cursor_;  // the bucket after which to go on
  struct Suspect {
    engines::BlobInfo info;
    Time since;  // when it was first seen without a reference
  };
  std::unordered_map<std::string, Suspect> suspects_;
  std::uint64_t orphan_turn_ = 0;
  std::uint64_t orphan_turns_ = 1;
  std::deque<engines::BlobInfo> scrub_queue_;
  std::uint64_t scrub_turn_ = 0;
  std::uint64_t scrub_turns_ = 1;
};

// The random number that names a deletion or completion under way; never 0.
[[nodiscard]] std::uint64_t random_nonce();

// Takes a flag for a scope, if nobody has it.
class Turn {
 public:
  explicit Turn(std::atomic<bool>& flag) : flag_(flag), mine_(!flag.exchange(true)) {}
  ~Turn() {
    if (mine_) flag_.store(false);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  [[nodiscard]] bool mine() const { return mine_; }

 private:
  std::atomic<bool>& flag_;
  bool mine_;
};

}  // namespace lakeside::oss
