// Copies an object into the models' folder, a piece at a time: whoever wants it asks for the next
// piece, and may stop asking.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/model_folder.h"
#include "app/object_source.h"
#include "app/part_file.h"
#include "base/executor.h"
#include "base/stream_readers.h"
#include "base/task.h"
#include "services/modelstudio/core/objects.h"

namespace lakeside::app {

class ObjectImport {
 public:
  // All given outlives it. An empty name: the key's.
  ObjectImport(modelstudio::Objects& objects, const ModelFolder& folder, ThreadPool& pool,
               ObjectSource source, std::string name);
  ~ObjectImport();

  // Errors, with details fit for the terminal: kNotFound, kInvalid, kUnavailable (it is being
  // copied already), kNoSpace, kIo.
  Task<Status> begin();
  // Whether the folder has this version of the object already; then there are no steps.
  [[nodiscard]] bool is_here() const;
  // Copies some of it. True: that was all, and the model is in the folder. Errors also kCorrupt.
  Task<Result<bool>> step();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t done() const { return part_ ? part_->size() : 0; }
  [[nodiscard]] std::uint64_t total() const { return total_; }

 private:
  Task<Result<bool>> copy_some();
  Status open_part();
  Status finish();
  [[nodiscard]] ModelOrigin origin() const { return {source_.text(), version_}; }

  modelstudio::Objects& objects_;
  const ModelFolder& folder_;
  ThreadPool& pool_;
  const ObjectSource source_;
  const std::string name_;
  std::uint64_t total_ = 0;
  std::string version_;
  std::unique_ptr<SegmentSource> data_;
  std::optional<SegmentReader> reader_;
  std::unique_ptr<PartFile> part_;
  std::string piece_;
  bool finished_ = false;
};

}  // namespace lakeside::app
