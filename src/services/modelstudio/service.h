// Models, as the front door sees them: the OpenAI and the DashScope API over one ModelServer.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "gateway/pipeline/service.h"
#include "services/modelstudio/core/file_store.h"
#include "services/modelstudio/core/model_keys.h"
#include "services/modelstudio/core/objects.h"
#include "services/modelstudio/core/response_store.h"
#include "services/modelstudio/core/upload_signer.h"
#include "serving/model.h"

namespace lakeside::modelstudio {

// What the service runs on. All outlive it.
struct ModelStudioParts {
  serving::ModelServer& server;
  const ModelKeys& keys;
  Objects& objects;
  FileStore& files;
  const UploadSigner& uploads;
  ResponseStore& responses;
  const Clock& clock;
};

struct ModelStudioOptions {
  // For requests that did not begin to be answered; 0: they may wait as long as they like.
  std::chrono::milliseconds start_within{0};
};

// Every request must show a key ("Authorization: Bearer sk-…") that `keys` knows, enabled and not
// expired.
[[nodiscard]] std::unique_ptr<gateway::Service> make_modelstudio_service(
    const ModelStudioParts& parts, ModelStudioOptions options);

// Whether a path is this service's, for the router.
[[nodiscard]] bool is_modelstudio_path(std::string_view raw_path);

// Every operation of both APIs, as the table has them.
[[nodiscard]] std::span<const gateway::OperationInfo> modelstudio_operations();

}  // namespace lakeside::modelstudio
