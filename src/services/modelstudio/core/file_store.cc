#include "services/modelstudio/core/file_store.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "base/crypto.h"
#include "base/encoding.h"
#include "base/log.h"
#include "services/modelstudio/core/clear.h"
#include "services/modelstudio/core/file_records.h"

namespace lakeside::modelstudio {
namespace {

constexpr std::size_t kMaxId = 64;
constexpr std::size_t kExpiredAtOnce = 256;

const engines::Partition& partition() {
  static const engines::Partition files{"modelstudio.files"};
  return files;
}

// A workspace's name has no '/'.
std::string record_key(const std::string& workspace, const std::string& id) {
  return workspace + "/" + id;
}

// The later a file is made, the smaller its id: a scan finds the newest first, as both APIs list.
std::string new_id(Time now) {
  constexpr std::uint64_t kEnd = (1ULL << 56) - 1;
  std::uint64_t left = kEnd - static_cast<std::uint64_t>(now.time_since_epoch().count());
  std::array<std::byte, 7> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::byte>(left >> (8 * (bytes.size() - 1 - i)));
  }
  return "file-" + hex_lower(bytes) + to_lower_ascii(random_hex_upper(6));
}

std::unexpected<ObjectError> refuse(ObjectFault fault) {
  return std::unexpected(ObjectError{fault, {}});
}

std::unexpected<ObjectError> from_engine(Error error) {
  bool later = error.code == ErrorCode::kNoSpace || error.code == ErrorCode::kUnavailable;
  ObjectFault fault = later ? ObjectFault::kNoSpace : ObjectFault::kInternal;
  return std::unexpected(ObjectError{fault, std::move(error.detail)});
}

class StoredFiles final : public FileStore {
 public:
  StoredFiles(engines::Kv& kv, Objects& objects, const Clock& clock)
      : kv_(kv), objects_(objects), clock_(clock) {}

  Task<ObjectResult<StoredFile>> add(const NewFile& file, ByteSource& data) override;
  Task<ObjectResult<StoredFile>> upload(const NewFile& file, ByteSource& data) override;
  Task<ObjectResult<void>> publish(const StoredFile& file) override;
  Task<void> discard(const StoredFile& file) override;
  Task<ObjectResult<StoredFile>> find(const std::string& workspace, const std::string& id) override;
  Task<ObjectResult<Page>> list(const std::string& workspace, const ListOptions& options) override;
  Task<ObjectResult<ObjectStream>> open(const StoredFile& file) override {
    co_return co_await objects_.open(file.object, 0);
  }
  Task<ObjectResult<void>> remove(const std::string& workspace, const std::string& id) override;
  Task<Result<std::size_t>> remove_expired() override;
  Task<Status> clear() override { co_return co_await modelstudio::clear(kv_, partition()); }

 private:
  [[nodiscard]] bool has_expired(const StoredFile& file) const {
    return file.expires && *file.expires <= clock_.now();
  }
  // The record, then the object: what a crash leaves is an object without a record.
  Task<Status> erase(const StoredFile& file);

