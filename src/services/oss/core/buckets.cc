// Buckets, and the protocol by which one is deleted while others write to it.
//
// A bucket's record is in partition "buckets", its objects are in a partition of their own, and
// no commit spans the two. What keeps them together:
//
// - Every write to an object is guarded by '!' of the bucket's partition being "open".
// - Every change of a bucket's record counts up its epoch, so that no value of it occurs twice.
// - create:  1. commit an intent ('x' id, creating)    2. commit '!' = open
//            3. commit the record and remove the intent, if the name is free and the intent stands.
//   A crash leaves the intent, and the sweeper empties the partition. It turns the intent into
//   "sweeping" first, so that a slow creation fails at step 3.
// - delete:  1. read the record (epoch E)              2. commit '!' = deleting with a new nonce
//            3. look whether there are objects or uploads
//            4. none: remove the record if it is still of epoch E, and leave a sweep ('x' id)
//               some: reopen, kBucketNotEmpty.
// - reopen, from "deleting" with nonce N as it was read: commit the record with the next epoch,
//   then commit '!' = open if it is still deleting with N. Done by a deletion that found objects,
//   and by any writer that finds a bucket closed: it cannot know whether the deletion is under way
//   or died. A deletion under way fails at step 4, and begins again.
//
// Why no write is acknowledged and then lost: let a deletion D succeed at step 4. Had someone
// reopened the bucket between D's steps 2 and 4 (or later), he had raised the epoch before. Not
// after D's step 1, or step 4 had failed. So he read N before D's step 1, hence before D's nonce
// stood in '!', and as no nonce is used twice, his last commit, guarded by N, fails. So '!' is
// not open from D's step 2 on, and what D saw in step 3 is still so in step 4. After step 4 there
// is no record to raise the epoch of, and '!' is never open again.
//
// A crash after step 2 leaves a closed bucket: reads work, the next writer reopens it. A crash
// after step 4 leaves the sweep, which the collector of garbage takes up.
#include <algorithm>
#include <array>
#include <utility>

#include "base/log.h"
#include "services/oss/core/bucket_policy.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/names.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

// Random, so that an id is never used again; letters that a partition may be named with.
std::string new_bucket_id() {
  static constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::array<std::byte, 20> raw;
  fill_random(raw);
  std::string id = "k";
  for (std::byte byte : raw) id.push_back(kAlphabet[std::to_integer<unsigned>(byte) % 32]);
  return id;
}

BucketRef make_entry(BucketRecord record, std::string bytes) {
  engines::Partition partition{record.bucket.id};
  return std::make_shared<const BucketEntry>(
      BucketEntry{std::move(record), std::move(partition), std::move(bytes)});
}

}  // namespace

std::uint64_t random_nonce() {
  std::uint64_t nonce = 0;
  while (nonce == 0) fill_random(std::as_writable_bytes(std::span(&nonce, 1)));
  return nonce;
}

Task<OssResult<BucketRef>> Store::open_bucket(const std::string& name) {
  if (BucketRef cached = buckets_.find(name)) co_return cached;
  if (auto valid = check_bucket_name(name); !valid) {
    co_return std::unexpected(std::move(valid.error()));
  }
  co_return co_await load_bucket(name);
}

Task<OssResult<BucketRef>> Store::load_bucket(const std::string& name) {
  std::uint64_t generation = buckets_.generation(name);
  auto bytes = co_await engines::get_one(kv_, keys::buckets_partition(), keys::bucket(name));
  if (!bytes) co_return from_engine(std::move(bytes.error()));
  if (!*bytes) co_return fail(Errc::kNoSuchBucket);
  auto record = decode_bucket(name, **bytes);
  if (!record) co_return from_engine(std::move(record.error()));
  Bucket& bucket = record->bucket;
  auto policy = compile(bucket.policy);
  if (!policy) co_return from_engine(std::move(policy.error()));
  bucket.compiled_policy = std::move(*policy);
  // Kept with the bucket, so that no request asks for it; a change of it forgets all buckets.
  auto of_account = co_await account_block(bucket.owner);
  if (!of_account) co_return std::unexpected(std::move(of_account.error()));
  bucket.blocked = bucket.public_access_block.value_or(PublicAccessBlock()).with(*of_account);
  BucketRef entry = make_entry(std::move(*record), std::move(**bytes));
  buckets_.insert(entry, generation);
  co_return entry;
}

