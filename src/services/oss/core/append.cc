// Appendable objects. Small appends collect in the tail, which rests beside the record, and move
// into a blob when it gets too long; a short last blob is written anew together with what comes
// behind it. So ten thousand small appends make few blobs, and each byte is written few times.
#include <cstring>
#include <utility>

#include "base/stream_readers.h"
#include "services/oss/core/conditions.h"
#include "services/oss/core/keys.h"
#include "services/oss/core/names.h"
#include "services/oss/core/segments.h"
#include "services/oss/core/store.h"

namespace lakeside::oss {
namespace {

// Blobs shorter than this are merged with what comes behind them.
constexpr std::uint64_t kShortBlob = kChunkSize;

std::unexpected<OssError> wrong_position(std::uint64_t length) {
  OssError error{Errc::kPositionNotEqualToLength, {}, {}, {}};
  error.details.emplace_back("next-append-position", std::to_string(length));
  return std::unexpected(std::move(error));
}

// OSS says only that it is not the MD5 of the data, which would have to be kept as a running
// state. This one changes with every append: the MD5 of CRC64 and length, both big-endian.
ETag appendable_etag(std::uint64_t crc64, std::uint64_t size) {
  std::array<std::byte, 16> state;
  for (std::size_t i = 0; i < 8; ++i) {
    state[i] = static_cast<std::byte>(crc64 >> (56 - 8 * i));
    state[8 + i] = static_cast<std::byte>(size >> (56 - 8 * i));
  }
  Md5Digest digest = md5(state);
  return {digest, digest, 0};
}

ObjectRecord new_appendable(const std::string& key, const PutOptions& options) {
  ObjectRecord record;
  record.info.key = key;
  record.info.type = ObjectType::kAppendable;
  record.info.storage_class = options.storage_class;
  record.info.acl = options.acl;
  record.info.owner = options.owner;
  record.info.headers = options.headers;
  return record;
}

Task<Status> read_slice(engines::BlobStore& blobs, std::string_view bucket_id,
                        const BlobSlice& slice, std::string& out) {
  engines::BlobId id = keys::blob_id(bucket_id, slice.blob);
  auto source = co_await blobs.open(id, slice.offset, slice.length);
  if (!source) co_return std::unexpected(std::move(source.error()));
  SegmentReader reader(**source, slice.length);
  std::size_t at = out.size();
  out.resize(at + slice.length);
  while (at < out.size()) {
    auto got = co_await reader.read(std::as_writable_bytes(std::span(out)).subspan(at));
    if (!got) co_return std::unexpected(std::move(got.error()));
    at += *got;
  }
  co_return Status{};
}

}  // namespace

Task<OssResult<AppendResult>> Store::append(const std::string& bucket, const std::string& key,
                                            std::uint64_t position, const PutOptions& options,
                                            Body& body) {
  if (auto valid = check_key(key); !valid) co_return std::unexpected(std::move(valid.error()));
  if (auto valid = check_headers(options.headers); !valid) {
    co_return std::unexpected(std::move(valid.error()));
  }
  auto entry = co_await open_bucket(bucket);
  if (!entry) co_return std::unexpected(std::move(entry.error()));
  if (body.source.length().value_or(0) > kShortBlob) {
    // What cannot be appended is refused before much of it is taken in. Decided again at the
    // commit.
    auto found = co_await load_object(**entry, key, false);
    if (!found && found.error().code != Errc::kNoSuchKey) {
      co_return std::unexpected(std::move(found.error()));
    }
    if (found && found->record.info.type != ObjectType::kAppendable) {
      co_return fail(Errc::kObjectNotAppendable);
    }
    std::uint64_t length = found ? found->record.info.size : 0;
    if (length != position) co_return wrong_position(length);
  }
  IngestPlan plan;
  plan.group = (*entry)->id();
  plan.max_size = kMaxAppendable;
  plan.inline_limit = kShortBlob;
  plan.digests.md5 = false;
  auto taken = co_await ingest(blobs_, md5_, plan, body);
  if (!taken) co_return std::unexpected(std::move(taken.error()));
  co_return co_await append_taken(**entry, key, position, options, *taken);
}

Task<OssResult<AppendResult>> Store::append_taken(const BucketEntry& bucket, const std::string& key,
                                                  std::uint64_t position, const PutOptions& options,
                                                  const Ingested& body) {
  KeyLocks::Held held = co_await lock(bucket, key);
  OssError refusal{Errc::kServiceUnavailable, "Too many writers of one key.", {}, {}};
  bool uncertain = false;
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto found = co_await load_object(bucket, key, true);
    if (!found && found.error().code != Errc::kNoSuchKey) {
      refusal = std::move(found.error());
      break;
    }
    Current current;
    std::string tail;
    ObjectRecord next = new_appendable(key, options);
    if (found) {
      current = {std::move(found->bytes), found->record};
      tail = std::move(found->tail);
      next = std::move(found->record);
      if (options.acl != Acl::kDefault) next.info.acl = options.acl;
    }
    if (next.info.type != ObjectType::kAppendable) {
      refusal = {Errc::kObjectNotAppendable, {}, {}, {}};
      break;
    }
    if (next.info.size != position) {
      refusal = std::move(wrong_position(next.info.size).error());
      break;
    }
    if (body.size > kMaxAppendable - position) {
      refusal = {Errc::kEntityTooLarge, {}, {}, {}};
      break;
    }
    if (auto allowed = check_write(options.conditions, current.info()); !allowed) {
      refusal = std::move(allowed.error());
      break;
    }

    std::vector<std::string> added;
    std::string data;
    if (body.blob.empty() && tail.size() + body.data.size() <= options_.inline_limit) {
      next.tail_crc64 =
          tail.empty() ? body.crc64 : crc64_ecma_combine(next.tail_crc64, body.crc64, body.size);
      data = std::move(tail) + body.data;
      next.tail = data.size();
    } else {
      if (body.blob.empty() || !tail.empty()) {
        auto blob = co_await seal_tail(bucket, next, tail, body.data);
        if (!blob) {
          refusal = std::move(blob.error());
          break;
        }
        added.push_back(std::move(*blob));
      }
      if (!body.blob.empty()) {
        next.slices.push_back({body.blob, 0, body.size});
        added.push_back(body.blob);
      }
      next.tail = 0;
    }
    next.info.crc64 = crc64_ecma_combine(next.info.crc64, body.crc64, body.size);
    next.info.size += body.size;
    next.info.etag = appendable_etag(next.info.crc64, next.info.size);
    next.info.modified = clock_.now();

    engines::Batch batch;
    begin(batch);
    replace(batch, key, current, {next, &data, added});
    auto done = co_await commit(bucket, batch, &uncertain);
    if (done && *done) co_return AppendResult{next.info, next.info.size};
    bool sealed = !added.empty() && added.front() != body.blob;
    if (sealed && !uncertain) co_await drop(bucket, added.front());
    if (!done) {
      refusal = std::move(done.error());
      break;
    }
  }
  if (!uncertain) co_await drop(bucket, body.blob);
  co_return std::unexpected(std::move(refusal));
}

Task<OssResult<std::string>> Store::seal_tail(const BucketEntry& bucket, ObjectRecord& record,
                                              std::string_view tail, std::string_view more) {
  std::string data;
  if (!record.slices.empty() && record.slices.back().length < kShortBlob) {
    auto read = co_await read_slice(blobs_, bucket.id(), record.slices.back(), data);
    if (!read) co_return from_engine(std::move(read.error()));
    record.slices.pop_back();
  }
  data += tail;
  data += more;
  auto blob = co_await write_blob(blobs_, bucket.id(), data);
  if (!blob) co_return from_engine(std::move(blob.error()));
  record.slices.push_back({*blob, 0, data.size()});
  co_return std::move(*blob);
}

}  // namespace lakeside::oss
