#include "engines/rocksdb/committer.h"

#include <algorithm>
#include <array>
#include <utility>

#include <pthread.h>

#include "base/log.h"
#include "engines/rocksdb/keys.h"
#include "engines/rocksdb/status.h"

namespace lakeside::engines {
namespace {

// Most bytes of values in one group: bounds its memory and how long the first waits for the
// last. A larger batch is a group of its own.
constexpr std::size_t kMaxGroupBytes = 4 << 20;
// A write batch that grew beyond this gives its memory back.
constexpr std::size_t kKeptBatchBytes = 1 << 20;

constexpr std::chrono::milliseconds kFirstRecoveryPause{100};
constexpr std::chrono::milliseconds kLongestRecoveryPause{2000};

std::size_t size_of(const Batch& batch) {
  std::size_t size = 0;
  for (const Batch::Write& write : batch.writes()) {
    size += write.key.size() + (write.value ? write.value->size() : 0);
  }
  return size;
}

}  // namespace

void ErrorListener::OnBackgroundError(rocksdb::BackgroundErrorReason reason,
                                      rocksdb::Status* error) {
  failed_.store(true, std::memory_order_release);
  log(LogLevel::kError, "the database cannot write", {{"error", error->ToString()}});
  if (!error->IsIOError()) return;
  // A compaction that failed leaves its inputs as they were, so commits can go on.
  bool compaction = reason == rocksdb::BackgroundErrorReason::kCompaction;
  auto severity = compaction ? rocksdb::Status::kSoftError : rocksdb::Status::kHardError;
  if (error->severity() > severity) *error = rocksdb::Status(*error, severity);
}

void Committer::Commit::await_suspend(std::coroutine_handle<> waiting) {
  waiting_ = waiting;
  home_ = &Executor::current();
  committer_.enqueue(*this);
}

Committer::Committer(rocksdb::DB& db, ErrorListener& listener, bool sync)
    : db_(db), listener_(listener), recovery_pause_(kFirstRecoveryPause) {
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
    write_group();
    complete_group();
  }
}

// Waits for something to commit; false when there will be nothing more.
bool Committer::take_group() {
  std::unique_lock lock(mutex_);
  while (!first_) {
    if (stopping_) return false;
    sleeping_ = true;
    wake_.wait(lock);
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
  rocksdb::PinnableSlice value;
  rocksdb::Status status = db_.Get(rocksdb::ReadOptions(), db_.DefaultColumnFamily(), key_, &value);
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
  if (listener_.failed() && !recover()) return last_error_;
  rocksdb::Status status = db_.Write(write_options_, &write_);
  if (status.ok()) return {};
  last_error_ = std::unexpected(to_error(status));
  return last_error_;
}

// Tries to make the database writable after an error; not too often, because a try writes.
bool Committer::recover() {
  auto now = std::chrono::steady_clock::now();
  if (now < next_recovery_) return false;
  listener_.clear();
  Status status = resume();
  if (status) {
    recovery_pause_ = kFirstRecoveryPause;
    log(LogLevel::kInfo, "the database can write again");
    return true;
  }
  last_error_ = std::move(status);
  next_recovery_ = std::chrono::steady_clock::now() + recovery_pause_;
  recovery_pause_ = std::min(2 * recovery_pause_, kLongestRecoveryPause);
  return false;
}

// Resume() writes the buffers to tables and starts a new log, because the end of the old one
// may be torn; but where the buffer is empty it keeps the old log, to which RocksDB 7.8 then
// refuses to write. A change of no key, kept out of the log, makes the buffer not empty. The
// flush after it fails the first time on the same old log, and the second Resume() lets it go.
Status Committer::resume() {
  rocksdb::WriteOptions unlogged;
  unlogged.disableWAL = true;
  rocksdb::Status status;
  for (int attempt = 0; attempt < 2; ++attempt) {
    status = db_.Resume();
    if (!status.ok()) continue;
    status = db_.Delete(unlogged, rocksdb::Slice(kReservedKey.data(), kReservedKey.size()));
    if (!status.ok()) continue;
    status = db_.Flush(rocksdb::FlushOptions());
    if (status.ok()) {
      listener_.clear();
      return {};
    }
  }
  return std::unexpected(to_error(status));
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
