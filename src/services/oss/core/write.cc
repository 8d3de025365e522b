// What all changes of an object have in common: read what is there, decide, commit one batch
// that is guarded by exactly that, and begin again when it was not so any more.
#include <unordered_set>
#include <utility>

#include "base/log.h"
#include "services/oss/core/conditions.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

const std::string& open_state() {
  static const std::string state = encode(BucketState{});
  return state;
}

std::vector<std::string> blobs_of(const std::vector<BlobSlice>& slices) {
  std::vector<std::string> blobs;
  blobs.reserve(slices.size());
  for (const BlobSlice& slice : slices) blobs.push_back(slice.blob);
  return blobs;
}

std::vector<std::string_view> changed_objects(const engines::Batch& batch) {
  std::vector<std::string_view> changed;
  for (const engines::Batch::Write& write : batch.writes()) {
    if (write.key.front() == keys::kObjectKind) {
      changed.push_back(std::string_view(write.key).substr(1));
    }
  }
  return changed;
}

// Those of `old` that `next` does not use any more.
std::vector<std::string> blobs_left(const std::vector<BlobSlice>& old,
                                    const std::vector<BlobSlice>& next) {
  if (next.empty()) return blobs_of(old);
  std::unordered_set<std::string_view> kept;
  for (const BlobSlice& slice : next) kept.insert(slice.blob);
  std::vector<std::string> left;
  for (const BlobSlice& slice : old) {
    if (!kept.contains(slice.blob)) left.push_back(slice.blob);
  }
  return left;
}

}  // namespace

Task<OssResult<Current>> Store::read_current(const BucketEntry& bucket, const std::string& key) {
  Current current;
  auto bytes = co_await engines::get_one(kv_, bucket.partition, keys::object(key));
  if (!bytes) co_return from_engine(std::move(bytes.error()));
  current.bytes = std::move(*bytes);
  if (!current.bytes) co_return current;
  auto record = decode_object(key, *current.bytes);
  if (record) {
    OssStatus loaded = co_await load_manifest(bucket, key, *record);
    if (!loaded) co_return std::unexpected(std::move(loaded.error()));
    current.record = std::move(*record);
    co_return current;
  }
  if (record.error().code == ErrorCode::kUnsupported) co_return from_engine(record.error());
  // It may be replaced or removed, or there would be no way out; its blobs, if any, are lost
  // track of.
  log(LogLevel::kError, "object record unreadable",
      {{"bucket", bucket.bucket().name}, {"key", key}, {"error", record.error().detail}});
  co_return current;
}

Task<OssStatus> Store::load_manifest(const BucketEntry& bucket, const std::string& key,
                                     ObjectRecord& record) {
  if (!record.in_manifest) co_return OssStatus{};
  auto bytes = co_await engines::get_one(kv_, bucket.partition, keys::manifest(key));
  if (!bytes) co_return from_engine(std::move(bytes.error()));
  // Read after the record, it may belong to a newer one; then the guard on the record fails. It
  // is only taken when it fits.
  if (!*bytes) co_return OssStatus{};
  auto manifest = decode_manifest(**bytes);
  if (!manifest) co_return from_engine(std::move(manifest.error()));
  record.slices = std::move(manifest->slices);
  co_return OssStatus{};
}

void Store::begin(engines::Batch& batch) const { batch.require(keys::state(), open_state()); }

Task<OssResult<bool>> Store::commit(const BucketEntry& bucket, const engines::Batch& batch,
                                    bool* uncertain) {
  ObjectCache::Change change(objects_, bucket.id(), changed_objects(batch));
  auto done = co_await kv_.commit(bucket.partition, batch);
  if (done) co_return true;
  ErrorCode code = done.error().code;
  if (code != ErrorCode::kGuardFailed) {
    // A failed write may be in the log all the same, and come back with the next start: its
    // blob must then still be there. Only what was never written is certain.
    bool refused = code == ErrorCode::kInvalid || code == ErrorCode::kTooLarge;
    if (uncertain != nullptr) *uncertain = !refused;
    co_return from_engine(std::move(done.error()));
  }
  auto open = co_await ensure_open(bucket);
  if (!open) co_return std::unexpected(std::move(open.error()));
  co_return false;
}

