#include <utility>

#include "base/log.h"
#include "base/stream_readers.h"
#include "services/oss/core/conditions.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/names.h"
#include "services/oss/core/segments.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {

// A copy is a get that feeds a put: it has its own bytes, which were hashed again on the way and
// compared with what the source's record says, so that damage does not spread. Data moves chunk
// by chunk, at the pace of the slower side.
Task<OssResult<ObjectInfo>> Store::copy(const std::string& source_bucket,
                                        const std::string& source_key, const std::string& bucket,
                                        const std::string& key, const CopyOptions& options) {
  if (auto valid = check_key(source_key); !valid) {
    co_return std::unexpected(std::move(valid.error()));
  }
  if (auto valid = check_key(key); !valid) co_return std::unexpected(std::move(valid.error()));
  if (auto valid = check_headers(options.put.headers); !valid) {
    co_return std::unexpected(std::move(valid.error()));
  }
  auto source_entry = co_await open_bucket(source_bucket);
  if (!source_entry) co_return std::unexpected(std::move(source_entry.error()));
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  if ((*source_entry)->id() == (*entry)->id() && source_key == key) {
    co_return co_await rewrite_headers(**entry, key, options);
  }

  auto source = co_await open_object(**source_entry, source_key, std::nullopt,
                                     InvalidRangeIs::kError, options.source_conditions);
  if (!source) co_return std::unexpected(std::move(source.error()));
  const ObjectInfo& info = *source->info;
  if (info.size > kMaxSinglePut) co_return fail(Errc::kEntityTooLarge);
  PutOptions put = options.put;
  if (!options.replace_headers) put.headers = info.headers;

  std::optional<SegmentReader> stream;
  if (source->stream) stream.emplace(*source->stream, info.size);
  StringReader memory(source->inline_data.view());
  ByteSource* reader = &memory;
  if (stream) reader = &*stream;
  Body body{*reader, {}, {}, {}};
  // Checksums of the whole stay true; one of parts does not, the copy has none.
  body.checksums = [&info] {
    std::vector<ObjectChecksum> kept;
    for (const ObjectChecksum& checksum : info.checksums) {
      if (!checksum.composite) kept.push_back(checksum);
    }
    return kept;
  };
  auto copied = co_await put_body(**entry, key, put, body, info.crc64);
  if (!copied && copied.error().code == Errc::kInternalError) {
    log(LogLevel::kError, "copy failed",
        {{"bucket", source_bucket}, {"key", source_key}, {"error", copied.error().internal}});
  }
  co_return copied;
}

// An object copied onto itself: only what is said about it changes, its data stays, and so does
// its type and its ETag.
Task<OssResult<ObjectInfo>> Store::rewrite_headers(const BucketEntry& bucket,
                                                   const std::string& key,
                                                   const CopyOptions& options) {
  KeyLocks::Held held = co_await lock(bucket, key);
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto current = co_await read_current(bucket, key);
    if (!current) co_return std::unexpected(std::move(current.error()));
    if (!current->exists()) {
      auto exists = co_await ensure_exists(bucket);
      if (!exists) co_return std::unexpected(std::move(exists.error()));
      co_return fail(Errc::kNoSuchKey);
    }
    if (!current->record) co_return fail(Errc::kInternalError);
    auto allowed = check_read(options.source_conditions, current->record->info);
    if (allowed) {
      allowed = may_write(*current, options.put.forbid_overwrite, options.put.conditions);
    }
    if (!allowed) co_return std::unexpected(std::move(allowed.error()));

    ObjectRecord record = *current->record;
    if (options.replace_headers) record.info.headers = options.put.headers;
    record.info.acl = options.put.acl;
    record.info.storage_class = options.put.storage_class;
    record.info.modified = clock_.now();
    engines::Batch batch;
    begin(batch);
    replace(batch, key, *current, {record, nullptr, {}});
    auto done = co_await commit(bucket, batch);
    if (!done) co_return std::unexpected(std::move(done.error()));
    if (*done) co_return std::move(record.info);
  }
  co_return fail(Errc::kServiceUnavailable, "Too many writers of one key.");
}

Task<OssStatus> Store::set_object_acl(const std::string& bucket, const std::string& key, Acl acl) {
  if (auto valid = check_key(key); !valid) co_return valid;
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  KeyLocks::Held held = co_await lock(**entry, key);
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto current = co_await read_current(**entry, key);
    if (!current) co_return std::unexpected(std::move(current.error()));
    if (!current->exists()) {
      auto exists = co_await ensure_exists(**entry);
      if (!exists) co_return exists;
      co_return fail(Errc::kNoSuchKey);
    }
    if (!current->record) co_return fail(Errc::kInternalError);
    ObjectRecord record = *current->record;
    record.info.acl = acl;
    engines::Batch batch;
    begin(batch);
    replace(batch, key, *current, {record, nullptr, {}});
    auto done = co_await commit(**entry, batch);
    if (!done) co_return std::unexpected(std::move(done.error()));
    if (*done) co_return OssStatus{};
  }
  co_return fail(Errc::kServiceUnavailable, "Too many writers of one key.");
}

}  // namespace lakeside::oss
