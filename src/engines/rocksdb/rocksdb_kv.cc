#include "engines/rocksdb/rocksdb_kv.h"

#include <utility>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include "base/executor.h"
#include "engines/folder.h"
#include "engines/rocksdb/committer.h"
#include "engines/rocksdb/keys.h"
#include "engines/rocksdb/options.h"
#include "engines/rocksdb/status.h"
#include "engines/validate.h"

namespace lakeside::engines {
namespace {

using Values = std::vector<std::optional<std::string>>;

// What has to live as long as the database, in the order of its making.
struct Database {
  std::unique_ptr<rocksdb::Env> own_env;
  std::shared_ptr<ErrorListener> listener = std::make_shared<ErrorListener>();
  std::unique_ptr<rocksdb::DB> db;
};

class RocksdbKv final : public Kv {
 public:
  RocksdbKv(Database database, const RocksdbOptions& options)
      : database_(std::move(database)),
        db_(*database_.db),
        readers_("kv-read", options.read_threads),
        committer_(db_, *database_.listener, options.durability == Durability::kStrict) {}

  Task<Result<Values>> get(const Partition& partition, std::span<const std::string> keys) override {
    if (auto valid = validate(partition); !valid) co_return std::unexpected(valid.error());
    Values values(keys.size());
    rocksdb::Status status = get_from_memory(partition, keys, values);
    if (status.IsIncomplete()) {
      auto read = [&] { status = get_as_of_one_moment(partition, keys, values); };
      auto job = run_on(readers_, read);
      co_await job;
    }
    if (!status.ok()) co_return std::unexpected(to_error(status));
    co_return std::move(values);
  }

  Task<Status> commit(const Partition& partition, const Batch& batch) override {
    if (auto valid = validate(partition); !valid) co_return valid;
    if (auto valid = validate(batch); !valid) co_return valid;
    if (batch.writes().empty() && batch.guards().empty()) co_return Status{};
    Committer::Commit commit(committer_, partition, batch);
    co_return co_await commit;
  }

  Task<Status> scan(const Partition& partition, std::string_view from,
                    const ScanVisitor& visitor) override {
    if (auto valid = validate(partition); !valid) co_return valid;
    auto visit = [&] { return visit_from(partition, from, visitor); };
    auto job = run_on(readers_, visit);
    co_return co_await job;
  }

 private:
  // Incomplete where the disk would have to be read, or where writes come too fast.
  rocksdb::Status get_from_memory(const Partition& partition, std::span<const std::string> keys,
                                  Values& values) {
    rocksdb::ReadOptions options;
    options.read_tier = rocksdb::kBlockCacheTier;
    if (keys.size() <= 1) return get_each(options, partition, keys, values);
    // A snapshot costs more than a key. Reads between which nothing was written are of one
    // moment too.
    for (int attempt = 0; attempt < 2; ++attempt) {
      rocksdb::SequenceNumber before = db_.GetLatestSequenceNumber();
      rocksdb::Status status = get_each(options, partition, keys, values);
      if (!status.ok() || db_.GetLatestSequenceNumber() == before) return status;
    }
    return rocksdb::Status::Incomplete();
  }

  rocksdb::Status get_as_of_one_moment(const Partition& partition,
                                       std::span<const std::string> keys, Values& values) {
    rocksdb::ReadOptions options;
    if (keys.size() <= 1) return get_each(options, partition, keys, values);
    rocksdb::ManagedSnapshot snapshot(&db_);
    options.snapshot = snapshot.snapshot();
    return get_each(options, partition, keys, values);
  }

  rocksdb::Status get_each(const rocksdb::ReadOptions& options, const Partition& partition,
                           std::span<const std::string> keys, Values& values) {
    thread_local std::string database_key;
    database_key.clear();
    append_partition_prefix(partition, database_key);
    std::size_t prefix_size = database_key.size();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      database_key.resize(prefix_size);
      database_key += keys[i];
      std::string& value = values[i].emplace();
      rocksdb::Status status = db_.Get(options, database_key, &value);
      if (status.IsNotFound()) {
        values[i].reset();
      } else if (!status.ok()) {
        return status;
      }
    }
    return rocksdb::Status::OK();
  }

  Status visit_from(const Partition& partition, std::string_view from, const ScanVisitor& visitor) {
    const std::string prefix = partition_prefix(partition);
    const std::string end = partition_end(partition);
    const rocksdb::Slice end_slice(end);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &end_slice;
    std::unique_ptr<rocksdb::Iterator> at(db_.NewIterator(options));
    at->Seek(prefix + std::string(from));
    while (at->Valid()) {
      std::string_view key = at->key().ToStringView().substr(prefix.size());
      ScanStep step = visitor(key, at->value().ToStringView());
      if (step.kind == ScanStep::Kind::kStop) return {};
      if (step.kind == ScanStep::Kind::kNext) {
        at->Next();
        continue;
      }
      if (step.seek_to <= key) return fail(ErrorCode::kInvalid, "scan: seek backwards");
      at->Seek(prefix + step.seek_to);
    }
    if (!at->status().ok()) return std::unexpected(to_error(at->status()));
    return {};
  }

  Database database_;
  rocksdb::DB& db_;
  ThreadPool readers_;
  Committer committer_;
};

Error open_error(const rocksdb::Status& status) {
  Error error = to_error(status);
  // "While lock file: …: Resource temporarily unavailable"
  if (error.detail.find("lock ") != std::string::npos) error.code = ErrorCode::kUnavailable;
  return error;
}

}  // namespace

Result<std::unique_ptr<Kv>> open_rocksdb_kv(const RocksdbOptions& options) {
  if (auto made = make_folder(options.path); !made) return std::unexpected(made.error());
  Database database;
  rocksdb::Env* env = rocksdb::Env::Default();
  if (options.file_system) {
    database.own_env = rocksdb::NewCompositeEnv(options.file_system);
    env = database.own_env.get();
  }
  rocksdb::Options db_options = make_options(options, env);
  db_options.listeners.push_back(database.listener);
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(db_options, options.path, &db);
  if (!status.ok()) return std::unexpected(open_error(status));
  database.db.reset(db);
  return std::make_unique<RocksdbKv>(std::move(database), options);
}

}  // namespace lakeside::engines
