#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"
#include "base/stream_readers.h"
#include "services/oss/core/conditions.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/names.h"
#include "services/oss/core/segments.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

// As many hex digits as OSS's. The first half is the time, so that the uploads of one key are
// listed in the order of their ids (OSS) and of their age (S3) at once.
std::string new_upload_id(Time now) {
  auto micros = static_cast<std::uint64_t>(now.time_since_epoch().count());
  std::array<std::byte, 8> time;
  for (std::size_t i = 0; i < time.size(); ++i) time[i] = std::byte(micros >> (56 - 8 * i));
  return hex_upper(time) + random_hex_upper(8);
}

bool is_upload_id(std::string_view text) {
  return text.size() == keys::kUploadIdBytes && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
         });
}

Upload describe(const std::string& key, const std::string& upload_id, const UploadRecord& record) {
  return {key,
          upload_id,
          record.initiated,
          record.storage_class,
          record.owner,
          record.checksum_algorithm};
}

Part describe(std::uint32_t number, const PartRecord& record) {
  return {number, record.size, record.modified, record.md5, record.crc64, record.checksums};
}

// The client's verified checksums, and ours where the upload asked for one that it did not send.
std::vector<ObjectChecksum> part_checksums(Ingested& taken) {
  std::vector<ObjectChecksum> checksums = std::move(taken.checksums);
  if (taken.crc && std::ranges::none_of(checksums, [&](const ObjectChecksum& checksum) {
        return checksum.algorithm == taken.crc->algorithm;
      })) {
    checksums.push_back(std::move(*taken.crc));
  }
  return checksums;
}

}  // namespace

Task<OssResult<Upload>> Store::initiate(const std::string& bucket, const std::string& key,
                                        const InitiateOptions& options) {
  if (auto valid = check_key(key); !valid) co_return std::unexpected(std::move(valid.error()));
  if (auto valid = check_headers(options.put.headers); !valid) {
    co_return std::unexpected(std::move(valid.error()));
  }
  auto algorithm = options.checksum_algorithm;
  if (algorithm == ChecksumAlgorithm::kCrc64Nvme && options.checksum_composite) {
    co_return fail(Errc::kInvalidRequest,
                   "The COMPOSITE checksum type cannot be used with the crc64nvme checksum "
                   "algorithm.");
  }
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  UploadRecord record;
  record.initiated = clock_.now();
  record.storage_class = options.put.storage_class;
  record.acl = options.put.acl;
  record.owner = options.put.owner;
  record.headers = options.put.headers;
  record.checksum_algorithm = algorithm;
  // Hashes cannot be combined: of them there are only composites.
  record.checksum_composite = algorithm && (options.checksum_composite || !is_crc(*algorithm));
  std::string upload_id = new_upload_id(record.initiated);
  std::string upload_key = keys::upload(key, upload_id);

  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto current = co_await read_current(**entry, key);
    if (!current) co_return std::unexpected(std::move(current.error()));
    auto allowed = may_write(*current, options.put.forbid_overwrite, options.put.conditions);
    if (!allowed) co_return std::unexpected(std::move(allowed.error()));
    engines::Batch batch;
    begin(batch);
    batch.require_absent(upload_key);
    batch.put(upload_key, encode(record));
    auto done = co_await commit(**entry, batch);
    if (!done) co_return std::unexpected(std::move(done.error()));
    if (*done) co_return describe(key, upload_id, record);
  }
  co_return fail(Errc::kServiceUnavailable);
}

Task<OssResult<Store::OpenUpload>> Store::read_upload(const BucketEntry& bucket,
                                                      const std::string& key,
                                                      const std::string& upload_id) {
  if (!is_upload_id(upload_id)) co_return fail(Errc::kNoSuchUpload);
  auto bytes = co_await engines::get_one(kv_, bucket.partition, keys::upload(key, upload_id));
  if (!bytes) co_return from_engine(std::move(bytes.error()));
  if (!*bytes) {
    auto exists = co_await ensure_exists(bucket);
    if (!exists) co_return std::unexpected(std::move(exists.error()));
    co_return fail(Errc::kNoSuchUpload);
  }
  auto record = decode_upload(**bytes);
  if (!record) co_return from_engine(std::move(record.error()));
  co_return OpenUpload{std::move(**bytes), std::move(*record)};
}

