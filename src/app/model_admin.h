// Looking after the models of the data folder while the server runs.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "app/model_folder.h"
#include "app/url.h"
#include "base/clock.h"
#include "base/executor.h"
#include "services/modelstudio/core/model_admin.h"
#include "services/modelstudio/core/model_task_records.h"
#include "services/modelstudio/core/object_access.h"
#include "services/modelstudio/core/objects.h"
#include "services/oss/core/object_store.h"
#include "serving/runtime/model_server.h"

namespace lakeside::app {

// All outlive it.
struct ModelAdminParts {
  const ModelFolder& folder;
  serving::ModelRuntime& runtime;
  modelstudio::Objects& objects;
  ThreadPool& disk;  // for what blocks for a moment
  const Clock& clock;
  modelstudio::ModelTaskRecords* tasks = nullptr;  // none: they end with the process
  std::string hub;  // the only one, where it is not empty; see choose_hub
  Environment environment;
  std::function<void()> look;  // the runtime learns what is in the folder now; thread-safe, blocks
};
// Goes on with what an earlier process fetched. Its destructor ends what it fetches; what came
// stays for the next time. Errors: the records'.
[[nodiscard]] Result<std::unique_ptr<modelstudio::ModelAdmin>> make_model_admin(
    ModelAdminParts parts);

// The store outlives it.
[[nodiscard]] std::unique_ptr<modelstudio::ObjectAccess> make_object_access(
    oss::ObjectStore& store);

}  // namespace lakeside::app
