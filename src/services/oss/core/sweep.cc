// Emptying the partitions of buckets that were deleted, or never came to be: buckets.cc tells
// how they get their sweep records.
#include <utility>

#include "services/oss/core/keys.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

constexpr std::size_t kSweepsPerCall = 100;
constexpr std::size_t kKeysPerBatch = 1000;
constexpr int kBatchesPerCall = 20;
// A creation that was announced longer ago than this is dead.
constexpr std::chrono::hours kCreationTime{1};

struct PendingSweep {
  std::string bucket_id;
  std::string bytes;
  SweepRecord record;
};

}  // namespace

Task<Result<std::size_t>> Store::sweep_partitions(bool despite_grace) {
  std::vector<PendingSweep> pending;
  Time now = clock_.now();
  auto is_due = [&](const SweepRecord& record) {
    if (!record.creating) return despite_grace || now - record.since >= options_.garbage_grace;
    return record.since < started_ || now - record.since > kCreationTime;
  };
  engines::ScanVisitor visit = [&](std::string_view key, std::string_view value) {
    if (key.front() != keys::kSweepKind || pending.size() == kSweepsPerCall) {
      return engines::ScanStep::stop();
    }
    if (auto record = decode_sweep(value); record && is_due(*record)) {
      pending.push_back({std::string(key.substr(1)), std::string(value), *record});
    }
    return engines::ScanStep::next();
  };
  std::string from(1, keys::kSweepKind);
  auto scanned = co_await kv_.scan(keys::buckets_partition(), from, visit);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));

  std::size_t removed = 0;
  for (const PendingSweep& sweep : pending) {
    std::string key = keys::sweep(sweep.bucket_id);
    engines::Batch batch;
    batch.require(key, sweep.bytes);
    if (sweep.record.creating) {
      // Claims it, so that a creation which is only slow cannot end after this.
      batch.put(key, encode(SweepRecord{false, now}));
    } else {
      auto swept = co_await sweep_partition(sweep.bucket_id);
      if (!swept) co_return std::unexpected(std::move(swept.error()));
      removed += swept->removed;
      if (!swept->finished) continue;
      ++removed;
      batch.remove(key);
    }
    auto done = co_await kv_.commit(keys::buckets_partition(), batch);
    if (!done && done.error().code != ErrorCode::kGuardFailed) {
      co_return std::unexpected(std::move(done.error()));
    }
  }
  co_return removed;
}

// '!' goes last: as long as anything is left, it keeps writers out.
Task<Result<Store::Sweep>> Store::sweep_partition(const std::string& bucket_id) {
  engines::Partition partition{bucket_id};
  std::string from = keys::state() + '\0';
  Sweep sweep;
  bool skipped = false;
  for (int i = 0; i < kBatchesPerCall; ++i) {
    engines::Batch batch;
    std::vector<std::string> blobs;
    std::size_t count = 0;
    engines::ScanVisitor visit = [&](std::string_view key, std::string_view) {
      if (count == kKeysPerBatch) return engines::ScanStep::stop();
      ++count;
      from = std::string(key) + '\0';
      if (key.front() == keys::kReferenceKind) {
        std::string blob(keys::parse_reference(key));
        if (pins_.pinned(keys::blob_id(bucket_id, blob))) {
          skipped = true;
          return engines::ScanStep::next();
        }
        blobs.push_back(std::move(blob));
      }
      batch.remove(std::string(key));
      return engines::ScanStep::next();
    };
    std::string begin_at = from;
    auto scanned = co_await kv_.scan(partition, begin_at, visit);
    if (!scanned) co_return std::unexpected(std::move(scanned.error()));
    sweep.finished = count < kKeysPerBatch && !skipped;
    if (sweep.finished) batch.remove(keys::state());
    auto gone = co_await remove_blobs(bucket_id, blobs);
    if (!gone) co_return std::unexpected(std::move(gone.error()));
    if (!batch.writes().empty()) {
      auto done = co_await kv_.commit(partition, batch);
      if (!done) co_return std::unexpected(std::move(done.error()));
    }
    sweep.removed += count;
    if (count < kKeysPerBatch) break;
  }
  co_return sweep;
}

// As a deletion, whatever is in the bucket.
Task<Status> Store::close_for_good(const Bucket& bucket) {
  engines::Partition partition{bucket.id};
  engines::Batch close;
  close.put(keys::state(), encode(BucketState{true, random_nonce()}));
  auto closed = co_await kv_.commit(partition, close);
  if (!closed) co_return closed;
  engines::Batch remove;
  remove.remove(keys::bucket(bucket.name));
  remove.put(keys::sweep(bucket.id), encode(SweepRecord{false, clock_.now()}));
  auto removed = co_await kv_.commit(keys::buckets_partition(), remove);
  buckets_.forget(bucket.name);
  co_return removed;
}

// What accounts have settled for all of their buckets.
Task<Status> Store::forget_accounts() {
  engines::Batch batch;
  engines::ScanVisitor visit = [&](std::string_view key, std::string_view) {
    if (key.front() != keys::kAccountKind) return engines::ScanStep::stop();
    batch.remove(std::string(key));
    return engines::ScanStep::next();
  };
  std::string from(1, keys::kAccountKind);
  auto scanned = co_await kv_.scan(keys::buckets_partition(), from, visit);
  if (!scanned || batch.writes().empty()) co_return scanned;
  co_return co_await kv_.commit(keys::buckets_partition(), batch);
}

Task<Status> Store::reset() {
  while (true) {
    auto buckets = co_await scan_buckets({}, kSweepsPerCall);
    if (!buckets) co_return std::unexpected(std::move(buckets.error()));
    if (buckets->empty()) break;
    for (const BucketRecord& record : *buckets) {
      auto closed = co_await close_for_good(record.bucket);
      if (!closed) co_return closed;
    }
  }
  auto forgotten = co_await forget_accounts();
  if (!forgotten) co_return forgotten;
  buckets_.forget_all();
  while (true) {
    auto swept = co_await sweep_partitions(true);
    if (!swept) co_return std::unexpected(std::move(swept.error()));
    if (*swept == 0) co_return Status{};
  }
}

}  // namespace lakeside::oss
