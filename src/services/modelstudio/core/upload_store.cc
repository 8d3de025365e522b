#include "services/modelstudio/core/upload_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/log.h"
#include "services/modelstudio/core/clear.h"
#include "services/modelstudio/core/part_chain.h"
#include "services/modelstudio/core/upload_records.h"

namespace lakeside::modelstudio {
namespace {

constexpr std::size_t kMaxId = 64;
// A record stays for so long after its upload expired: whoever completes it late is told so, and
// nothing is removed beneath a completion that takes its time.
constexpr std::chrono::hours kKeptOn{24};
// A part that broke off is sent again; who sends everything twice has done something else.
constexpr std::uint64_t kSpareBytes = kMaxPartBytes;

const engines::Partition& partition() {
  static const engines::Partition uploads{"modelstudio.uploads"};
  return uploads;
}

// A workspace's name has no '/'.
std::string record_key(const std::string& workspace, const std::string& id) {
  return "u/" + workspace + "/" + id;
}
std::string parts_prefix(const std::string& id) { return "p/" + id + "/"; }

ObjectName object_of(const Upload& upload, const std::string& part) {
  return {std::string(kStudioBucket), "parts/" + upload.workspace + "/" + upload.id + "/" + part};
}

std::string new_id(std::string_view prefix) {
  return std::string(prefix) + to_lower_ascii(random_hex_upper(16));
}

std::unexpected<UploadError> refuse(UploadFault fault, std::string detail = {}) {
  return std::unexpected(UploadError{fault, std::move(detail), {}});
}

std::unexpected<UploadError> storage(ObjectError error) {
  return std::unexpected(UploadError{UploadFault::kStorage, {}, std::move(error)});
}

std::unexpected<UploadError> storage(Error error) {
  bool later = error.code == ErrorCode::kNoSpace || error.code == ErrorCode::kUnavailable;
  ObjectFault fault = later ? ObjectFault::kNoSpace : ObjectFault::kInternal;
  return storage(ObjectError{fault, std::move(error.detail)});
}

class Uploads final : public UploadStore {
 public:
  Uploads(engines::Kv& kv, Objects& objects, FileStore& files, const Clock& clock)
      : kv_(kv), objects_(objects), files_(files), clock_(clock) {}

  Task<UploadResult<Upload>> begin(Upload upload) override;
  Task<UploadResult<UploadPart>> add_part(const std::string& workspace, const std::string& id,
                                          ByteSource& data) override;
  Task<UploadResult<Upload>> complete(const std::string& workspace, const std::string& id,
                                      const Completion& completion) override;
  Task<UploadResult<Upload>> cancel(const std::string& workspace, const std::string& id) override;
  Task<Result<std::size_t>> remove_expired() override;
  Task<Status> clear() override { co_return co_await modelstudio::clear(kv_, partition()); }

 private:
  // A record as it was read: what is written next requires that it still is so.
  struct Found {
    Upload upload;
    std::string record;
  };
  using Parts = std::vector<UploadPart>;

  Task<UploadResult<Found>> find(const std::string& workspace, const std::string& id);
  // As find, but it has to be pending.
  Task<UploadResult<Found>> find_pending(const std::string& workspace, const std::string& id);
  Task<Result<Parts>> parts_of(const std::string& id);
  Task<UploadResult<void>> check_room(const Upload& upload);
  // kCompleted, kCancelled or kNoSuchUpload where somebody else was faster.
  Task<UploadResult<void>> replace(const Found& found, const Upload& by);
  Task<UploadResult<StoredFile>> join(const Upload& upload, const Completion& completion);
  Task<UploadResult<void>> assemble(const std::string& workspace, const std::string& id,
                                    const Completion& completion);
  Task<UploadResult<Upload>> show(Found found);
  Task<void> forget_parts(const Upload& upload);
  Task<Status> erase(const Upload& upload);

