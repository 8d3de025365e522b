// The RocksDB of a store, which is closed and opened again when it cannot write any more.
//
// RocksDB can resume after a write error by itself, but version 7.8 hangs when a write buffer
// was waiting to be written out, which is the usual case under load
// (tests/fault_test.cc, OperationsFailNowAndThen, shows it). Opening anew takes the path that
// every start takes. Until then, reads go on.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include "base/result.h"
#include "engines/rocksdb/gate.h"
#include "engines/rocksdb/rocksdb_kv.h"

namespace lakeside::engines {

class Database {
 public:
  // Blocks. See open_rocksdb_kv for the errors.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const RocksdbOptions& options);
  ~Database();

  // What readers hold while they read. `db` is null when the database could not even be
  // opened for reading; `error()` tells why.
  class Reading {
   public:
    explicit Reading(Database& database) : database_(database) {}
    ~Reading() { database_.gate_.leave(); }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    [[nodiscard]] rocksdb::DB* db() const { return database_.db_.get(); }
    [[nodiscard]] Error error() const { return database_.error_; }

   private:
    Database& database_;
  };
  // Calls read(reading); false, and no call, while the database is being opened anew.
  template <class Read>
  bool try_read(const Read& read) {
    if (!gate_.try_enter()) return false;
    Reading reading(*this);
    read(reading);
    return true;
  }
  // Waits for the database to be opened anew. Not on an event loop.
  template <class Read>
  auto read(const Read& read) {
    gate_.enter();
    Reading reading(*this);
    return read(reading);
  }

  // ---- for the one thread that writes

  // Fails at once while the database reads only.
  [[nodiscard]] Status write(const rocksdb::WriteOptions& options, rocksdb::WriteBatch& batch);
  [[nodiscard]] rocksdb::DB* db() { return db_.get(); }

  // Whether something could not be written, by write() or in the background.
  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_acquire); }
  // Whether it is time to recover(): not often, because a try writes and closes.
  [[nodiscard]] bool recovery_due();
  // If the disk takes writes again, opens the database anew. What write() could not do before
  // stays undone. Blocks readers for that time.
  void recover();

 private:
  class Listener;

  Database(const RocksdbOptions& options, rocksdb::Env* env, std::unique_ptr<rocksdb::Env> own_env);

  Status open_first();
  Status open_anew();
  Status open_db(const rocksdb::Options& options);
  Status open_read_only(const rocksdb::Options& options);
  Status cut_logs(std::uint64_t newest);
  Status cut_log(const std::string& path, std::uint64_t newest);
  Status probe();
  void plan_attempt();

  const std::string path_;
  const bool strict_;
  std::unique_ptr<rocksdb::Env> own_env_;
  rocksdb::Env* const env_;
  rocksdb::Options options_;

  Gate gate_;
  // Changed only by the writer, while the gate is closed.
  std::unique_ptr<rocksdb::DB> db_;
  bool read_only_ = false;
  Error error_{ErrorCode::kUnavailable, "not open"};  // why it is closed or read-only

  std::atomic<bool> failed_ = false;
  std::uint64_t acknowledged_ = 0;  // the sequence number of the newest write that succeeded
  std::chrono::steady_clock::time_point last_recovery_{};
  std::optional<std::chrono::steady_clock::time_point> next_attempt_;
  std::chrono::milliseconds pause_;
};

}  // namespace lakeside::engines
