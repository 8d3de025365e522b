#include "engines/rocksdb/rocksdb_kv.h"

#include <utility>

#include <rocksdb/db.h>

#include "base/executor.h"
#include "engines/rocksdb/committer.h"
#include "engines/rocksdb/database.h"
#include "engines/rocksdb/keys.h"
#include "engines/rocksdb/status.h"
#include "engines/validate.h"

namespace lakeside::engines {
namespace {

using Values = std::vector<std::optional<std::string>>;

class RocksdbKv final : public Kv {
 public:
  RocksdbKv(std::unique_ptr<Database> database, const RocksdbOptions& options)
      : database_(std::move(database)),
        readers_("kv-read", options.read_threads),
        committer_(*database_, options.durability == Durability::kStrict) {}

  Task<Result<Values>> get(const Partition& partition, std::span<const std::string> keys) override {
    if (auto valid = validate(partition); !valid) co_return std::unexpected(valid.error());
    Values values(keys.size());
    Status got;
    if (!get_from_memory(partition, keys, values, got)) {
      auto read = [&] { got = get_from_disk(partition, keys, values); };
      auto job = run_on(readers_, read);
      co_await job;
    }
    if (!got) co_return std::unexpected(std::move(got.error()));
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
    auto visit = [&] {
      return database_->read([&](const Database::Reading& reading) -> Status {
        if (!reading.db()) return std::unexpected(reading.error());
        return visit_from(*reading.db(), partition, from, visitor);
      });
    };
    auto job = run_on(readers_, visit);
    co_return co_await job;
  }

 private:
  // False where this may have to wait: for the disk, or for the database to be opened anew.
  bool get_from_memory(const Partition& partition, std::span<const std::string> keys,
                       Values& values, Status& got) {
    bool done = false;
    database_->try_read([&](const Database::Reading& reading) {
      if (!reading.db()) return;
      rocksdb::Status status = get_without_disk(*reading.db(), partition, keys, values);
      done = !status.IsIncomplete();
      if (done && !status.ok()) got = std::unexpected(to_error(status));
    });
    return done;
  }

  // Incomplete where the disk would have to be read, or where writes come too fast.
  rocksdb::Status get_without_disk(rocksdb::DB& db, const Partition& partition,
                                   std::span<const std::string> keys, Values& values) {
    rocksdb::ReadOptions options;
    options.read_tier = rocksdb::kBlockCacheTier;
    if (keys.size() <= 1) return get_each(db, options, partition, keys, values);
    // A snapshot costs more than a key. Reads between which nothing was written are of one
    // moment too.
    for (int attempt = 0; attempt < 2; ++attempt) {
      rocksdb::SequenceNumber before = db.GetLatestSequenceNumber();
      rocksdb::Status status = get_each(db, options, partition, keys, values);
      if (!status.ok() || db.GetLatestSequenceNumber() == before) return status;
    }
    return rocksdb::Status::Incomplete();
  }

  Status get_from_disk(const Partition& partition, std::span<const std::string> keys,
                       Values& values) {
    return database_->read([&](const Database::Reading& reading) -> Status {
      if (!reading.db()) return std::unexpected(reading.error());
      rocksdb::Status status = get_as_of_one_moment(*reading.db(), partition, keys, values);
      if (!status.ok()) return std::unexpected(to_error(status));
      return {};
    });
  }

  rocksdb::Status get_as_of_one_moment(rocksdb::DB& db, const Partition& partition,
                                       std::span<const std::string> keys, Values& values) {
    rocksdb::ReadOptions options;
    if (keys.size() <= 1) return get_each(db, options, partition, keys, values);
    rocksdb::ManagedSnapshot snapshot(&db);
    options.snapshot = snapshot.snapshot();
    return get_each(db, options, partition, keys, values);
  }

  static rocksdb::Status get_each(rocksdb::DB& db, const rocksdb::ReadOptions& options,
                                  const Partition& partition, std::span<const std::string> keys,
                                  Values& values) {
    thread_local std::string database_key;
    database_key.clear();
    append_partition_prefix(partition, database_key);
    std::size_t prefix_size = database_key.size();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      database_key.resize(prefix_size);
      database_key += keys[i];
      std::string& value = values[i].emplace();
      rocksdb::Status status = db.Get(options, db.DefaultColumnFamily(), database_key, &value);
      if (status.IsNotFound()) {
        values[i].reset();
      } else if (!status.ok()) {
        return status;
      }
    }
    return rocksdb::Status::OK();
  }

  static Status visit_from(rocksdb::DB& db, const Partition& partition, std::string_view from,
                           const ScanVisitor& visitor) {
    const std::string prefix = partition_prefix(partition);
    const std::string end = partition_end(partition);
    const rocksdb::Slice end_slice(end);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &end_slice;
    std::unique_ptr<rocksdb::Iterator> at(db.NewIterator(options));
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

  std::unique_ptr<Database> database_;
  ThreadPool readers_;
  Committer committer_;
};

}  // namespace

Result<std::unique_ptr<Kv>> open_rocksdb_kv(const RocksdbOptions& options) {
  auto database = Database::open(options);
  if (!database) return std::unexpected(std::move(database.error()));
  return std::make_unique<RocksdbKv>(std::move(*database), options);
}

}  // namespace lakeside::engines
