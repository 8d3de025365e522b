#include "engines/memory/memory_blob.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>

#include "engines/validate.h"

namespace lakeside::engines {
namespace {

struct Blob {
  std::string data;
  Time created;
};

// What the store shares with its writers and sources.
struct Shelf {
  explicit Shelf(const Clock& the_clock) : clock(the_clock) {}

  const Clock& clock;
  std::mutex mutex;
  std::map<BlobId, std::shared_ptr<const Blob>> blobs;
  std::uint64_t next_number = 0;

  std::shared_ptr<const Blob> find(const BlobId& id) {
    std::lock_guard lock(mutex);
    auto found = blobs.find(id);
    return found == blobs.end() ? nullptr : found->second;
  }
  BlobId add(std::string_view group, std::string data) {
    auto blob = std::make_shared<const Blob>(std::move(data), clock.now());
    std::lock_guard lock(mutex);
    BlobId id{std::string(group) + '/' + std::to_string(++next_number)};
    blobs.emplace(id, std::move(blob));
    return id;
  }
};

class MemoryBlobWriter final : public BlobWriter {
 public:
  MemoryBlobWriter(std::shared_ptr<Shelf> shelf, std::string_view group)
      : shelf_(std::move(shelf)), group_(group) {}

  Task<Status> append(Chunk chunk) override {
    if (ended_) co_return fail(ErrorCode::kInvalid, "append after a partial chunk");
    ended_ = chunk.size() % kBlobChunkQuantum != 0;
    data_ += as_text(chunk.view());
    co_return Status{};
  }

  Task<Result<BlobId>> finish() override { co_return shelf_->add(group_, std::move(data_)); }

 private:
  std::shared_ptr<Shelf> shelf_;
  std::string group_;
  std::string data_;
  bool ended_ = false;
};

class MemoryBlobSource final : public SegmentSource {
 public:
  MemoryBlobSource(std::shared_ptr<const Blob> blob, std::uint64_t offset, std::uint64_t length)
      : blob_(std::move(blob)), rest_(std::string_view(blob_->data).substr(offset, length)) {}

  Task<Result<std::optional<Segment>>> next() override {
    if (rest_.empty()) co_return std::nullopt;
    std::size_t size = std::min(rest_.size(), kChunkSize);
    Chunk chunk = Chunk::allocate(size);
    std::memcpy(chunk.free_space().data(), rest_.data(), size);
    chunk.extend(size);
    rest_.remove_prefix(size);
    co_return std::optional<Segment>(std::move(chunk));
  }

 private:
  std::shared_ptr<const Blob> blob_;
  std::string_view rest_;
};

class MemoryBlobStore final : public BlobStore {
 public:
  explicit MemoryBlobStore(const Clock& clock) : shelf_(std::make_shared<Shelf>(clock)) {}

  Task<Result<std::unique_ptr<BlobWriter>>> create(std::string_view group) override {
    if (auto valid = validate_group(group); !valid) co_return std::unexpected(valid.error());
    co_return std::make_unique<MemoryBlobWriter>(shelf_, group);
  }

  Task<Result<std::unique_ptr<SegmentSource>>> open(const BlobId& id, std::uint64_t offset,
                                                    std::uint64_t length) override {
    std::shared_ptr<const Blob> blob = shelf_->find(id);
    if (!blob) co_return fail(ErrorCode::kNotFound, "blob " + id.value);
    std::uint64_t size = blob->data.size();
    if (offset > size || length > size - offset) {
      co_return fail(ErrorCode::kInvalid, "range beyond the end of blob " + id.value);
    }
    co_return std::make_unique<MemoryBlobSource>(std::move(blob), offset, length);
  }

  Task<Status> remove(const BlobId& id) override {
    std::lock_guard lock(shelf_->mutex);
    shelf_->blobs.erase(id);
    co_return Status{};
  }

  Task<Status> list(const std::function<bool(const BlobInfo&)>& visit) override {
    std::vector<BlobInfo> infos;
    {
      std::lock_guard lock(shelf_->mutex);
      for (const auto& [id, blob] : shelf_->blobs) {
        infos.push_back({id, blob->data.size(), blob->created});
      }
    }
    for (const BlobInfo& info : infos) {
      if (!visit(info)) break;
    }
    co_return Status{};
  }

  Task<Status> verify(const BlobId& id) override {
    if (!shelf_->find(id)) co_return fail(ErrorCode::kNotFound, "blob " + id.value);
    co_return Status{};
  }

 private:
  std::shared_ptr<Shelf> shelf_;
};

}  // namespace

std::unique_ptr<BlobStore> make_memory_blob_store(const Clock& clock) {
  return std::make_unique<MemoryBlobStore>(clock);
}

}  // namespace lakeside::engines