Task<OssResult<Part>> Store::upload_part(const std::string& bucket, const std::string& key,
                                         const std::string& upload_id, std::uint32_t number,
                                         Body& body) {
  if (auto valid = check_key(key); !valid) co_return std::unexpected(std::move(valid.error()));
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  co_return co_await store_part(**entry, key, upload_id, number, body, std::nullopt);
}

Task<OssResult<Part>> Store::store_part(const BucketEntry& bucket, const std::string& key,
                                        const std::string& upload_id, std::uint32_t number,
                                        Body& body, std::optional<std::uint64_t> expected_crc64) {
  if (number == 0 || number > kMaxPartNumber) {
    co_return fail(Errc::kInvalidArgument,
                   "Part number must be an integer between 1 and 10000, inclusive.");
  }
  auto upload = co_await read_upload(bucket, key, upload_id);
  if (!upload) co_return std::unexpected(std::move(upload.error()));
  IngestPlan plan;
  plan.group = bucket.id();
  plan.max_size = kMaxPart;
  if (auto algorithm = upload->record.checksum_algorithm; algorithm && is_crc(*algorithm)) {
    plan.digests.crc = algorithm;
  }
  auto taken = co_await ingest(blobs_, md5_, plan, body);
  if (!taken) co_return std::unexpected(std::move(taken.error()));
  OssError refusal{Errc::kServiceUnavailable, "Too many writers of one part.", {}, {}};
  if (expected_crc64 && *expected_crc64 != taken->crc64) {
    refusal = {Errc::kInternalError, {}, {}, "copied data does not match its CRC64"};
    co_await drop(bucket, taken->blob);
    co_return std::unexpected(std::move(refusal));
  }

  PartRecord part;
  part.size = taken->size;
  part.md5 = taken->md5;
  part.crc64 = taken->crc64;
  part.checksums = part_checksums(*taken);
  part.blob = taken->blob;
  std::string upload_key = keys::upload(key, upload_id);
  std::string part_key = keys::part(upload_id, number);
  bool uncertain = false;
  KeyLocks::Held held = co_await lock(bucket, part_key);
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    upload = co_await read_upload(bucket, key, upload_id);
    if (!upload) {
      refusal = std::move(upload.error());
      break;
    }
    auto old = co_await engines::get_one(kv_, bucket.partition, part_key);
    if (!old) {
      refusal = std::move(from_engine(std::move(old.error())).error());
      break;
    }
    part.modified = clock_.now();

    engines::Batch batch;
    begin(batch);
    batch.require(upload_key, upload->bytes);
    if (upload->record.completing != 0) {
      // Tells who is completing it that its parts are not as he read them.
      upload->record.completing = 0;
      batch.put(upload_key, encode(upload->record));
    }
    if (*old) {
      batch.require(part_key, **old);
      auto replaced = decode_part(**old);
      if (replaced && !replaced->blob.empty()) discard(batch, {std::move(replaced->blob)});
    } else {
      batch.require_absent(part_key);
    }
    batch.put(part_key, encode(part));
    if (!part.blob.empty()) batch.put(keys::reference(part.blob), reference_value());
    auto done = co_await commit(bucket, batch, &uncertain);
    if (!done) {
      refusal = std::move(done.error());
      break;
    }
    if (*done) co_return describe(number, part);
  }
  if (!uncertain) co_await drop(bucket, part.blob);
  co_return std::unexpected(std::move(refusal));
}

