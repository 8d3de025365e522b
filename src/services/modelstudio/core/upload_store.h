// Files that come in parts, as OpenAI's Uploads API has them: what was announced, the parts that
// came, and how they became a file. docs/formats/model-uploads.md.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/task.h"
#include "engines/kv.h"
#include "services/modelstudio/core/file_store.h"

namespace lakeside::modelstudio {

// "At most 8 GB in total", "each Part can be at most 64 MB", "expires after an hour" (openai,
// resources/uploads).
inline constexpr std::uint64_t kMaxUploadBytes = 8ULL << 30;
inline constexpr std::uint64_t kMaxPartBytes = 64ULL << 20;
inline constexpr std::size_t kMaxParts = 10'000;
inline constexpr std::chrono::hours kUploadsLast{1};

struct Upload {
  enum class Status {
    kPending,
    kCompleting,  // its file is whole, and is about to be seen
    kCompleted,
    kCancelled,
  };
  std::string id;  // "upload_…"
  std::string workspace;
  std::string purpose;
  std::string filename;
  std::string content_type;
  std::uint64_t bytes = 0;         // that are to come
  std::uint32_t file_seconds = 0;  // after which the file expires; 0: never
  Time created;
  Time expires;
  Status status = Status::kPending;
  StoredFile file;  // from kCompleting on
};

struct UploadPart {
  std::string id;  // "part_…"
  Time created;
  std::uint64_t bytes = 0;
  bool whole = false;  // else it is coming, or broke off
};

enum class UploadFault {
  kNoSuchUpload,   // or of another workspace
  kExpired,        // before it was completed
  kCompleted,      // so it takes no parts, and cannot be cancelled
  kCancelled,      // so it takes no parts, and cannot be completed
  kTooManyParts,   // or far more bytes than were announced
  kNoSuchPart,     // `detail` is its id
  kRepeatedPart,   // likewise
  kWrongSize,      // `detail` says how many bytes the parts have
  kWrongChecksum,  // `detail` is the right one
  kStorage,        // `object` says what
};
struct UploadError {
  UploadFault fault = UploadFault::kStorage;
  std::string detail;
  ObjectError object;
};
template <class T>
using UploadResult = std::expected<T, UploadError>;

// Thread-safe, called on executors. Arguments live until the awaiting coroutine resumes.
class UploadStore {
 public:
  // All outlive it.
  [[nodiscard]] static std::unique_ptr<UploadStore> create(engines::Kv& kv, Objects& objects,
                                                           FileStore& files, const Clock& clock);
  virtual ~UploadStore() = default;

  // With an id and times of its own.
  virtual Task<UploadResult<Upload>> begin(Upload upload) = 0;
  virtual Task<UploadResult<UploadPart>> add_part(const std::string& workspace,
                                                  const std::string& id, ByteSource& data) = 0;
  struct Completion {
    std::vector<std::string> parts;  // ids, in the order of the data
    std::string md5;                 // of all of it, in hex; empty: not asked for
  };
  // Once it says so, the file is there. Asked again, whoever did not hear the answer gets it; a
  // process that is killed on the way leaves a pending upload, or one that this brings to its end.
  virtual Task<UploadResult<Upload>> complete(const std::string& workspace, const std::string& id,
                                              const Completion& completion) = 0;
  virtual Task<UploadResult<Upload>> cancel(const std::string& workspace,
                                            const std::string& id) = 0;
  // For housekeeping: uploads whose time is over, with what came of them, and how many they were.
  virtual Task<Result<std::size_t>> remove_expired() = 0;
  // All records: the whole cloud is reset.
  virtual Task<Status> clear() = 0;
};

}  // namespace lakeside::modelstudio