  engines::Kv& kv_;
  Objects& objects_;
  const Clock& clock_;
};

Task<ObjectResult<StoredFile>> StoredFiles::add(const NewFile& file, ByteSource& data) {
  auto stored = co_await upload(file, data);
  if (!stored) co_return stored;
  auto published = co_await publish(*stored);
  if (!published) co_return std::unexpected(std::move(published.error()));
  co_return stored;
}

Task<ObjectResult<StoredFile>> StoredFiles::upload(const NewFile& file, ByteSource& data) {
  if (!is_filename(file.filename)) co_return refuse(ObjectFault::kInvalidName);
  StoredFile stored;
  stored.created = clock_.now();
  stored.id = new_id(stored.created);
  stored.workspace = file.workspace;
  stored.purpose = file.purpose;
  stored.filename = file.filename;
  stored.description = file.description;
  stored.expires = file.expires;
  std::string name = file.filename;
  std::ranges::replace(name, '/', '_');
  stored.object = {std::string(kStudioBucket),
                   "files/" + file.workspace + "/" + stored.id + "/" + name};
  auto bytes = co_await objects_.put(stored.object, file.content_type, data, file.max_bytes);
  if (!bytes) co_return std::unexpected(std::move(bytes.error()));
  stored.bytes = *bytes;
  co_return stored;
}

Task<ObjectResult<void>> StoredFiles::publish(const StoredFile& file) {
  engines::Batch batch;
  std::string key = record_key(file.workspace, file.id);
  batch.require_absent(key);
  batch.put(key, encode_file(file));
  Status written = co_await kv_.commit(partition(), batch);
  // Even then the record may have been written: its data stays.
  if (!written) co_return from_engine(std::move(written.error()));
  co_return ObjectResult<void>{};
}

Task<void> StoredFiles::discard(const StoredFile& file) {
  auto gone = co_await objects_.remove(file.object);
  if (!gone && gone.error().fault != ObjectFault::kNoSuchBucket) {
    log(LogLevel::kWarn, "an object stays without its file",
        {{"key", file.object.key}, {"why", gone.error().internal}});
  }
}

Task<ObjectResult<StoredFile>> StoredFiles::find(const std::string& workspace,
                                                 const std::string& id) {
  if (id.empty() || id.size() > kMaxId) co_return refuse(ObjectFault::kNoSuchObject);
  auto record = co_await engines::get_one(kv_, partition(), record_key(workspace, id));
  if (!record) co_return from_engine(std::move(record.error()));
  if (!*record) co_return refuse(ObjectFault::kNoSuchObject);
  auto file = decode_file(**record);
  if (!file) co_return from_engine(std::move(file.error()));
  if (has_expired(*file)) co_return refuse(ObjectFault::kNoSuchObject);
  co_return std::move(*file);
}

Task<ObjectResult<FileStore::Page>> StoredFiles::list(const std::string& workspace,
                                                      const ListOptions& options) {
  const std::string prefix = record_key(workspace, {});
  const std::string after = options.after.empty() ? "" : record_key(workspace, options.after);
  std::deque<StoredFile> found;  // newest first, one more than the page
  bool more = false;
  Status decoded;
  engines::ScanVisitor visitor = [&](std::string_view key, std::string_view record) {
    if (!key.starts_with(prefix)) return engines::ScanStep::stop();
    if (!after.empty()) {
      if (options.newest_first && key == after) return engines::ScanStep::next();
      // Oldest first, what comes after is what was made later: smaller ids.
      if (!options.newest_first && key >= after) return engines::ScanStep::stop();
    }
    auto file = decode_file(record);
    if (!file) {
      decoded = std::unexpected(std::move(file.error()));
      return engines::ScanStep::stop();
    }
    bool wanted = options.purpose.empty() || file->purpose == options.purpose;
    if (!wanted || has_expired(*file)) return engines::ScanStep::next();
    if (found.size() == options.limit) {
      more = true;
      if (options.newest_first || found.empty()) return engines::ScanStep::stop();
      found.pop_front();
    }
    found.push_back(std::move(*file));
    return engines::ScanStep::next();
  };
  const std::string& from = options.newest_first && !after.empty() ? after : prefix;
  Status scanned = co_await kv_.scan(partition(), from, visitor);
  if (!scanned) co_return from_engine(std::move(scanned.error()));
  if (!decoded) co_return from_engine(std::move(decoded.error()));
  if (!options.newest_first) std::ranges::reverse(found);
  Page page;
  page.files.assign(std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  page.more = more;
  co_return page;
}

Task<Status> StoredFiles::erase(const StoredFile& file) {
  engines::Batch batch;
  batch.remove(record_key(file.workspace, file.id));
  Status removed = co_await kv_.commit(partition(), batch);
  if (!removed) co_return removed;
  co_await discard(file);
  co_return Status{};
}

Task<ObjectResult<void>> StoredFiles::remove(const std::string& workspace, const std::string& id) {
  auto file = co_await find(workspace, id);
  if (!file) co_return std::unexpected(std::move(file.error()));
  Status erased = co_await erase(*file);
  if (!erased) co_return from_engine(std::move(erased.error()));
  co_return ObjectResult<void>{};
}

Task<Result<std::size_t>> StoredFiles::remove_expired() {
  std::vector<StoredFile> expired;
  engines::ScanVisitor visitor = [&](std::string_view, std::string_view record) {
    auto file = decode_file(record);
    if (file && has_expired(*file)) expired.push_back(std::move(*file));
    return expired.size() == kExpiredAtOnce ? engines::ScanStep::stop() : engines::ScanStep::next();
  };
  Status scanned = co_await kv_.scan(partition(), "", visitor);
  if (!scanned) co_return std::unexpected(std::move(scanned.error()));
  for (const StoredFile& file : expired) {
    Status erased = co_await erase(file);
    if (!erased) co_return std::unexpected(std::move(erased.error()));
  }
  co_return expired.size();
}

}  // namespace

bool is_filename(std::string_view name) {
  auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return !name.empty() && name.size() <= kMaxFilename && is_valid_utf8(name) &&
         std::ranges::none_of(name, is_control);
}

std::unique_ptr<FileStore> FileStore::create(engines::Kv& kv, Objects& objects,
                                             const Clock& clock) {
  return std::make_unique<StoredFiles>(kv, objects, clock);
}

}  // namespace lakeside::modelstudio
