#include "services/modelstudio/service.h"

#include <utility>
#include <vector>

#include "base/encoding.h"
#include "gateway/pipeline/audited.h"
#include "services/modelstudio/core/keyed_models.h"
#include "services/modelstudio/operations.h"
#include "services/modelstudio/ops/job_runner.h"
#include "services/modelstudio/wire/body.h"
#include "services/modelstudio/wire/call.h"
#include "services/modelstudio/wire/routing.h"
#include "services/modelstudio/wire/table_lines.h"

namespace lakeside::modelstudio {
namespace {

using wire::Dialect;
using wire::StudioCall;

// The key in "Authorization: Bearer KEY"; empty where there is none. DashScope's WebSocket clients
// write "bearer".
std::string_view bearer_of(const http::RequestHead& head) {
  constexpr std::string_view kBearer = "bearer ";
  std::string_view value = head.header("Authorization").value_or("");
  if (value.size() < kBearer.size() ||
      !equals_ignore_case(value.substr(0, kBearer.size()), kBearer)) {
    return {};
  }
  return trim(value.substr(kBearer.size()));
}

std::unexpected<auth::AuthError> refuse_key(auth::AuthFault fault, std::string message) {
  return std::unexpected(auth::AuthError{fault, std::move(message)});
}

class ModelStudioService final : public ModelStudio, public gateway::Audited {
 public:
  ModelStudioService(const ModelStudioParts& parts, ModelStudioOptions options)
      : models_(parts.server, parts.keys),
        env_{.server = models_,
             .keys = parts.keys,
             .objects = parts.objects,
             .files = parts.files,
             .jobs = parts.jobs,
             .file_uploads = parts.file_uploads,
             .uploads = parts.uploads,
             .responses = parts.responses,
             .conversations = parts.conversations,
             .usage = parts.usage,
             .clock = parts.clock,
             .start_within = options.start_within,
             .runner = &runner_},
        runner_({parts.jobs, parts.files, parts.objects, models_, parts.keys, lines_, parts.clock},
                {.retry_least = options.retry_least}) {}

  void start_jobs() override { runner_.start(); }
  void wait_for_jobs() const override { runner_.wait_until_idle(); }

  [[nodiscard]] std::string_view name() const override { return "modelstudio"; }
  [[nodiscard]] std::span<const gateway::OperationInfo> operations() const override {
    return modelstudio_operations();
  }

  std::unique_ptr<gateway::Call> begin(http::Request& request) override {
    auto call = std::make_unique<StudioCall>(request, env_);
    if (auto address = wire::find_address(request.head.raw_path)) call->dialect = address->dialect;
    return call;
  }

  gateway::Step route(gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    const http::RequestHead& head = call.head();
    auto address = wire::find_address(head.raw_path);
    if (!address) return refuse(call, wire::no_such_path(head.method, head.raw_path, call.dialect));
    auto rows = modelstudio::operations();
    auto found = wire::find_row(rows, *address, head.method);
    if (found.row == nullptr) {
      return refuse(call, found.path_known
                              ? wire::wrong_method(head.method, head.raw_path, call.dialect)
                              : wire::no_such_path(head.method, head.raw_path, call.dialect));
    }
    call.row = found.row;
    call.id = std::move(found.id);
    call.operation = &modelstudio_operations()[static_cast<std::size_t>(found.row - rows.data())];
    return {};
  }

  std::expected<auth::Identity, auth::AuthError> authenticate(
      gateway::Call& base, const gateway::Credentials& credentials) override {
    auto& call = static_cast<StudioCall&>(base);
    std::string_view bearer = bearer_of(call.head());
    if (bearer.empty()) {
      return refuse_key(auth::AuthFault::kMalformed,
                        "You didn't provide an API key. Provide it in an Authorization header "
                        "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).");
    }
    call.key = env_.keys.find(bearer);
    if (!call.key) return refuse_key(auth::AuthFault::kUnknownKey, "Incorrect API key provided.");
    const KeySettings& settings = call.key->settings;
    if (!settings.enabled) {
      return refuse_key(auth::AuthFault::kDisabledKey, "This API key is disabled.");
    }
    if (settings.expires && *settings.expires <= credentials.now) {
      return refuse_key(auth::AuthFault::kExpired, "This API key has expired.");
    }
    auth::Identity identity;
    identity.principal = {Principal::Kind::kUser, {}, settings.name, call.key->id};
    return identity;
  }

