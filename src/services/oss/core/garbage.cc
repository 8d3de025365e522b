// Blobs of objects that were removed or replaced, and parts of aborted uploads. They are named
// in a garbage record in the commit that did it, and removed here once the grace has passed. A
// crash on the way only means that a blob is removed twice, which is no error.
#include <algorithm>
#include <utility>

#include "base/log.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

constexpr std::size_t kBlobsPerCall = 1000;
constexpr std::size_t kBucketsPerCall = 1000;
constexpr std::size_t kPartsPerBatch = 1000;

struct GarbageEntry {
  std::string key;
  GarbageRecord record;
};

}  // namespace

Task<Result<std::vector<BucketRecord>>> Store::scan_buckets(const std::string& after,
                                                            std::size_t max) {
  std::vector<BucketRecord> records;
  engines::ScanVisitor visit = [&](std::string_view key, std::string_view value) {
    if (key.front() != keys::kBucketKind || records.size() >= max) return engines::ScanStep::stop();
    auto record = decode_bucket(key.substr(1), value);
    if (record) records.push_back(std::move(*record));
    return engines::ScanStep::next();
  };
  std::string from = keys::bucket(after);
  if (!after.empty()) from.push_back('\0');
  auto scanned = co_await kv_.scan(keys::buckets_partition(), from, visit);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  co_return records;
}

Task<Result<std::size_t>> Store::collect_garbage() {
  Turn turn(collecting_garbage_);
  if (!turn.mine()) co_return std::size_t{0};
  auto swept = co_await sweep_partitions(false);
  if (!swept) co_return std::unexpected(std::move(swept.error()));
  std::size_t removed = *swept;
  auto buckets = co_await scan_buckets(garbage_cursor_, kBucketsPerCall);
  if (!buckets) co_return std::unexpected(std::move(buckets.error()));
  Status status;
  for (const BucketRecord& record : *buckets) {
    if (removed >= kBlobsPerCall) break;
    auto collected = co_await collect_garbage_of(record.bucket.id, kBlobsPerCall - removed);
    // One bad blob must not keep the other buckets from being cleaned.
    if (!collected) status = std::unexpected(std::move(collected.error()));
    if (collected) removed += *collected;
    // With work left in this bucket the next call begins at it again.
    if (removed < kBlobsPerCall) garbage_cursor_ = record.bucket.name;
  }
  if (removed < kBlobsPerCall && buckets->size() < kBucketsPerCall) garbage_cursor_.clear();
  if (!status) co_return std::unexpected(std::move(status.error()));
  co_return removed;
}

Task<Result<std::size_t>> Store::collect_garbage_of(const std::string& bucket_id, std::size_t max) {
  std::vector<GarbageEntry> entries;
  std::size_t blobs = 0;
  Time ripe = clock_.now() - options_.garbage_grace;
  engines::ScanVisitor visit = [&](std::string_view key, std::string_view value) {
    if (key.front() != keys::kGarbageKind || blobs >= max) return engines::ScanStep::stop();
    auto since = keys::parse_garbage_time(key);
    if (!since || *since > ripe) return engines::ScanStep::stop();
    auto record = decode_garbage(value);
    if (!record) {
      log(LogLevel::kError, "garbage record unreadable",
          {{"bucket", bucket_id}, {"error", record.error().detail}});
    } else if (!any_pinned(bucket_id, record->blobs)) {
      blobs += std::max<std::size_t>(record->blobs.size(), 1);
      entries.push_back({std::string(key), std::move(*record)});
    }
    return engines::ScanStep::next();
  };
  engines::Partition partition{bucket_id};
  std::string from(1, keys::kGarbageKind);
  auto scanned = co_await kv_.scan(partition, from, visit);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));

  std::size_t removed = 0;
  engines::Batch batch;
  for (const GarbageEntry& entry : entries) {
    auto gone = co_await remove_blobs(bucket_id, entry.record.blobs);
    if (!gone) co_return std::unexpected(std::move(gone.error()));
    if (!entry.record.upload_id.empty()) {
      auto parts = co_await remove_parts(bucket_id, entry.record.upload_id);
      if (!parts) co_return std::unexpected(std::move(parts.error()));
      removed += *parts;
    }
    removed += entry.record.blobs.size();
    batch.remove(entry.key);
    for (const std::string& blob : entry.record.blobs) batch.remove(keys::reference(blob));
  }
  if (batch.writes().empty()) co_return std::size_t{0};
  auto done = co_await kv_.commit(partition, batch);
  if (!done) co_return std::unexpected(std::move(done.error()));
  co_return removed;
}

Task<Result<std::size_t>> Store::remove_parts(const std::string& bucket_id,
                                              const std::string& upload_id) {
  engines::Partition partition{bucket_id};
  std::string prefix = keys::parts_of(upload_id);
  std::size_t removed = 0;
  while (true) {
    engines::Batch batch;
    std::vector<std::string> blobs;
    std::size_t count = 0;
    engines::ScanVisitor visit = [&](std::string_view key, std::string_view value) {
      if (!key.starts_with(prefix) || count == kPartsPerBatch) return engines::ScanStep::stop();
      ++count;
      batch.remove(std::string(key));
      if (auto part = decode_part(value); part && !part->blob.empty()) {
        batch.remove(keys::reference(part->blob));
        blobs.push_back(std::move(part->blob));
      }
      return engines::ScanStep::next();
    };
    auto scanned = co_await kv_.scan(partition, prefix, visit);
    if (!scanned) co_return std::unexpected(std::move(scanned.error()));
    if (count == 0) co_return removed;
    auto gone = co_await remove_blobs(bucket_id, blobs);
    if (!gone) co_return std::unexpected(std::move(gone.error()));
    auto done = co_await kv_.commit(partition, batch);
    if (!done) co_return std::unexpected(std::move(done.error()));
    removed += count;
  }
}

Task<Status> Store::remove_blobs(const std::string& bucket_id, std::span<const std::string> blobs) {
  for (const std::string& blob : blobs) {
    engines::BlobId id = keys::blob_id(bucket_id, blob);
    auto gone = co_await blobs_.remove(id);
    if (!gone) co_return gone;
  }
  co_return Status{};
}

bool Store::any_pinned(const std::string& bucket_id, std::span<const std::string> blobs) {
  return std::ranges::any_of(
      blobs, [&](const std::string& blob) { return pins_.pinned(keys::blob_id(bucket_id, blob)); });
}

}  // namespace lakeside::oss