OssStatus Store::may_write(const Current& current, bool forbid_overwrite,
                           const Preconditions& conditions) const {
  if (!current.exists()) return check_write(conditions, nullptr);
  if (forbid_overwrite) return fail(Errc::kFileAlreadyExists);
  if (const ObjectInfo* info = current.info()) return check_write(conditions, info);
  bool unconditional = conditions.if_match.empty() && conditions.if_none_match.empty() &&
                       !conditions.if_modified_since && !conditions.if_unmodified_since;
  if (!unconditional) return fail(Errc::kInternalError);
  return {};
}

void Store::replace(engines::Batch& batch, const std::string& key, const Current& current,
                    const Replacement& replacement) const {
  std::string object_key = keys::object(key);
  if (current.exists()) {
    batch.require(object_key, *current.bytes);
  } else {
    batch.require_absent(object_key);
  }

  ObjectRecord& next = replacement.record;
  next.in_manifest = next.slices.size() > kMaxSlicesInRecord;
  batch.put(std::move(object_key), encode(next));

  const ObjectRecord* old = current.record ? &*current.record : nullptr;
  bool unreadable = current.exists() && old == nullptr;
  if (replacement.data != nullptr && !replacement.data->empty()) {
    batch.put(keys::data(key), *replacement.data);
  } else if (replacement.data != nullptr && (unreadable || (old != nullptr && old->tail != 0))) {
    batch.remove(keys::data(key));
  }
  if (next.in_manifest) {
    bool same = old != nullptr && old->in_manifest && old->slices == next.slices;
    if (!same) batch.put(keys::manifest(key), encode(Manifest{next.slices}));
  } else if (unreadable || (old != nullptr && old->in_manifest)) {
    batch.remove(keys::manifest(key));
  }
  for (const std::string& blob : replacement.blobs_added) {
    batch.put(keys::reference(blob), reference_value());
  }
  if (old != nullptr) discard(batch, blobs_left(old->slices, next.slices));
}

void Store::erase(engines::Batch& batch, const std::string& key, const Current& current) const {
  std::string object_key = keys::object(key);
  batch.require(object_key, *current.bytes);
  batch.remove(std::move(object_key));
  if (!current.record || current.record->tail != 0) batch.remove(keys::data(key));
  if (!current.record || current.record->in_manifest) batch.remove(keys::manifest(key));
  if (current.record) discard(batch, blobs_of(current.record->slices));
}

void Store::discard(engines::Batch& batch, std::vector<std::string> blobs) const {
  if (blobs.empty()) return;
  std::string key = keys::garbage(clock_.now(), blobs.front());
  batch.put(std::move(key), encode(GarbageRecord{std::move(blobs), {}}));
}

Task<void> Store::drop(const BucketEntry& bucket, std::string blob) {
  if (blob.empty()) co_return;
  engines::BlobId id = keys::blob_id(bucket.id(), blob);
  auto removed = co_await blobs_.remove(id);
  if (!removed) {
    log(LogLevel::kWarn, "blob not removed, left to the collector of orphans",
        {{"blob", id.value}, {"error", removed.error().detail}});
  }
}

Task<OssResult<ObjectInfo>> Store::store_object(const BucketEntry& bucket, const std::string& key,
                                                const PutOptions& options, ObjectRecord record,
                                                const std::string& data, std::string blob_added) {
  std::span<const std::string> added(&blob_added, blob_added.empty() ? 0 : 1);
  OssError refusal{Errc::kServiceUnavailable, "Too many writers of one key.", {}, {}};
  bool uncertain = false;
  KeyLocks::Held held = co_await lock(bucket, key);
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto current = co_await read_current(bucket, key);
    if (!current) {
      refusal = std::move(current.error());
      break;
    }
    auto allowed = may_write(*current, options.forbid_overwrite, options.conditions);
    if (!allowed) {
      refusal = std::move(allowed.error());
      break;
    }
    record.info.modified = clock_.now();
    engines::Batch batch;
    begin(batch);
    replace(batch, key, *current, {record, &data, added});
    auto done = co_await commit(bucket, batch, &uncertain);
    if (!done) {
      refusal = std::move(done.error());
      break;
    }
    if (*done) co_return std::move(record.info);
  }
  if (!uncertain) co_await drop(bucket, std::move(blob_added));
  co_return std::unexpected(std::move(refusal));
}

}  // namespace lakeside::oss
