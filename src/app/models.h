// The cloud's models: those of the data folder, run by serving/, offered by services/modelstudio.
#pragma once

#include <memory>

#include "app/data_folder.h"
#include "app/object_import.h"
#include "app/settings.h"
#include "base/metrics.h"
#include "engines/kv.h"
#include "gateway/pipeline/service.h"
#include "services/modelstudio/core/model_admin.h"
#include "services/modelstudio/core/model_keys.h"
#include "services/modelstudio/core/objects.h"
#include "services/modelstudio/core/upload_signer.h"
#include "serving/model.h"

namespace lakeside::app {

class Models {
 public:
  // Everything given outlives it. `local_key` is a key that is there from the first start. Errors:
  // the engine's.
  [[nodiscard]] static Result<std::unique_ptr<Models>> start(
      const ServeSettings& settings, const DataFolder& folder, const std::string& local_key,
      engines::Kv& kv, modelstudio::Objects& objects, const modelstudio::UploadSigner& uploads,
      Metrics& metrics);
  virtual ~Models() = default;

  [[nodiscard]] virtual gateway::Service& service() = 0;
  [[nodiscard]] virtual modelstudio::KeyStore& keys() = 0;
  // For housekeeping: some of the files, uploads and responses whose time is over; how many.
  virtual Task<Result<std::size_t>> remove_expired() = 0;
  // Forgets files, uploads, batches, tasks, responses and conversations; keys
  // stay.
  virtual Task<Status> reset() = 0;
  [[nodiscard]] virtual std::vector<serving::ModelStatus> list() const = 0;
  [[nodiscard]] virtual modelstudio::ModelAdmin& admin() = 0;
  // An empty name: the key's.
  [[nodiscard]] virtual std::unique_ptr<ObjectImport> make_import(const ObjectSource& source,
                                                                  const std::string& name) = 0;
};

}  // namespace lakeside::app
