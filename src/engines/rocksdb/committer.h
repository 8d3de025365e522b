// The one thread that writes to the database.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/listener.h>
#include <rocksdb/write_batch.h>

#include "base/executor.h"
#include "base/result.h"
#include "engines/kv.h"

namespace lakeside::engines {

// Told of RocksDB's background errors. Makes those that writing again can cure curable:
// RocksDB calls a failed fsync fatal because the kernel may have dropped the pages, but what
// it does to resume (write the buffers, which hold every acknowledged change, to new files and
// start a new log) does not rely on them.
class ErrorListener final : public rocksdb::EventListener {
 public:
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;
  // The committer decides when to resume.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

  // Whether an error came since the last call of clear().
  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_acquire); }
  void clear() { failed_.store(false, std::memory_order_release); }

 private:
  std::atomic<bool> failed_ = false;
};

// Gathers the batches that wait, checks their guards in order, writes those that pass as one
// atomic synced record, and then resumes all their coroutines.
class Committer {
 public:
  // `db` and `listener` must outlive the committer.
  Committer(rocksdb::DB& db, ErrorListener& listener, bool sync);
  // Writes what waits, then ends the thread.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // Awaitable: Status status = co_await Commit(committer, partition, batch);
  // The batch must be valid.
  class Commit {
   public:
    Commit(Committer& committer, const Partition& partition, const Batch& batch)
        : committer_(committer), partition_(partition), batch_(batch) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting);
    Status await_resume() { return std::move(status_); }

   private:
    friend class Committer;
    Committer& committer_;
    const Partition& partition_;
    const Batch& batch_;
    Status status_;
    std::coroutine_handle<> waiting_;
    Executor* home_ = nullptr;
    Commit* next_ = nullptr;
  };

 private:
  using Group = std::vector<Commit*>;
  // What earlier batches of the group write, by database key.
  using Overlay = std::unordered_map<std::string, const std::optional<std::string>*>;

  void enqueue(Commit& commit);
  void run();
  bool take_group();
  void write_group();
  bool passes_guards(Commit& commit);
  Result<bool> holds(const Partition& partition, const Guard& guard);
  void add_to_write(const Commit& commit);
  Status write();
  bool recover();
  Status resume();
  void complete_group();

  rocksdb::DB& db_;
  ErrorListener& listener_;
  rocksdb::WriteOptions write_options_;

  std::mutex mutex_;
  std::condition_variable wake_;
  Commit* first_ = nullptr;
  Commit* last_ = nullptr;
  bool sleeping_ = false;
  bool stopping_ = false;

  // Of the thread.
  Group group_;
  bool group_has_guards_ = false;
  rocksdb::WriteBatch write_;
  Overlay overlay_;
  std::string key_;
  Status last_error_;
  std::chrono::steady_clock::time_point next_recovery_;
  std::chrono::milliseconds recovery_pause_;
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace lakeside::engines
