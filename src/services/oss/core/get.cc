#include <array>
#include <utility>

#include "base/log.h"
#include "services/oss/core/conditions.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/names.h"
#include "services/oss/core/segments.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

std::unexpected<OssError> damaged(const BucketEntry& bucket, const std::string& key,
                                  std::string_view what) {
  log(LogLevel::kError, "object damaged",
      {{"bucket", bucket.bucket().name}, {"key", key}, {"error", std::string(what)}});
  return std::unexpected(OssError{Errc::kInternalError, {}, {}, std::string(what)});
}

bool fits(const ObjectRecord& record) {
  std::uint64_t length = record.tail;
  for (const BlobSlice& slice : record.slices) length += slice.length;
  return length == record.info.size;
}

// What the request asks for of an object of `size` bytes; nothing: all of it.
OssResult<std::optional<ResolvedRange>> choose(const std::optional<ByteRange>& range,
                                               InvalidRangeIs invalid_range, std::uint64_t size) {
  if (!range) return std::nullopt;
  auto resolved = resolve(*range, size);
  if (invalid_range == InvalidRangeIs::kError) {
    if (!resolved) return fail(Errc::kInvalidRange);
    return resolved;
  }
  // OSS takes a last byte beyond the end for an invalid range too, unless asked for standard
  // behaviour: help.aliyun.com, GetObject, "x-oss-range-behavior".
  if (range->first && range->last && *range->last >= size) return std::nullopt;
  return resolved;
}

}  // namespace

Task<OssResult<StoredObjectRef>> Store::find_object(const BucketEntry& bucket,
                                                    const std::string& key, bool with_data) {
  if (StoredObjectRef cached = objects_.find(bucket.id(), key)) co_return cached;
  std::uint64_t generation = objects_.generation(bucket.id(), key);
  auto loaded = co_await load_object(bucket, key, with_data);
  if (!loaded) co_return std::unexpected(std::move(loaded.error()));
  auto object = std::make_shared<const StoredObject>(std::move(*loaded));
  if (object->tail.size() == object->record.info.size) {
    objects_.insert(bucket.id(), key, object, generation);
  }
  co_return object;
}

Task<OssResult<StoredObject>> Store::load_object(const BucketEntry& bucket, const std::string& key,
                                                 bool with_data) {
  std::array<std::string, 3> wanted{keys::object(key), keys::data(key), {}};
  std::size_t count = with_data ? 2 : 1;
  while (true) {
    auto values = co_await kv_.get(bucket.partition, std::span(wanted).first(count));
    if (!values) co_return from_engine(std::move(values.error()));
    if (!(*values)[0]) {
      auto exists = co_await ensure_exists(bucket);
      if (!exists) co_return std::unexpected(std::move(exists.error()));
      co_return fail(Errc::kNoSuchKey);
    }
    StoredObject found;
    auto record = decode_object(key, *(*values)[0]);
    if (!record) co_return damaged(bucket, key, record.error().detail);
    found.record = std::move(*record);
    found.bytes = std::move(*(*values)[0]);
    if (!with_data) co_return found;

    if (found.record.in_manifest && count < 3) {
      // Once more with the manifest, so that all is as of one moment.
      wanted[2] = keys::manifest(key);
      count = 3;
      continue;
    }
    if (found.record.in_manifest) {
      if (!(*values)[2]) co_return damaged(bucket, key, "manifest missing");
      auto manifest = decode_manifest(*(*values)[2]);
      if (!manifest) co_return damaged(bucket, key, manifest.error().detail);
      found.record.slices = std::move(manifest->slices);
      if (!fits(found.record)) co_return damaged(bucket, key, "manifest of another object");
    }
    if (found.record.tail != 0) {
      if (!(*values)[1]) co_return damaged(bucket, key, "data missing");
      found.tail = std::move(*(*values)[1]);
      if (found.tail.size() != found.record.tail ||
          crc64_ecma(0, as_bytes(found.tail)) != found.record.tail_crc64) {
        co_return damaged(bucket, key, "data checksum");
      }
    }
    co_return found;
  }
}

Task<OssResult<ObjectData>> Store::open_object(const BucketEntry& bucket, const std::string& key,
                                               const std::optional<ByteRange>& range,
                                               InvalidRangeIs invalid_range,
                                               const Preconditions& conditions) {
  for (int attempt = 0;; ++attempt) {
    auto found = co_await find_object(bucket, key, true);
    if (!found) co_return std::unexpected(std::move(found.error()));
    const StoredObject& object = **found;
    const ObjectRecord& record = object.record;
    OssStatus allowed = check_read(conditions, record.info);
    if (!allowed) co_return std::unexpected(std::move(allowed.error()));
    auto chosen = choose(range, invalid_range, record.info.size);
    if (!chosen) co_return std::unexpected(std::move(chosen.error()));

    ObjectData result;
    result.info = {*found, &record.info};
    result.range = *chosen;
    Extent extent =
        cut(record.slices, record.tail, chosen->value_or(ResolvedRange{0, record.info.size}));
    auto tail = std::string_view(object.tail).substr(extent.tail_offset, extent.tail_length);
    if (extent.slices.empty()) {
      result.inline_data = {*found, tail};
      co_return result;
    }
    std::string first_blob = extent.slices.front().blob;
    auto stream = co_await open_slices(blobs_, pins_, bucket.id(), std::move(extent.slices),
                                       std::string(tail));
    if (stream) {
      result.stream = std::move(*stream);
      co_return result;
    }
    // The object was replaced and its blob collected since we read the record: read it again.
    bool may_be_gone = stream.error().code == ErrorCode::kNotFound;
    if (!may_be_gone || attempt == 2) {
      co_return damaged(bucket, key, "blob " + first_blob + ": " + stream.error().detail);
    }
  }
}

Task<OssResult<ObjectData>> Store::get(const std::string& bucket, const std::string& key,
                                       const GetOptions& options) {
  if (auto valid = check_key(key); !valid) co_return std::unexpected(std::move(valid.error()));
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  co_return co_await open_object(**entry, key, options.range, options.invalid_range,
                                 options.conditions);
}

Task<OssResult<ObjectInfo>> Store::head(const std::string& bucket, const std::string& key,
                                        const Preconditions& conditions) {
  if (auto valid = check_key(key); !valid) co_return std::unexpected(std::move(valid.error()));
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  auto found = co_await find_object(**entry, key, false);
  if (!found) co_return std::unexpected(std::move(found.error()));
  const ObjectInfo& info = (*found)->record.info;
  auto allowed = check_read(conditions, info);
  if (!allowed) co_return std::unexpected(std::move(allowed.error()));
  co_return info;
}

}  // namespace lakeside::oss
