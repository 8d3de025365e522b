#include "app/object_import.h"

#include <span>

namespace lakeside::app {
namespace {

constexpr std::size_t kPiece = 4 << 20;
constexpr std::uint64_t kSpareBytes = 64 << 20;

Error explained(const modelstudio::ObjectError& error, const ObjectSource& source) {
  using modelstudio::ObjectFault;
  switch (error.fault) {
    case ObjectFault::kNoSuchBucket:
      return {ErrorCode::kNotFound, "there is no bucket " + source.bucket};
    case ObjectFault::kNoSuchObject:
      return {ErrorCode::kNotFound, "there is no object " + source.text()};
    case ObjectFault::kInvalidName:
      return {ErrorCode::kInvalid, source.text() + " cannot be an object's name"};
    default:
      return {ErrorCode::kIo, source.text() + " cannot be read: " + error.internal};
  }
}

}  // namespace

ObjectImport::ObjectImport(modelstudio::Objects& objects, const ModelFolder& folder,
                           ThreadPool& pool, ObjectSource source, std::string name)
    : objects_(objects),
      folder_(folder),
      pool_(pool),
      source_(std::move(source)),
      name_(name.empty() ? default_model_name(source_.key) : std::move(name)) {}

// Nobody goes on with it: a copy on this machine is quick to begin anew.
ObjectImport::~ObjectImport() {
  if (part_ && !finished_) part_->remove();
}

bool ObjectImport::is_here() const { return folder_.origin(name_) == origin(); }

Task<Status> ObjectImport::begin() {
  const modelstudio::ObjectName wanted{source_.bucket, source_.key};
  auto opened = co_await objects_.open(wanted, 0);
  if (!opened) co_return std::unexpected(explained(opened.error(), source_));
  total_ = opened->bytes;
  version_ = "etag:" + opened->etag;
  data_ = std::move(opened->data);
  reader_.emplace(*data_, total_);
  co_return Status();
}

Status ObjectImport::open_part() {
  auto path = folder_.part_of(name_);
  if (!path) return std::unexpected(path.error());
  auto free = folder_.free_bytes();
  if (!free) return std::unexpected(free.error());
  if (*free < total_ + kSpareBytes) {
    return fail(ErrorCode::kNoSpace,
                "the disk has " + std::to_string(*free >> 20) + " MiB free, and " +
                    std::to_string((total_ + kSpareBytes) >> 20) + " MiB are needed");
  }
  auto part = PartFile::open(*path, {source_.text(), total_, "", version_});
  if (!part) return std::unexpected(part.error());
  part_ = std::move(*part);
  return part_->restart();
}

Status ObjectImport::finish() {
  if (auto verified = part_->verify(); !verified) return verified;
  if (auto published = folder_.publish(part_->path(), name_, origin()); !published) {
    return published;
  }
  finished_ = true;
  part_->forget_note();
  return {};
}

Task<Result<bool>> ObjectImport::step() {
  auto copied = co_await copy_some();
  // What came is gone before anybody is told that it failed.
  if (!copied && part_) {
    co_await run_on(pool_, [this] { return part_->remove(), true; });
    part_.reset();
  }
  co_return copied;
}

Task<Result<bool>> ObjectImport::copy_some() {
  if (!part_) {
    Status opened = co_await run_on(pool_, [this] { return open_part(); });
    if (!opened) co_return std::unexpected(opened.error());
    piece_.resize(kPiece);
  }
  // The store checks each byte against its checksum before it gives it.
  std::size_t filled = 0;
  bool ended = false;
  while (filled < piece_.size() && !ended) {
    auto into = std::as_writable_bytes(std::span(piece_)).subspan(filled);
    auto got = co_await reader_->read(into);
    if (!got) co_return std::unexpected(got.error());
    filled += *got;
    ended = *got == 0;
  }
  Status written = co_await run_on(pool_, [this, filled, ended] {
    Status appended = part_->append(std::string_view(piece_).substr(0, filled));
    return appended && ended ? finish() : appended;
  });
  if (!written) co_return std::unexpected(written.error());
  co_return ended;
}

}  // namespace lakeside::app