Task<OssResult<BucketPtr>> Store::get_bucket(const std::string& name) {
  auto entry = co_await open_bucket(name);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  co_return BucketPtr(*entry, &(*entry)->bucket());
}

Task<OssResult<std::size_t>> Store::count_buckets(const std::string& owner) {
  std::size_t count = 0;
  engines::ScanVisitor visit = [&](std::string_view key, std::string_view value) {
    if (key.front() != keys::kBucketKind) return engines::ScanStep::stop();
    if (auto record = decode_bucket({}, value); record && record->bucket.owner == owner) ++count;
    return engines::ScanStep::next();
  };
  std::string from(1, keys::kBucketKind);
  auto scanned = co_await kv_.scan(keys::buckets_partition(), from, visit);
  if (!scanned) co_return from_engine(std::move(scanned.error()));
  co_return count;
}

Task<OssResult<Bucket>> Store::create_bucket(const Bucket& wanted) {
  if (auto valid = check_bucket_name(wanted.name); !valid) {
    co_return std::unexpected(std::move(valid.error()));
  }
  auto reserved = options_.reserved_buckets.find(wanted.name);
  if (reserved != options_.reserved_buckets.end() && reserved->second != wanted.owner) {
    co_return fail(Errc::kBucketAlreadyExists);
  }
  auto existing = co_await load_bucket(wanted.name);
  if (existing) {
    bool own = (*existing)->bucket().owner == wanted.owner;
    co_return fail(own ? Errc::kBucketAlreadyOwnedByYou : Errc::kBucketAlreadyExists);
  }
  if (existing.error().code != Errc::kNoSuchBucket) {
    co_return std::unexpected(std::move(existing.error()));
  }
  // Two creations at once may both pass: the limit is against mistakes, not a resource.
  auto count = co_await count_buckets(wanted.owner);
  if (!count) co_return std::unexpected(std::move(count.error()));
  if (*count >= kMaxBucketsPerAccount) co_return fail(Errc::kTooManyBuckets);

  BucketRecord record{wanted, 0};
  record.bucket.id = new_bucket_id();
  record.bucket.created = clock_.now();
  engines::Partition partition{record.bucket.id};
  std::string sweep_key = keys::sweep(record.bucket.id);
  std::string intent = encode(SweepRecord{true, clock_.now()});

  engines::Batch announce;
  announce.require_absent(sweep_key);
  announce.put(sweep_key, intent);
  auto done = co_await kv_.commit(keys::buckets_partition(), announce);
  if (!done) co_return from_engine(std::move(done.error()));

  engines::Batch open;
  open.require_absent(keys::state());
  open.put(keys::state(), encode(BucketState{}));
  done = co_await kv_.commit(partition, open);
  if (!done) co_return from_engine(std::move(done.error()));

  engines::Batch publish;
  publish.require_absent(keys::bucket(wanted.name));
  publish.require(sweep_key, intent);
  publish.put(keys::bucket(wanted.name), encode(record));
  publish.remove(sweep_key);
  done = co_await kv_.commit(keys::buckets_partition(), publish);
  if (done) {
    buckets_.forget(wanted.name);
    co_return std::move(record.bucket);
  }
  if (done.error().code != ErrorCode::kGuardFailed) co_return from_engine(std::move(done.error()));
  // Someone else made it meanwhile. The intent stays for the sweeper.
  auto winner = co_await load_bucket(wanted.name);
  if (!winner) co_return fail(Errc::kServiceUnavailable);
  bool own = (*winner)->bucket().owner == wanted.owner;
  co_return fail(own ? Errc::kBucketAlreadyOwnedByYou : Errc::kBucketAlreadyExists);
}

Task<OssResult<bool>> Store::rewrite(const BucketEntry& entry, const Bucket& bucket) {
  BucketRecord next{bucket, entry.record.epoch + 1};
  engines::Batch batch;
  std::string key = keys::bucket(entry.bucket().name);
  batch.require(key, entry.bytes);
  batch.put(key, encode(next));
  auto done = co_await kv_.commit(keys::buckets_partition(), batch);
  buckets_.forget(entry.bucket().name);
  if (done) co_return true;
  if (done.error().code == ErrorCode::kGuardFailed) co_return false;
  co_return from_engine(std::move(done.error()));
}

