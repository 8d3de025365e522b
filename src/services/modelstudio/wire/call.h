// A request to this service, and the rows of its table.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/pipeline/service.h"
#include "services/modelstudio/core/conversation_store.h"
#include "services/modelstudio/core/file_store.h"
#include "services/modelstudio/core/job_store.h"
#include "services/modelstudio/core/model_keys.h"
#include "services/modelstudio/core/objects.h"
#include "services/modelstudio/core/response_store.h"
#include "services/modelstudio/core/upload_signer.h"
#include "services/modelstudio/core/upload_store.h"
#include "services/modelstudio/wire/dialect.h"
#include "services/modelstudio/wire/errors.h"

namespace lakeside::modelstudio::ops {
class JobRunner;
}

namespace lakeside::modelstudio::wire {

struct Row;

// What the service runs on. All outlive it.
struct Environment {
  ModelServer& server;
  const ModelKeys& keys;
  Objects& objects;
  FileStore& files;
  JobStore& jobs;
  UploadStore& file_uploads;
  const UploadSigner& uploads;
  ResponseStore& responses;
  ConversationStore& conversations;
  engines::Kv& usage;
  const Clock& clock;
  std::chrono::milliseconds start_within{0};  // 0: a request may wait as long as it likes
  ops::JobRunner* runner = nullptr;           // set before the first request

  // The same on other models.
  [[nodiscard]] Environment with(ModelServer& other) const {
    return {other,     keys,          objects, files, jobs,         file_uploads, uploads,
            responses, conversations, usage,   clock, start_within, runner};
  }
};

struct StudioCall final : gateway::Call {
  StudioCall(http::Request& r, const Environment& e) : Call(r), env(e) {}

  [[nodiscard]] const http::RequestHead& head() const { return request.head; }
  [[nodiscard]] serving::Tenant tenant() const {
    return background ? *background : tenant_of(*key);
  }
  [[nodiscard]] std::string wire_id() const { return wire_request_id(request.id, dialect); }
  [[nodiscard]] http::Response error(const WireError& error) const {
    return error_response(error, dialect, request.id);
  }
  [[nodiscard]] http::Response error(const ModelError& fault) const {
    WireError wire = to_wire(fault, dialect);
    if (fault.fault == ModelFault::kPromptTooLong) wire.param = long_parameter(operation->name);
    return error(wire);
  }

  const Environment& env;
  Dialect dialect = Dialect::kOpenAi;
  const Row* row = nullptr;
  std::string id;                             // what the path's {…} stands for, decoded
  std::optional<ModelKey> key;                // by authenticate
  std::optional<serving::Tenant> background;  // of a line of a job
  std::string response_id;                    // whose request this line is; else empty
};

using Decode = Decoded<std::unique_ptr<gateway::Action>> (*)(StudioCall& call,
                                                             const std::string& body);

// One operation. The path begins after the dialect's prefix; "{id}" stands for one segment,
// "{rest...}" for all that are left, none too. Where two stand for one, the id is "FIRST/SECOND".
struct Row {
  gateway::OperationInfo info;
  Dialect dialect;
  std::string_view method;  // "*": any
  std::string_view path;    // "/models/{rest...}"
  Decode decode = nullptr;  // null: not implemented
  // The action reads the body itself, piece by piece; the decoder sees the head alone.
  bool streams = false;
};

}  // namespace lakeside::modelstudio::wire
