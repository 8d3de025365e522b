// Where tasks of models are kept for the next process: docs/formats/model-tasks.md.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "engines/kv.h"
#include "services/modelstudio/core/model_tasks.h"

namespace lakeside::modelstudio {

// Blocks its callers; one at a time.
class ModelTaskRecords {
 public:
  // It outlives them.
  [[nodiscard]] static std::unique_ptr<ModelTaskRecords> create(engines::Kv& kv);
  virtual ~ModelTaskRecords() = default;

  virtual Status save(const ModelTask& task) = 0;
  virtual Status remove(const ModelTask& task) = 0;
  // In the order in which they were begun. What cannot be read is left out, and logged.
  virtual Result<std::vector<ModelTask>> load() = 0;
};

}  // namespace lakeside::modelstudio