Task<OssStatus> Store::change_bucket(const std::string& name, std::function<void(Bucket&)> change) {
  if (auto valid = check_bucket_name(name); !valid) co_return valid;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto entry = co_await load_bucket(name);
    if (!entry) co_return std::unexpected(std::move(entry.error()));
    Bucket bucket = (*entry)->bucket();
    change(bucket);
    auto done = co_await rewrite(**entry, bucket);
    if (!done) co_return std::unexpected(std::move(done.error()));
    if (*done) co_return OssStatus{};
  }
  co_return fail(Errc::kServiceUnavailable);
}

Task<OssStatus> Store::set_bucket_acl(const std::string& name, Acl acl) {
  std::function<void(Bucket&)> change = [acl](Bucket& bucket) { bucket.acl = acl; };
  co_return co_await change_bucket(name, std::move(change));
}

Task<OssStatus> Store::set_bucket_policy(const std::string& name, const BucketPolicy& policy) {
  std::function<void(Bucket&)> change = [&policy](Bucket& bucket) { bucket.policy = policy; };
  co_return co_await change_bucket(name, std::move(change));
}

Task<OssStatus> Store::set_public_access_block(const std::string& name,
                                               const std::optional<PublicAccessBlock>& block) {
  std::function<void(Bucket&)> change = [&block](Bucket& bucket) {
    bucket.public_access_block = block;
  };
  co_return co_await change_bucket(name, std::move(change));
}

Task<OssStatus> Store::set_account_block(const std::string& account,
                                         const PublicAccessBlock& block) {
  engines::Batch batch;
  if (block == PublicAccessBlock()) {
    batch.remove(keys::account(account));
  } else {
    batch.put(keys::account(account), encode(AccountRecord{block}));
  }
  auto done = co_await kv_.commit(keys::buckets_partition(), batch);
  buckets_.forget_all();
  if (!done) co_return from_engine(std::move(done.error()));
  co_return OssStatus{};
}

Task<OssResult<PublicAccessBlock>> Store::account_block(const std::string& account) {
  auto bytes = co_await engines::get_one(kv_, keys::buckets_partition(), keys::account(account));
  if (!bytes) co_return from_engine(std::move(bytes.error()));
  if (!*bytes) co_return PublicAccessBlock();
  auto record = decode_account(**bytes);
  if (!record) co_return from_engine(std::move(record.error()));
  co_return record->public_access_block;
}

Task<OssResult<bool>> Store::is_empty(const BucketEntry& bucket) {
  bool empty = true;
  engines::ScanVisitor visit = [&](std::string_view key, std::string_view) {
    char kind = key.front();
    if (kind == keys::kObjectKind || kind == keys::kUploadKind) {
      empty = false;
      return engines::ScanStep::stop();
    }
    if (kind < keys::kUploadKind) return engines::ScanStep::seek(std::string(1, keys::kUploadKind));
    return engines::ScanStep::stop();
  };
  std::string from(1, keys::kObjectKind);
  auto scanned = co_await kv_.scan(bucket.partition, from, visit);
  if (!scanned) co_return from_engine(std::move(scanned.error()));
  co_return empty;
}

Task<OssStatus> Store::delete_bucket(const std::string& name) {
  if (auto valid = check_bucket_name(name); !valid) co_return valid;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto entry = co_await load_bucket(name);
    if (!entry) co_return std::unexpected(std::move(entry.error()));
    auto done = co_await try_delete(**entry);
    if (!done) co_return std::unexpected(std::move(done.error()));
    if (*done) co_return OssStatus{};
  }
  co_return fail(Errc::kServiceUnavailable);
}

Task<OssResult<bool>> Store::try_delete(const BucketEntry& bucket) {
  auto state = co_await engines::get_one(kv_, bucket.partition, keys::state());
  if (!state) co_return from_engine(std::move(state.error()));
  if (!*state) co_return false;  // swept just now: the record is gone too

  std::uint64_t nonce = random_nonce();
  engines::Batch close;
  close.require(keys::state(), **state);
  close.put(keys::state(), encode(BucketState{true, nonce}));
  auto closed = co_await kv_.commit(bucket.partition, close);
  if (!closed && closed.error().code == ErrorCode::kGuardFailed) co_return false;
  if (!closed) co_return from_engine(std::move(closed.error()));

  auto empty = co_await is_empty(bucket);
  if (!empty || !*empty) {
    auto reopened = co_await reopen(bucket, nonce);
    if (!empty) co_return std::unexpected(std::move(empty.error()));
    if (!reopened) co_return std::unexpected(std::move(reopened.error()));
    co_return fail(Errc::kBucketNotEmpty);
  }

  engines::Batch remove;
  std::string key = keys::bucket(bucket.bucket().name);
  remove.require(key, bucket.bytes);
  remove.remove(key);
  remove.put(keys::sweep(bucket.id()), encode(SweepRecord{false, clock_.now()}));
  auto removed = co_await kv_.commit(keys::buckets_partition(), remove);
  buckets_.forget(bucket.bucket().name);
  if (removed) co_return true;
  if (removed.error().code == ErrorCode::kGuardFailed) co_return false;
  co_return from_engine(std::move(removed.error()));
}

