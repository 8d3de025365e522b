#include "engines/rocksdb/database.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

#include <rocksdb/listener.h>

#include "base/bytes.h"
#include "base/log.h"
#include "engines/folder.h"
#include "engines/rocksdb/options.h"
#include "engines/rocksdb/status.h"
#include "engines/rocksdb/wal_tail.h"

namespace lakeside::engines {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// RocksDB's background threads sleep for a second after an error; closing waits for them.
constexpr milliseconds kFirstPause{1'100};
constexpr milliseconds kLongestPause{5'000};
// After so long without an error the pause is short again.
constexpr std::chrono::seconds kCalm{60};

// What a disk must take before the database is opened for writing.
constexpr std::size_t kProbeSize = 1 << 20;

}  // namespace

class Database::Listener final : public rocksdb::EventListener {
 public:
  explicit Listener(std::atomic<bool>& failed) : failed_(failed) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* error) override {
    if (failed_.exchange(true, std::memory_order_acq_rel)) return;
    log(LogLevel::kError, "the database cannot write", {{"error", error->ToString()}});
  }
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }

 private:
  std::atomic<bool>& failed_;
};

Database::Database(const RocksdbOptions& options, rocksdb::Env* env,
                   std::unique_ptr<rocksdb::Env> own_env)
    : path_(options.path),
      strict_(options.durability == Durability::kStrict),
      own_env_(std::move(own_env)),
      env_(env),
      options_(make_options(options, env)),
      pause_(kFirstPause) {
  options_.listeners.push_back(std::make_shared<Listener>(failed_));
}

Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const RocksdbOptions& options) {
  if (auto made = make_folder(options.path); !made) return std::unexpected(made.error());
  std::unique_ptr<rocksdb::Env> own_env;
  if (options.file_system) own_env = rocksdb::NewCompositeEnv(options.file_system);
  rocksdb::Env* env = own_env ? own_env.get() : rocksdb::Env::Default();
  std::unique_ptr<Database> database(new Database(options, env, std::move(own_env)));
  if (auto opened = database->open_first(); !opened) return std::unexpected(opened.error());
  return database;
}

Status Database::open_first() {
  Status opened = open_db(options_);
  if (opened || opened.error().code != ErrorCode::kCorrupt || !strict_) return opened;
  // It may be no more than a torn last write, of which later pages reached the disk.
  if (auto cut = cut_logs(std::numeric_limits<std::uint64_t>::max()); !cut) return cut;
  rocksdb::Options options = options_;
  options.avoid_flush_during_recovery = false;
  return open_db(options);
}

Status Database::open_db(const rocksdb::Options& options) {
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(options, path_, &db);
  if (!status.ok()) {
    Error error = to_error(status);
    // "While lock file: …: Resource temporarily unavailable"
    if (error.detail.find("lock ") != std::string::npos) error.code = ErrorCode::kUnavailable;
    return std::unexpected(std::move(error));
  }
  db_.reset(db);
  read_only_ = false;
  acknowledged_ = db->GetLatestSequenceNumber();
  return {};
}

// Writes nothing: works on a full disk.
Status Database::open_read_only(const rocksdb::Options& options) {
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = rocksdb::DB::OpenForReadOnly(options, path_, &db);
  if (!status.ok()) return std::unexpected(to_error(status));
  db_.reset(db);
  read_only_ = true;
  return {};
}

Status Database::write(const rocksdb::WriteOptions& options, rocksdb::WriteBatch& batch) {
  if (!db_ || read_only_) return std::unexpected(error_);
  rocksdb::Status status = db_->Write(options, &batch);
  if (status.ok()) {
    acknowledged_ = db_->GetLatestSequenceNumber();
    return {};
  }
  if (!failed_.exchange(true, std::memory_order_acq_rel)) {
    log(LogLevel::kError, "the database cannot write", {{"error", status.ToString()}});
  }
  return std::unexpected(to_error(status));
}

bool Database::recovery_due() {
  if (!failed()) return false;
  if (!next_attempt_) plan_attempt();
  return steady_clock::now() >= *next_attempt_;
}

void Database::plan_attempt() {
  auto now = steady_clock::now();
  if (now - last_recovery_ > kCalm) pause_ = kFirstPause;
  next_attempt_ = now + pause_;
  pause_ = std::min(2 * pause_, kLongestPause);
}

void Database::recover() {
  next_attempt_.reset();
  auto probed = probe();
  Status opened = probed ? open_anew() : probed;
  last_recovery_ = steady_clock::now();
  if (opened) {
    log(LogLevel::kInfo, "the database can write again");
  } else {
    log(LogLevel::kWarn, "the database still cannot write", {{"error", opened.error().detail}});
  }
}

// Whether the disk takes and syncs a file.
Status Database::probe() {
  const std::string path = path_ + "/probe";
  rocksdb::Status status =
      rocksdb::WriteStringToFile(env_, std::string(kProbeSize, 'p'), path, true);
  env_->DeleteFile(path).PermitUncheckedError();
  if (!status.ok()) return std::unexpected(to_error(status));
  return {};
}

Status Database::open_anew() {
  gate_.close();
  // A failed write may stand in the log all the same. It was reported as not done, so it must
  // not come back: its numbers are above this one.
  db_.reset();
  Status opened = cut_logs(acknowledged_);
  failed_.store(false, std::memory_order_release);
  // The old logs must be done with before new writes take the numbers of the failed ones.
  rocksdb::Options options = options_;
  options.avoid_flush_during_recovery = false;
  if (opened) opened = open_db(options);
  if (!opened) {
    failed_.store(true, std::memory_order_release);
    error_ = opened.error();
    if (auto readable = open_read_only(options); !readable) error_ = readable.error();
  }
  gate_.open();
  return opened;
}

Status Database::cut_logs(std::uint64_t newest) {
  std::vector<std::string> names;
  rocksdb::Status listed = env_->GetChildren(path_, &names);
  if (!listed.ok()) return std::unexpected(to_error(listed));
  for (const std::string& name : names) {
    if (!name.ends_with(".log")) continue;
    if (auto cut = cut_log(path_ + '/' + name, newest); !cut) return cut;
  }
  return {};
}

Status Database::cut_log(const std::string& path, std::uint64_t newest) {
  std::string content;
  rocksdb::Status status = rocksdb::ReadFileToString(env_, path, &content);
  if (!status.ok()) return std::unexpected(to_error(status));
  WalTail tail = find_wal_tail(as_bytes(content), newest);
  if (tail.damaged_before_end) {
    return fail(ErrorCode::kCorrupt, "acknowledged writes are damaged in " + path + " at byte " +
                                         std::to_string(tail.good_size));
  }
  if (tail.good_size == content.size()) return {};
  log(LogLevel::kWarn, "dropping the unfinished end of a log",
      {{"log", path}, {"bytes", std::to_string(content.size() - tail.good_size)}});
  std::error_code error;
  std::filesystem::resize_file(path, tail.good_size, error);
  if (error) return fail_errno("truncate " + path, error.value());
  return {};
}

}  // namespace lakeside::engines
