// Models, as the front door sees them: the OpenAI and the DashScope API over one ModelServer.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "gateway/pipeline/service.h"
#include "services/modelstudio/core/conversation_store.h"
#include "services/modelstudio/core/file_store.h"
#include "services/modelstudio/core/job_store.h"
#include "services/modelstudio/core/model_keys.h"
#include "services/modelstudio/core/objects.h"
#include "services/modelstudio/core/response_store.h"
#include "services/modelstudio/core/upload_signer.h"
#include "services/modelstudio/core/upload_store.h"
#include "serving/model.h"

namespace lakeside::modelstudio {

// What the service runs on. All outlive it.
struct ModelStudioParts {
  serving::ModelServer& server;
  const ModelKeys& keys;
  Objects& objects;
  FileStore& files;
  JobStore& jobs;
  UploadStore& file_uploads;
  const UploadSigner& uploads;
  ResponseStore& responses;
  ConversationStore& conversations;
  engines::Kv& usage;  // has what core/usage.h reads
  const Clock& clock;
};

struct ModelStudioOptions {
  // For requests that did not begin to be answered; 0: they may wait as long as they like.
  std::chrono::milliseconds start_within{0};
  // Between the tries of a batch's line that met a full queue; doubled each time.
  std::chrono::milliseconds retry_least{200};
};

class ModelStudio : public gateway::Service {
 public:
  // Takes up the batches and tasks that an earlier process left, when the models are there.
  virtual void start_jobs() = 0;
  // Returns when no batch or task is under way. For tests.
  virtual void wait_for_jobs() const = 0;
};

// Every request must show a key ("Authorization: Bearer sk-…") that `keys` knows, enabled and not
// expired. Its destructor ends what jobs have under way; they go on at the next start.
[[nodiscard]] std::unique_ptr<ModelStudio> make_modelstudio_service(const ModelStudioParts& parts,
                                                                    ModelStudioOptions options);

// Whether a path is this service's, for the router.
[[nodiscard]] bool is_modelstudio_path(std::string_view raw_path);

// Every operation of both APIs, as the table has them.
[[nodiscard]] std::span<const gateway::OperationInfo> modelstudio_operations();

}  // namespace lakeside::modelstudio
