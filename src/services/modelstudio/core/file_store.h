// The files of the OpenAI and DashScope APIs: a record in the database, data in an object.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"
#include "services/modelstudio/core/objects.h"

namespace lakeside::modelstudio {

inline constexpr std::size_t kMaxFilename = 255;
// 1 to kMaxFilename bytes of UTF-8 without control characters.
[[nodiscard]] bool is_filename(std::string_view name);

// The keys of one workspace see the same files, batches, tasks and stored responses.
struct StoredFile {
  std::string id;  // "file-…"
  std::string workspace;
  std::string purpose;   // "batch", "batch_output", …
  std::string filename;  // as the client named it
  std::string description;
  std::uint64_t bytes = 0;
  Time created;
  std::optional<Time> expires;
  ObjectName object;
};

struct NewFile {
  std::string workspace;
  std::string purpose;
  std::string filename;
  std::string content_type = "application/octet-stream";
  std::string description = {};
  std::optional<Time> expires = {};
  std::uint64_t max_bytes = 512ULL << 20;
};

// Thread-safe, called on executors.
class FileStore {
 public:
  // All outlive it.
  [[nodiscard]] static std::unique_ptr<FileStore> create(engines::Kv& kv, Objects& objects,
                                                         const Clock& clock);
  virtual ~FileStore() = default;

  // upload, then publish.
  virtual Task<ObjectResult<StoredFile>> add(const NewFile& file, ByteSource& data) = 0;

  // The object first, then the record: a crash between leaves an object that its key names
  // ("files/WORKSPACE/FILE-ID/FILENAME" in kStudioBucket, '/' in the name as '_'), never a record
  // without data. A form may name a file's purpose after its data: what is uploaded may be changed
  // (but for id, workspace, bytes and object) until it is published, or discarded.
  // kInvalidName: see is_filename.
  virtual Task<ObjectResult<StoredFile>> upload(const NewFile& file, ByteSource& data) = 0;
  virtual Task<ObjectResult<void>> publish(const StoredFile& file) = 0;
  virtual Task<void> discard(const StoredFile& file) = 0;

  // kNoSuchObject: not there, of another workspace, or expired.
  virtual Task<ObjectResult<StoredFile>> find(const std::string& workspace,
                                              const std::string& id) = 0;
  struct Page {
    std::vector<StoredFile> files;
    bool more = false;
  };
  struct ListOptions {
    std::string purpose;  // empty: all
    std::string after;    // the id of the last file of the page before
    std::size_t limit = 10'000;
    bool newest_first = true;
  };
  // Without those that have expired.
  virtual Task<ObjectResult<Page>> list(const std::string& workspace,
                                        const ListOptions& options) = 0;
  virtual Task<ObjectResult<ObjectStream>> open(const StoredFile& file) = 0;
  // kNoSuchObject, as find.
  virtual Task<ObjectResult<void>> remove(const std::string& workspace, const std::string& id) = 0;
  // For housekeeping: some of the files whose time is over, and how many they were.
  virtual Task<Result<std::size_t>> remove_expired() = 0;
  // All records (the objects go with their bucket): the whole cloud is reset.
  virtual Task<Status> clear() = 0;
};

}  // namespace lakeside::modelstudio