  engines::Kv& kv_;
  Objects& objects_;
  FileStore& files_;
  const Clock& clock_;
};

// ---- reading ------------------------------------------------------------------------------

Task<UploadResult<Uploads::Found>> Uploads::find(const std::string& workspace,
                                                 const std::string& id) {
  if (id.empty() || id.size() > kMaxId) co_return refuse(UploadFault::kNoSuchUpload);
  auto record = co_await engines::get_one(kv_, partition(), record_key(workspace, id));
  if (!record) co_return storage(std::move(record.error()));
  if (!*record) co_return refuse(UploadFault::kNoSuchUpload);
  auto upload = decode_upload(**record);
  if (!upload) co_return storage(std::move(upload.error()));
  co_return Found{std::move(*upload), std::move(**record)};
}

Task<UploadResult<Uploads::Found>> Uploads::find_pending(const std::string& workspace,
                                                         const std::string& id) {
  auto found = co_await find(workspace, id);
  if (!found) co_return found;
  const Upload& upload = found->upload;
  if (upload.status == Upload::Status::kCancelled) co_return refuse(UploadFault::kCancelled);
  if (upload.status != Upload::Status::kPending) co_return refuse(UploadFault::kCompleted);
  if (upload.expires <= clock_.now()) co_return refuse(UploadFault::kExpired);
  co_return found;
}

Task<Result<Uploads::Parts>> Uploads::parts_of(const std::string& id) {
  const std::string prefix = parts_prefix(id);
  Parts parts;
  Status decoded;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    if (!key.starts_with(prefix)) return engines::ScanStep::stop();
    auto part = decode_part(record);
    if (!part) {
      decoded = std::unexpected(std::move(part.error()));
      return engines::ScanStep::stop();
    }
    part->id = key.substr(prefix.size());
    parts.push_back(std::move(*part));
    return engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), prefix, visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  if (!decoded) co_return std::unexpected(std::move(decoded.error()));
  co_return parts;
}

// ---- parts --------------------------------------------------------------------------------

Task<UploadResult<Upload>> Uploads::begin(Upload upload) {
  upload.id = new_id("upload_");
  upload.created = clock_.now();
  upload.expires = upload.created + kUploadsLast;
  std::string key = record_key(upload.workspace, upload.id);
  engines::Batch batch;
  batch.require_absent(key);
  batch.put(key, encode_upload(upload));
  Status written = co_await kv_.commit(partition(), batch);
  if (!written) co_return storage(std::move(written.error()));
  co_return upload;
}

// What is just coming is not counted: it is bounded by the connections.
Task<UploadResult<void>> Uploads::check_room(const Upload& upload) {
  auto parts = co_await parts_of(upload.id);
  if (!parts) co_return storage(std::move(parts.error()));
  std::uint64_t bytes = 0;
  for (const UploadPart& part : *parts) bytes += part.bytes;
  if (parts->size() >= kMaxParts || bytes > 2 * upload.bytes + kSpareBytes) {
    co_return refuse(UploadFault::kTooManyParts);
  }
  co_return UploadResult<void>{};
}

// The record first: what a crash leaves of the data is found by it, and removed.
Task<UploadResult<UploadPart>> Uploads::add_part(const std::string& workspace,
                                                 const std::string& id, ByteSource& data) {
  auto found = co_await find_pending(workspace, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto room = co_await check_room(found->upload);
  if (!room) co_return std::unexpected(std::move(room.error()));
  UploadPart part{.id = new_id("part_"), .created = clock_.now()};
  const std::string upload_key = record_key(workspace, id);
  const std::string key = parts_prefix(id) + part.id;
  const std::string coming = encode_part(part);
  engines::Batch announce;
  announce.require(upload_key, found->record);
  announce.put(key, coming);
  Status announced = co_await kv_.commit(partition(), announce);
  if (!announced) co_return storage(std::move(announced.error()));

  const ObjectName object = object_of(found->upload, part.id);
  const std::string type = "application/octet-stream";
  auto bytes = co_await objects_.put(object, type, data, kMaxPartBytes);
  engines::Batch finish;
  if (bytes) {
    part.bytes = *bytes;
    part.whole = true;
    // Who cancelled or completed it meanwhile does not know of this part.
    finish.require(upload_key, found->record);
    finish.require(key, coming);
    finish.put(key, encode_part(part));
  } else {
    finish.remove(key);
  }
  Status finished = co_await kv_.commit(partition(), finish);
  if (!bytes) co_return storage(std::move(bytes.error()));
  if (finished) co_return part;
  auto gone = co_await objects_.remove(object);
  if (!gone) log(LogLevel::kWarn, "a part stays without its upload", {{"key", object.key}});
  if (finished.error().code != ErrorCode::kGuardFailed) {
    co_return storage(std::move(finished.error()));
  }
  auto now = co_await find_pending(workspace, id);
  if (!now) co_return std::unexpected(std::move(now.error()));
  co_return storage(std::move(finished.error()));
}

// ---- completing ---------------------------------------------------------------------------

Task<UploadResult<void>> Uploads::replace(const Found& found, const Upload& by) {
  const std::string key = record_key(by.workspace, by.id);
  engines::Batch batch;
  batch.require(key, found.record);
  batch.put(key, encode_upload(by));
  Status written = co_await kv_.commit(partition(), batch);
  if (written) co_return UploadResult<void>{};
  if (written.error().code != ErrorCode::kGuardFailed) {
    co_return storage(std::move(written.error()));
  }
  auto now = co_await find_pending(by.workspace, by.id);
  if (!now) co_return std::unexpected(std::move(now.error()));
  co_return storage(std::move(written.error()));
}

// The parts as one object, which is no file yet.
Task<UploadResult<StoredFile>> Uploads::join(const Upload& upload, const Completion& completion) {
  auto parts = co_await parts_of(upload.id);
  if (!parts) co_return storage(std::move(parts.error()));
  std::vector<ObjectName> names;
  std::set<std::string> seen;
  std::uint64_t bytes = 0;
  for (const std::string& id : completion.parts) {
    auto part = std::ranges::find(*parts, id, &UploadPart::id);
    if (part == parts->end() || !part->whole) co_return refuse(UploadFault::kNoSuchPart, id);
    if (!seen.insert(id).second) co_return refuse(UploadFault::kRepeatedPart, id);
    bytes += part->bytes;
    names.push_back(object_of(upload, id));
  }
  if (bytes != upload.bytes) co_return refuse(UploadFault::kWrongSize, std::to_string(bytes));
  PartChain chain(objects_, std::move(names), bytes, !completion.md5.empty());
  NewFile file{.workspace = upload.workspace,
               .purpose = upload.purpose,
               .filename = upload.filename,
               .content_type = upload.content_type,
               .max_bytes = upload.bytes};
  auto stored = co_await files_.upload(file, chain);
  if (!stored) co_return storage(std::move(stored.error()));
  std::string md5 = chain.md5();
  if (to_lower_ascii(completion.md5) != md5) {
    co_await files_.discard(*stored);
    co_return refuse(UploadFault::kWrongChecksum, std::move(md5));
  }
  if (upload.file_seconds != 0) {
    stored->expires = stored->created + std::chrono::seconds(upload.file_seconds);
  }
  co_return std::move(*stored);
}

// Makes the file of a completing upload visible, which a process that was killed may have done.
Task<UploadResult<Upload>> Uploads::show(Found found) {
  auto there = co_await files_.find(found.upload.workspace, found.upload.file.id);
  if (!there && there.error().fault != ObjectFault::kNoSuchObject) {
    co_return storage(std::move(there.error()));
  }
  if (!there) {
    auto published = co_await files_.publish(found.upload.file);
    if (!published) co_return storage(std::move(published.error()));
  }
  Upload done = found.upload;
  done.status = Upload::Status::kCompleted;
  auto written = co_await replace(found, done);
  // Who asks twice at once gets the same answer twice.
  if (!written && written.error().fault != UploadFault::kCompleted) {
    co_return std::unexpected(std::move(written.error()));
  }
  co_await forget_parts(done);
  co_return done;
}

// To kCompleting; kCompleted where it has come that far already.
Task<UploadResult<void>> Uploads::assemble(const std::string& workspace, const std::string& id,
                                           const Completion& completion) {
  auto found = co_await find_pending(workspace, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto file = co_await join(found->upload, completion);
  if (!file) co_return std::unexpected(std::move(file.error()));
  Upload completing = found->upload;
  completing.status = Upload::Status::kCompleting;
  completing.file = *file;
  auto written = co_await replace(*found, completing);
  if (!written) co_await files_.discard(*file);
  co_return written;
}

Task<UploadResult<Upload>> Uploads::complete(const std::string& workspace, const std::string& id,
                                             const Completion& completion) {
  auto assembled = co_await assemble(workspace, id, completion);
  if (!assembled && assembled.error().fault != UploadFault::kCompleted) {
    co_return std::unexpected(std::move(assembled.error()));
  }
  auto found = co_await find(workspace, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (found->upload.status == Upload::Status::kCompleted) co_return std::move(found->upload);
  co_return co_await show(std::move(*found));
}

// ---- the end ------------------------------------------------------------------------------

Task<UploadResult<Upload>> Uploads::cancel(const std::string& workspace, const std::string& id) {
  auto found = co_await find(workspace, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (found->upload.status == Upload::Status::kCancelled) co_return std::move(found->upload);
  found = co_await find_pending(workspace, id);
  if (!found) co_return std::unexpected(std::move(found.error()));
  Upload cancelled = found->upload;
  cancelled.status = Upload::Status::kCancelled;
  auto written = co_await replace(*found, cancelled);
  if (!written) co_return std::unexpected(std::move(written.error()));
  co_await forget_parts(cancelled);
  co_return cancelled;
}

// What fails here is tried again when the upload expires.
Task<void> Uploads::forget_parts(const Upload& upload) {
  auto parts = co_await parts_of(upload.id);
  if (!parts) co_return;
  for (const UploadPart& part : *parts) {
    const ObjectName object = object_of(upload, part.id);
    auto gone = co_await objects_.remove(object);
    if (!gone && gone.error().fault != ObjectFault::kNoSuchBucket) continue;
    engines::Batch batch;
    batch.remove(parts_prefix(upload.id) + part.id);
    Status removed = co_await kv_.commit(partition(), batch);
    if (!removed) co_return;
  }
}

Task<Status> Uploads::erase(const Upload& upload) {
  co_await forget_parts(upload);
  auto left = co_await parts_of(upload.id);
  if (!left) co_return std::unexpected(std::move(left.error()));
  if (!left->empty()) co_return Status{};
  if (upload.status == Upload::Status::kCompleting) {
    auto file = co_await files_.find(upload.workspace, upload.file.id);
    if (!file && file.error().fault == ObjectFault::kNoSuchObject) {
      co_await files_.discard(upload.file);
    }
  }
  engines::Batch batch;
  batch.remove(record_key(upload.workspace, upload.id));
  co_return co_await kv_.commit(partition(), batch);
}

Task<Result<std::size_t>> Uploads::remove_expired() {
  constexpr std::string_view kUploads = "u/";
  std::vector<Upload> expired;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    if (!key.starts_with(kUploads)) return engines::ScanStep::stop();
    auto upload = decode_upload(record);
    if (upload && upload->expires + kKeptOn <= clock_.now()) expired.push_back(std::move(*upload));
    return engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), kUploads, visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  for (const Upload& upload : expired) {
    Status erased = co_await erase(upload);
    if (!erased) co_return std::unexpected(std::move(erased.error()));
  }
  co_return expired.size();
}

}  // namespace

std::unique_ptr<UploadStore> UploadStore::create(engines::Kv& kv, Objects& objects,
                                                 FileStore& files, const Clock& clock) {
  return std::make_unique<Uploads>(kv, objects, files, clock);
}

}  // namespace lakeside::modelstudio
