// The one thread that writes to the database.
#pragma once

#include <condition_variable>
#include <coroutine>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include "base/executor.h"
#include "base/result.h"
#include "engines/kv.h"
#include "engines/rocksdb/database.h"

namespace lakeside::engines {

// Gathers the batches that wait, checks their guards in order, writes those that pass as one
// atomic synced record, and then resumes all their coroutines.
class Committer {
 public:
  // `database` must outlive the committer, which is the one to write to it.
  Committer(Database& database, bool sync);
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
  void complete_group();

  Database& database_;
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
  std::thread thread_;  // last: starts when all else is there
};

}  // namespace lakeside::engines
