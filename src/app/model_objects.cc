#include "app/model_objects.h"

#include <utility>

#include "base/encoding.h"
#include "base/stream_readers.h"

namespace lakeside::app {
namespace {

using modelstudio::kStudioBucket;
using modelstudio::ObjectError;
using modelstudio::ObjectFault;
using modelstudio::ObjectName;
using modelstudio::ObjectResult;
using modelstudio::ObjectStream;
using oss::Errc;

// A source of which no more than a limit is taken, and which knows why it ended.
class BoundedSource final : public ByteSource {
 public:
  BoundedSource(ByteSource& source, std::uint64_t most) : source_(source), left_(most) {
    too_large_ = source.length().value_or(0) > most;
  }

  Task<Result<std::size_t>> read(MutableBytes into) override {
    auto n = co_await source_.read(into);
    if (!n) {
      broken_ = true;
      co_return n;
    }
    if (*n > left_) {
      too_large_ = true;
      co_return fail(ErrorCode::kTooLarge, "more than the caller allows");
    }
    left_ -= *n;
    co_return n;
  }
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return source_.length(); }

  [[nodiscard]] bool too_large() const { return too_large_; }
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  ByteSource& source_;
  std::uint64_t left_;
  bool too_large_ = false;
  bool broken_ = false;
};

ObjectFault fault_of(Errc code) {
  switch (code) {
    case Errc::kNoSuchBucket:
      return ObjectFault::kNoSuchBucket;
    case Errc::kNoSuchKey:
      return ObjectFault::kNoSuchObject;
    case Errc::kInvalidBucketName:
    case Errc::kInvalidObjectName:
    case Errc::kKeyTooLong:
      return ObjectFault::kInvalidName;
    case Errc::kEntityTooLarge:
      return ObjectFault::kTooLarge;
    case Errc::kServiceUnavailable:
      return ObjectFault::kNoSpace;
    default:
      return ObjectFault::kInternal;
  }
}

std::unexpected<ObjectError> translated(const oss::OssError& error) {
  return std::unexpected(
      ObjectError{fault_of(error.code), error.internal.empty() ? error.message : error.internal});
}

class ModelObjects final : public modelstudio::Objects {
 public:
  ModelObjects(oss::ObjectStore& store, std::string owner)
      : store_(store), owner_(std::move(owner)) {}

  Task<ObjectResult<std::uint64_t>> put(const ObjectName& name, const std::string& content_type,
                                        ByteSource& source, std::uint64_t max_bytes) override;
  Task<ObjectResult<ObjectStream>> open(const ObjectName& name, std::uint64_t offset) override;
  Task<ObjectResult<void>> make_studio_bucket() override;
  Task<ObjectResult<void>> remove(const ObjectName& name) override;

 private:
  // Another account's bucket is as good as none. Asking costs nothing: see below.
  Task<ObjectResult<void>> check_owner(const std::string& bucket);

  oss::ObjectStore& store_;
  const std::string owner_;
};

// The store knows its buckets by heart: asking each time costs nothing.
Task<ObjectResult<void>> ModelObjects::make_studio_bucket() {
  oss::Bucket wanted;
  wanted.name = kStudioBucket;
  auto found = co_await store_.get_bucket(wanted.name);
  if (found) co_return ObjectResult<void>{};
  if (found.error().code != Errc::kNoSuchBucket) co_return translated(found.error());
  wanted.owner = owner_;
  auto made = co_await store_.create_bucket(wanted);
  if (made || made.error().code == Errc::kBucketAlreadyOwnedByYou) co_return ObjectResult<void>{};
  co_return translated(made.error());
}

Task<ObjectResult<void>> ModelObjects::check_owner(const std::string& bucket) {
  auto found = co_await store_.get_bucket(bucket);
  if (!found) co_return translated(found.error());
  if ((*found)->owner == owner_) co_return ObjectResult<void>{};
  co_return std::unexpected(ObjectError{ObjectFault::kNoSuchBucket, {}});
}

Task<ObjectResult<std::uint64_t>> ModelObjects::put(const ObjectName& name,
                                                    const std::string& content_type,
                                                    ByteSource& source, std::uint64_t max_bytes) {
  if (name.bucket == kStudioBucket) {
    auto there = co_await make_studio_bucket();
    if (!there) co_return std::unexpected(std::move(there.error()));
  }
  auto own = co_await check_owner(name.bucket);
  if (!own) co_return std::unexpected(std::move(own.error()));
  BoundedSource bounded(source, max_bytes);
  if (bounded.too_large()) {
    co_return std::unexpected(ObjectError{ObjectFault::kTooLarge, {}});
  }
  oss::PutOptions options;
  options.headers.content_type = content_type;
  options.owner = owner_;
  oss::Body body{bounded, {}, {}, {}};
  auto stored = co_await store_.put(name.bucket, name.key, options, body);
  if (stored) co_return stored->size;
  auto error = translated(stored.error()).error();
  if (bounded.broken()) error.fault = ObjectFault::kIncomplete;
  if (bounded.too_large()) error.fault = ObjectFault::kTooLarge;
  co_return std::unexpected(std::move(error));
}

Task<ObjectResult<ObjectStream>> ModelObjects::open(const ObjectName& name, std::uint64_t offset) {
  auto own = co_await check_owner(name.bucket);
  if (!own) co_return std::unexpected(std::move(own.error()));
  oss::GetOptions options;
  if (offset > 0) options.range = oss::ByteRange{offset, {}};
  auto got = co_await store_.get(name.bucket, name.key, options);
  ObjectStream stream;
  if (!got && got.error().code == Errc::kInvalidRange) {
    oss::Preconditions none;
    auto info = co_await store_.head(name.bucket, name.key, none);
    if (!info) co_return translated(info.error());
    stream.etag = hex_lower(info->etag.oss);
    stream.data = std::make_unique<TextSegments>(SharedText());
    co_return stream;
  }
  if (!got) co_return translated(got.error());
  stream.bytes = got->range ? got->range->length : got->info->size;
  stream.etag = hex_lower(got->info->etag.oss);
  stream.data = std::move(got->stream);
  if (!stream.data) stream.data = std::make_unique<TextSegments>(std::move(got->inline_data));
  co_return stream;
}

Task<ObjectResult<void>> ModelObjects::remove(const ObjectName& name) {
  auto own = co_await check_owner(name.bucket);
  if (!own) co_return own;
  auto removed = co_await store_.remove(name.bucket, name.key);
  if (!removed) co_return translated(removed.error());
  co_return ObjectResult<void>{};
}

}  // namespace

std::unique_ptr<modelstudio::Objects> make_model_objects(oss::ObjectStore& store,
                                                         std::string owner) {
  return std::make_unique<ModelObjects>(store, std::move(owner));
}

}  // namespace lakeside::app