Task<OssStatus> Store::reopen(const BucketEntry& bucket, std::uint64_t nonce) {
  bool bumped = false;
  for (int attempt = 0; attempt < kMaxAttempts && !bumped; ++attempt) {
    auto entry = co_await load_bucket(bucket.bucket().name);
    if (!entry) co_return std::unexpected(std::move(entry.error()));
    if ((*entry)->id() != bucket.id()) co_return fail(Errc::kNoSuchBucket);
    auto done = co_await rewrite(**entry, (*entry)->bucket());
    if (!done) co_return std::unexpected(std::move(done.error()));
    bumped = *done;
  }
  if (!bumped) co_return fail(Errc::kServiceUnavailable);
  engines::Batch open;
  open.require(keys::state(), encode(BucketState{true, nonce}));
  open.put(keys::state(), encode(BucketState{}));
  auto opened = co_await kv_.commit(bucket.partition, open);
  // A failed guard: someone reopened it before us, or began another deletion.
  if (!opened && opened.error().code != ErrorCode::kGuardFailed) {
    co_return from_engine(std::move(opened.error()));
  }
  co_return OssStatus{};
}

Task<OssStatus> Store::ensure_open(const BucketEntry& bucket) {
  auto bytes = co_await engines::get_one(kv_, bucket.partition, keys::state());
  if (!bytes) co_return from_engine(std::move(bytes.error()));
  if (!*bytes) {
    buckets_.forget(bucket.bucket().name);
    co_return fail(Errc::kNoSuchBucket);
  }
  auto state = decode_state(**bytes);
  if (!state) co_return from_engine(std::move(state.error()));
  if (!state->deleting) co_return OssStatus{};
  auto reopened = co_await reopen(bucket, state->nonce);
  if (!reopened) buckets_.forget(bucket.bucket().name);
  co_return reopened;
}

Task<OssStatus> Store::ensure_exists(const BucketEntry& bucket) {
  auto bytes = co_await engines::get_one(kv_, bucket.partition, keys::state());
  if (!bytes) co_return from_engine(std::move(bytes.error()));
  if (*bytes) {
    auto state = decode_state(**bytes);
    if (state && !state->deleting) co_return OssStatus{};
    auto entry = co_await load_bucket(bucket.bucket().name);
    if (entry && (*entry)->id() == bucket.id()) co_return OssStatus{};
    if (!entry && entry.error().code != Errc::kNoSuchBucket) {
      co_return std::unexpected(std::move(entry.error()));
    }
  }
  buckets_.forget(bucket.bucket().name);
  co_return fail(Errc::kNoSuchBucket);
}

Task<OssResult<std::vector<Bucket>>> Store::list_buckets(const std::string& owner,
                                                         const std::string& prefix,
                                                         const std::string& after,
                                                         std::uint32_t max) {
  std::vector<Bucket> page;
  std::string from = std::max(keys::bucket(prefix), keys::bucket(after) + '\0');
  if (after.empty()) from = keys::bucket(prefix);
  engines::ScanVisitor visit = [&](std::string_view key, std::string_view value) {
    bool listed = key.front() == keys::kBucketKind && key.substr(1).starts_with(prefix);
    if (!listed || page.size() >= max) return engines::ScanStep::stop();
    auto record = decode_bucket(key.substr(1), value);
    if (!record) {
      log(LogLevel::kError, "bucket record unreadable",
          {{"bucket", std::string(key.substr(1))}, {"error", record.error().detail}});
    } else if (record->bucket.owner == owner) {
      page.push_back(std::move(record->bucket));
    }
    return engines::ScanStep::next();
  };
  auto scanned = co_await kv_.scan(keys::buckets_partition(), from, visit);
  if (!scanned) co_return from_engine(std::move(scanned.error()));
  co_return page;
}

}  // namespace lakeside::oss
