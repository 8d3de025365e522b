#include <utility>

#include "services/oss/core/names.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {

Task<OssResult<ObjectInfo>> Store::put(const std::string& bucket, const std::string& key,
                                       const PutOptions& options, Body& body) {
  if (auto valid = check_key(key); !valid) co_return std::unexpected(std::move(valid.error()));
  if (auto valid = check_headers(options.headers); !valid) {
    co_return std::unexpected(std::move(valid.error()));
  }
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  co_return co_await put_body(**entry, key, options, body, std::nullopt);
}

Task<OssResult<ObjectInfo>> Store::put_body(const BucketEntry& bucket, const std::string& key,
                                            const PutOptions& options, Body& body,
                                            std::optional<std::uint64_t> expected_crc64) {
  bool large = body.source.length().value_or(0) > options_.inline_limit;
  if (large) {
    // What cannot be stored is refused before gigabytes of it are taken in. Decided again at
    // the commit.
    auto current = co_await read_current(bucket, key);
    if (!current) co_return std::unexpected(std::move(current.error()));
    auto allowed = may_write(*current, options.forbid_overwrite, options.conditions);
    if (!allowed) co_return std::unexpected(std::move(allowed.error()));
  }
  IngestPlan plan;
  plan.group = bucket.id();
  plan.inline_limit = options_.inline_limit;
  auto taken = co_await ingest(blobs_, md5_, plan, body);
  if (!taken) co_return std::unexpected(std::move(taken.error()));
  if (expected_crc64 && *expected_crc64 != taken->crc64) {
    co_await drop(bucket, taken->blob);
    OssError error{Errc::kInternalError, {}, {}, "copied data does not match its CRC64"};
    co_return std::unexpected(std::move(error));
  }

  ObjectRecord record;
  ObjectInfo& info = record.info;
  info.key = key;
  info.size = taken->size;
  info.etag = {taken->md5, taken->md5, 0};
  info.crc64 = taken->crc64;
  info.storage_class = options.storage_class;
  info.acl = options.acl;
  info.owner = options.owner;
  info.headers = options.headers;
  info.checksums = std::move(taken->checksums);
  if (taken->blob.empty()) {
    record.tail = taken->size;
    record.tail_crc64 = taken->crc64;
  } else {
    record.slices.push_back({taken->blob, 0, taken->size});
  }
  co_return co_await store_object(bucket, key, options, std::move(record), taken->data,
                                  std::move(taken->blob));
}

}  // namespace lakeside::oss
