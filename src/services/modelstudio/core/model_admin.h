// What those who may look after the models can do with them. app/ gives it: it knows the folder of
// the models' files, the hubs, and the runtime.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/task.h"
#include "services/modelstudio/core/model_tasks.h"
#include "services/modelstudio/core/objects.h"
#include "serving/model.h"

namespace lakeside::modelstudio {

// A model of a hub, as a person asks for it.
struct PullWish {
  std::string source;      // "owner/repo", "owner/repo:Q4_K_M"
  std::string hub;         // "modelscope", "hf"; empty: the server's own
  std::string file;        // which of its files, a pattern; empty: the usual choice
  std::string model;       // its name here; empty: the file's
  std::string created_by;  // an ARN
};
// An object to be copied.
struct ImportWish {
  ObjectName object;
  std::string model;  // its name here; empty: the object's
  std::string created_by;
};

// Thread-safe, called on executors, never blocks them. Errors, whose details are fit for the
// caller: kNotFound, kInvalid, kGuardFailed (not as things are now), kUnavailable (try again
// later), kUnsupported; all others are internal.
class ModelAdmin {
 public:
  virtual ~ModelAdmin() = default;
  [[nodiscard]] virtual std::vector<serving::ModelStatus> models() const = 0;
  [[nodiscard]] virtual serving::ModelMemory memory() const = 0;

  // Both only begin it.
  virtual Status load(const std::string& model) = 0;
  virtual Status unload(const std::string& model) = 0;
  virtual Task<Status> pin(const std::string& model, bool pinned) = 0;
  // With what came of it, where it is not whole.
  virtual Task<Status> remove(const std::string& model) = 0;

  virtual Task<Result<ModelTask>> pull(const PullWish& wish) = 0;
  // Whether the caller may read the object has been asked before.
  virtual Task<Result<ModelTask>> import(const ImportWish& wish) = 0;
  // Ended when it says so, and at the next start too; see ModelTasks::cancel.
  virtual Task<Result<ModelTask>> cancel(const std::string& task, bool discard) = 0;
  [[nodiscard]] virtual ModelTasks& tasks() = 0;
};

}  // namespace lakeside::modelstudio
