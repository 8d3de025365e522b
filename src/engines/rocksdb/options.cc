#include "engines/rocksdb/options.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace lakeside::engines {
namespace {

// Values of at least this size go to blob files when the write buffer is flushed: compaction
// then never copies the data of small objects, and a listing's blocks hold only its records.
constexpr std::size_t kMinBlobValue = 1024;

void set_tables(const RocksdbOptions& options, rocksdb::Options& out) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  table.block_size = 16 << 10;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // Bounds memory: indexes and filters count against the cache like everything else.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  out.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  out.blob_cache = table.block_cache;

  // Object data is mostly compressed already, and records are short.
  out.compression = rocksdb::kNoCompression;
  out.write_buffer_size = options.write_buffer_bytes;
  out.max_write_buffer_number = 4;
  out.target_file_size_base = 32 << 20;
  out.max_bytes_for_level_base = 128 << 20;
  out.level_compaction_dynamic_level_bytes = true;

  out.enable_blob_files = true;
  out.min_blob_size = kMinBlobValue;
  out.blob_file_size = 128 << 20;
  out.enable_blob_garbage_collection = true;
  out.blob_garbage_collection_age_cutoff = 0.25;
  out.blob_garbage_collection_force_threshold = 0.5;
}

// An empty folder must open within a few milliseconds.
void set_quick_start(rocksdb::Options& out) {
  out.max_open_files = 256;
  out.max_file_opening_threads = 1;
  out.skip_stats_update_on_db_open = true;
  out.skip_checking_sst_file_sizes_on_db_open = true;
  // The log is replayed again instead; its length is bounded by the write buffers.
  out.avoid_flush_during_recovery = true;
  out.avoid_flush_during_shutdown = true;
  out.manifest_preallocation_size = 64 << 10;
  out.max_manifest_file_size = 4 << 20;
}

// Which recovery never loses an acknowledged write in silence?
//
// With synced writes a power cut can damage only the last group, which was not acknowledged:
// everything before it is on the disk. kTolerateCorruptedTailRecords drops a last record that
// is incomplete and refuses to open on any other damage; kPointInTimeRecovery, RocksDB's own
// default, would drop all that follows a damaged record, acknowledged or not, and say nothing.
// The logs' sizes in the manifest let a log that is missing or cut be noticed. A last group of
// which only later pages reached the disk looks like damage; wal_tail.h tells the two apart.
//
// Without syncing any part of the log may be missing after a power cut, and what comes before
// the first hole is the best there is.
void set_recovery(const RocksdbOptions& options, rocksdb::Options& out) {
  bool strict = options.durability == Durability::kStrict;
  out.wal_recovery_mode = strict ? rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords
                                 : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  out.track_and_verify_wals_in_manifest = strict;
  out.paranoid_checks = true;
  // RocksDB does not recover by itself; see database.h.
  out.max_bgerror_resume_count = 0;
}

void set_housekeeping(rocksdb::Options& out) {
  out.create_if_missing = true;
  out.max_background_jobs = 2;
  // Spreads the writing of large files, which would otherwise delay a commit's flush.
  out.bytes_per_sync = 1 << 20;
  out.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  out.keep_log_file_num = 2;
  out.max_log_file_size = 1 << 20;
  out.stats_dump_period_sec = 0;
  out.stats_persist_period_sec = 0;
}

}  // namespace

rocksdb::Options make_options(const RocksdbOptions& options, rocksdb::Env* env) {
  rocksdb::Options out;
  out.env = env;
  set_tables(options, out);
  set_quick_start(out);
  set_recovery(options, out);
  set_housekeeping(out);
  return out;
}

}  // namespace lakeside::engines
