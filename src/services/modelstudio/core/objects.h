// The cloud's object storage, as far as this service needs it. Services do not know each other:
// app/ gives it one over services/oss.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

#include "base/stream.h"
#include "base/task.h"

namespace lakeside::modelstudio {

// Where files, batches' outputs and uploads rest unless somebody says otherwise. Made when first
// needed; private.
inline constexpr std::string_view kStudioBucket = "modelstudio";

struct ObjectName {
  std::string bucket;
  std::string key;
};

enum class ObjectFault {
  kNoSuchBucket,
  kNoSuchObject,
  kInvalidName,
  kTooLarge,    // more than the caller allows
  kIncomplete,  // the source broke off, nothing is stored
  kNoSpace,     // try again later
  kInternal,
};
struct ObjectError {
  ObjectFault fault = ObjectFault::kInternal;
  std::string internal;  // for the log
};
template <class T>
using ObjectResult = std::expected<T, ObjectError>;

struct ObjectStream {
  std::uint64_t bytes = 0;              // that are to come, from the offset on
  std::string etag;                     // changes with the object's data
  std::unique_ptr<SegmentSource> data;  // verified as it is read
};

// Thread-safe, called on executors. Arguments live until the awaiting coroutine resumes. Whether
// the caller may reach the object has been asked before: see may_reach.
class Objects {
 public:
  virtual ~Objects() = default;
  // Acknowledged: durable. Replaces what was there; makes kStudioBucket where it is missing.
  // Returns the bytes stored.
  virtual Task<ObjectResult<std::uint64_t>> put(const ObjectName& name,
                                                const std::string& content_type, ByteSource& source,
                                                std::uint64_t max_bytes) = 0;
  // From `offset` on; from the end on there is nothing. base/stream_readers.h reads it as a body.
  virtual Task<ObjectResult<ObjectStream>> open(const ObjectName& name, std::uint64_t offset) = 0;
  // For clients who put there themselves.
  virtual Task<ObjectResult<void>> make_studio_bucket() = 0;
  // What is not there is removed.
  virtual Task<ObjectResult<void>> remove(const ObjectName& name) = 0;
};

}  // namespace lakeside::modelstudio