Task<OssResult<Part>> Store::upload_part_copy(const std::string& bucket, const std::string& key,
                                              const std::string& upload_id, std::uint32_t number,
                                              const std::string& source_bucket,
                                              const std::string& source_key,
                                              const std::optional<ByteRange>& range,
                                              const Preconditions& source_conditions) {
  if (auto valid = check_key(key); !valid) co_return std::unexpected(std::move(valid.error()));
  if (auto valid = check_key(source_key); !valid) {
    co_return std::unexpected(std::move(valid.error()));
  }
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  auto source_entry = co_await open_bucket(source_bucket);
  if (!source_entry) co_return std::unexpected(std::move(source_entry.error()));
  auto source = co_await open_object(**source_entry, source_key, range, InvalidRangeIs::kError,
                                     source_conditions);
  if (!source) co_return std::unexpected(std::move(source.error()));
  // A part that is silently shorter than asked for would spoil the object.
  if (range && range->last && *range->last >= source->info->size) {
    co_return fail(Errc::kInvalidRange,
                   "The specified copy range is invalid for the source object size.");
  }

  std::uint64_t length = source->range ? source->range->length : source->info->size;
  std::optional<std::uint64_t> expected_crc64;
  if (length == source->info->size) expected_crc64 = source->info->crc64;
  std::optional<SegmentReader> stream;
  if (source->stream) stream.emplace(*source->stream, length);
  StringReader memory(source->inline_data.view());
  ByteSource* reader = &memory;
  if (stream) reader = &*stream;
  Body body{*reader, {}, {}, {}};
  co_return co_await store_part(**entry, key, upload_id, number, body, expected_crc64);
}

Task<OssResult<Store::NumberedParts>> Store::read_parts(const BucketEntry& bucket,
                                                        const std::string& upload_id,
                                                        std::uint32_t after_number,
                                                        std::size_t max) {
  NumberedParts parts;
  if (after_number >= kMaxPartNumber) co_return parts;
  Status status;
  std::string prefix = keys::parts_of(upload_id);
  engines::ScanVisitor visit = [&](std::string_view key, std::string_view value) {
    if (parts.size() >= max || !key.starts_with(prefix)) return engines::ScanStep::stop();
    auto number = keys::parse_part_number(key);
    auto part = decode_part(value);
    if (!number || !part) {
      status = lakeside::fail(part ? ErrorCode::kCorrupt : part.error().code, "part record");
      return engines::ScanStep::stop();
    }
    parts.emplace_back(*number, std::move(*part));
    return engines::ScanStep::next();
  };
  std::string from = keys::part(upload_id, after_number + 1);
  auto scanned = co_await kv_.scan(bucket.partition, from, visit);
  if (!scanned) co_return from_engine(std::move(scanned.error()));
  if (!status) co_return from_engine(std::move(status.error()));
  co_return parts;
}

Task<OssResult<PartsPage>> Store::list_parts(const std::string& bucket, const std::string& key,
                                             const std::string& upload_id,
                                             std::uint32_t after_number, std::uint32_t max_parts) {
  if (auto valid = check_key(key); !valid) co_return std::unexpected(std::move(valid.error()));
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  auto upload = co_await read_upload(**entry, key, upload_id);
  if (!upload) co_return std::unexpected(std::move(upload.error()));
  PartsPage page;
  page.upload = describe(key, upload_id, upload->record);
  page.next_part_number_marker = after_number;
  if (max_parts == 0) co_return page;
  auto parts = co_await read_parts(**entry, upload_id, after_number, std::size_t{max_parts} + 1);
  if (!parts) co_return std::unexpected(std::move(parts.error()));
  page.truncated = parts->size() > max_parts;
  if (page.truncated) parts->pop_back();
  for (const auto& [number, part] : *parts) page.parts.push_back(describe(number, part));
  if (!page.parts.empty()) page.next_part_number_marker = page.parts.back().number;
  co_return page;
}

// Only the upload itself goes at once, after which no part can join it; the collector of garbage
// removes its parts.
Task<OssStatus> Store::abort(const std::string& bucket, const std::string& key,
                             const std::string& upload_id) {
  if (auto valid = check_key(key); !valid) co_return valid;
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto upload = co_await read_upload(**entry, key, upload_id);
    if (!upload) co_return std::unexpected(std::move(upload.error()));
    std::string upload_key = keys::upload(key, upload_id);
    engines::Batch batch;
    begin(batch);
    batch.require(upload_key, upload->bytes);
    batch.remove(upload_key);
    batch.put(keys::garbage(clock_.now(), upload_id), encode(GarbageRecord{{}, upload_id}));
    auto done = co_await commit(**entry, batch);
    if (!done) co_return std::unexpected(std::move(done.error()));
    if (*done) co_return OssStatus{};
  }
  co_return fail(Errc::kServiceUnavailable);
}

}  // namespace lakeside::oss