  http::Response reject(gateway::Call& base, const auth::AuthError& error) override {
    auto& call = static_cast<StudioCall&>(base);
    return call.error(wire::to_wire(error, call.dialect));
  }

  Task<http::Response> preflight(gateway::Call& base) override {
    // A key in a web page is everybody's key.
    auto& call = static_cast<StudioCall&>(base);
    wire::WireError error;
    error.status = 403;
    error.code = call.dialect == Dialect::kOpenAi ? "cors_not_allowed" : "AccessDenied";
    error.message = "Web pages of other sites may not call this API.";
    co_return call.error(error);
  }

  Task<std::expected<std::unique_ptr<gateway::Action>, http::Response>> decode(
      gateway::Call& base) override {
    auto& call = static_cast<StudioCall&>(base);
    if (call.row->decode == nullptr) {
      co_return refuse(call, wire::not_implemented(call.row->info.name, call.dialect));
    }
    std::string body;
    if (call.row->method == "POST" && !call.row->streams) {
      auto read = co_await wire::read_body(*call.request.body, call.dialect);
      if (!read) co_return refuse(call, read.error());
      body = std::move(*read);
    }
    auto action = call.row->decode(call, body);
    if (!action) co_return refuse(call, wire::to_wire(action.error(), call.dialect));
    co_return std::move(*action);
  }

  // Which models a key may call is asked where they are called (core/keyed_models.h), what more it
  // may by the scheduler.
  Task<gateway::Step> authorise(gateway::Call&, const gateway::Action&) override {
    co_return gateway::Step{};
  }

  // All of it is done with a model's key: work with models and what they keep.
  [[nodiscard]] gateway::AuditKind audit_kind(const gateway::OperationInfo&) const override {
    return gateway::AuditKind::kData;
  }
  [[nodiscard]] bool denied(const http::Response& response) const override {
    return response.status == 403 || is_forbidden(response);
  }
  void describe(const gateway::Call& base, const http::Response& response,
                AuditEvent& event) const override {
    const auto& call = static_cast<const StudioCall&>(base);
    event.service = "ModelStudio";
    event.write = call.head().method != "GET";
    if (!call.id.empty()) event.parameters.emplace_back("id", call.id);
    event.resource_type = "ACS::ModelStudio::ApiKey";
    event.resource_name = event.caller.access_key_id;
    if (is_forbidden(response)) event.error_message = "The key may not call this model.";
  }

  void finish(const gateway::Call& base, http::Response& response) override {
    const auto& call = static_cast<const StudioCall&>(base);
    response.headers.add("x-request-id", call.wire_id());
  }

 private:
  [[nodiscard]] static bool is_forbidden(const http::Response& response) {
    return response.error_code == wire::kModelForbidden;
  }
  static std::unexpected<http::Response> refuse(const StudioCall& call,
                                                const wire::WireError& error) {
    return std::unexpected(call.error(error));
  }

  KeyedModels models_;
  const wire::Environment env_;
  const wire::TableLines lines_{modelstudio::operations(), env_};
  ops::JobRunner runner_;
};

}  // namespace

std::span<const gateway::OperationInfo> modelstudio_operations() {
  static const std::vector<gateway::OperationInfo> infos = [] {
    std::vector<gateway::OperationInfo> all;
    for (const wire::Row& row : operations()) all.push_back(row.info);
    return all;
  }();
  return infos;
}

bool is_modelstudio_path(std::string_view raw_path) {
  return wire::find_address(raw_path).has_value();
}

std::unique_ptr<ModelStudio> make_modelstudio_service(const ModelStudioParts& parts,
                                                      ModelStudioOptions options) {
  return std::make_unique<ModelStudioService>(parts, options);
}

}  // namespace lakeside::modelstudio
