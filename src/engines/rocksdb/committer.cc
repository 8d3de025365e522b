#include "engines/rocksdb/committer.h"

#include <array>
#include <chrono>
#include <utility>

#include <pthread.h>

#include "engines/rocksdb/keys.h"
#include "engines/rocksdb/status.h"

namespace lakeside::engines {
namespace {

// Most bytes of values in one group: bounds its memory and how long the first waits for the
// last. A larger batch is a group of its own.
constexpr std::size_t kMaxGroupBytes = 4 << 20;
// A write batch that grew beyond this gives its memory back.
constexpr std::size_t kKeptBatchBytes = 1 << 20;

// How often an idle committer looks whether the database failed in the background.
constexpr std::chrono::seconds kIdleLook{5};
// And how often it looks whether the disk is well again.
constexpr std::chrono::milliseconds kFailedLook{100};

std::size_t size_of(const Batch& batch) {
  std::size_t size = 0;
  for (const Batch::Write& write : batch.writes()) {
    size += write.key.size() + (write.value ? write.value->size() : 0);
  }
  return size;
}

}  // namespace

void Committer::Commit::await_suspend(std::coroutine_handle<> waiting) {
  waiting_ = waiting;
  home_ = &Executor::current();
  committer_.enqueue(*this);
}

Committer::Committer(Database& database, bool sync) : database_(database) {
  write_options_.sync = sync;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "kv-commit");
}

Committer::~Committer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Committer::enqueue(Commit& commit) {
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    if (last_) {
      last_->next_ = &commit;
    } else {
      first_ = &commit;
    }
    last_ = &commit;
    wake = std::exchange(sleeping_, false);
  }
  if (wake) wake_.notify_one();
}

void Committer::run() {
  while (take_group()) {
    if (database_.recovery_due()) database_.recover();
    if (group_.empty()) continue;
    write_group();
    complete_group();
  }
}

// Waits for something to commit, or for a while; false when there will be nothing more.
bool Committer::take_group() {
  std::unique_lock lock(mutex_);
  if (!first_) {
    if (stopping_) return false;
    sleeping_ = true;
    std::chrono::milliseconds longest = kIdleLook;
    if (database_.failed()) longest = kFailedLook;
    wake_.wait_for(lock, longest);
  }
  sleeping_ = false;
  std::size_t bytes = 0;
  while (first_) {
    bytes += size_of(first_->batch_);
    if (!group_.empty() && bytes > kMaxGroupBytes) break;
    if (!first_->batch_.guards().empty()) group_has_guards_ = true;
    group_.push_back(first_);
    first_ = first_->next_;
  }
  if (!first_) last_ = nullptr;
  return true;
}

void Committer::write_group() {
  for (Commit* commit : group_) {
    if (passes_guards(*commit)) add_to_write(*commit);
  }
  Status status = write();
  if (status) return;
  // Also those whose guard failed: it may have failed by a write that now did not happen.
  for (Commit* commit : group_) commit->status_ = status;
}

bool Committer::passes_guards(Commit& commit) {
  for (const Guard& guard : commit.batch_.guards()) {
    auto held = holds(commit.partition_, guard);
    if (!held) {
      commit.status_ = std::unexpected(std::move(held.error()));
    } else if (!*held) {
      commit.status_ = fail(ErrorCode::kGuardFailed, {});
    }
    if (!commit.status_) return false;
  }
  return true;
}

Result<bool> Committer::holds(const Partition& partition, const Guard& guard) {
  key_.clear();
  append_partition_prefix(partition, key_);
  key_ += guard.key;
  if (auto written = overlay_.find(key_); written != overlay_.end()) {
    return *written->second == guard.value;
  }
  rocksdb::DB* db = database_.db();
  if (!db) return fail(ErrorCode::kUnavailable, "the database is not open");
  rocksdb::PinnableSlice value;
  rocksdb::Status status = db->Get(rocksdb::ReadOptions(), db->DefaultColumnFamily(), key_, &value);
  if (status.IsNotFound()) return !guard.value;
  if (!status.ok()) return std::unexpected(to_error(status));
  return guard.value && std::string_view(*guard.value) == value.ToStringView();
}

void Committer::add_to_write(const Commit& commit) {
  std::string prefix = partition_prefix(commit.partition_);
  for (const Batch::Write& write : commit.batch_.writes()) {
    std::array<rocksdb::Slice, 2> key = {rocksdb::Slice(prefix), rocksdb::Slice(write.key)};
    rocksdb::SliceParts key_parts(key.data(), key.size());
    if (write.value) {
      rocksdb::Slice value(*write.value);
      write_.Put(key_parts, rocksdb::SliceParts(&value, 1));
    } else {
      write_.Delete(key_parts);
    }
    if (group_has_guards_) overlay_[prefix + write.key] = &write.value;
  }
}

Status Committer::write() {
  if (write_.Count() == 0) return {};
  return database_.write(write_options_, write_);
}

void Committer::complete_group() {
  for (Commit* commit : group_) {
    // After post() the coroutine may run and end `*commit` at any moment.
    commit->home_->post(commit->waiting_);
  }
  group_.clear();
  group_has_guards_ = false;
  overlay_.clear();
  if (write_.GetDataSize() > kKeptBatchBytes) {
    write_ = rocksdb::WriteBatch();
  } else {
    write_.Clear();
  }
}

}  // namespace lakeside::engines
