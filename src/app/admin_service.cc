#include "app/admin_service.h"

#include <array>

#include "app/account_endpoints.h"
#include "app/key_endpoints.h"
#include "app/model_endpoints.h"
#include "base/encoding.h"
#include "base/log.h"
#include "gateway/pipeline/audited.h"
#include "gateway/rpc/audit.h"
#include "services/ram/service.h"

namespace lakeside::app {
namespace {

using gateway::Action;
using gateway::Call;
using gateway::OperationInfo;
using gateway::Step;

enum Index {
  kHealth,
  kMetrics,
  kReset,
  kCreateKey,
  kListKeys,
  kRevokeKey,
  kImportModel,
  kSimulate,
  kGenerate,
  kCreateAccount,
  kListAccounts,
  kSetAccountState
};
constexpr std::array<OperationInfo, 12> kOperations = {{
    {"Health", "lakeside:Health", "lakeside", true},
    {"Metrics", "lakeside:Metrics", "lakeside", true},
    {"Reset", "lakeside:Reset", "lakeside", true},
    {"CreateModelKey", "modelstudio:CreateApiKey", "lakeside", true},
    {"ListModelKeys", "modelstudio:ListApiKeys", "lakeside", true},
    {"RevokeModelKey", "modelstudio:DeleteApiKey", "lakeside", true},
    {"ImportModel", "lakeside:ImportModel", "lakeside", true},
    {"GetPolicySimulation", "ram:GetPolicySimulation", "lakeside", true},
    {"GetGeneratedPolicy", "actiontrail:LookupEvents", "lakeside", true},
    {"CreateAccount", "lakeside:CreateAccount", "lakeside", true},
    {"ListAccounts", "lakeside:ListAccounts", "lakeside", true},
    {"SetAccountState", "lakeside:SetAccountState", "lakeside", true},
}};

struct Endpoint {
  std::string_view method;
  std::string_view path;
  Index operation;
};
constexpr std::array<Endpoint, 12> kEndpoints = {{
    {"GET", "/_lakeside/health", kHealth},
    {"GET", "/_lakeside/metrics", kMetrics},
    {"POST", "/_lakeside/reset", kReset},
    {"POST", "/_lakeside/keys", kCreateKey},
    {"GET", "/_lakeside/keys", kListKeys},
    {"DELETE", "/_lakeside/keys", kRevokeKey},
    {"POST", "/_lakeside/models", kImportModel},
    {"GET", "/_lakeside/policy/simulation", kSimulate},
    {"GET", "/_lakeside/policy/generation", kGenerate},
    {"POST", "/_lakeside/accounts", kCreateAccount},
    {"GET", "/_lakeside/accounts", kListAccounts},
    {"PUT", "/_lakeside/accounts", kSetAccountState},
}};

http::Response text_response(int status, std::string text, std::string error_code = {}) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(text);
  response.error_code = std::move(error_code);
  return response;
}

// As much as a probe asks for: the plain answer stays for those who ask for nothing.
bool wants_models(const http::RequestHead& head) {
  std::string_view accept = head.header("Accept").value_or("");
  return head.raw_query == "verbose" || accept.starts_with("application/json");
}

constexpr std::string_view kMetricName = "name[]";
constexpr std::size_t kMostMetricNames = 64;

// `?name[]=NAME&name[]=NAME`, as federation with Prometheus names what it wants, and `usedonly`, as
// Envoy has it.
MetricChoice choice_of(const http::RequestHead& head) {
  MetricChoice choice;
  for (const http::QueryParam& param : head.query) {
    if (param.name == kMetricName) choice.names.emplace_back(param.value);
  }
  choice.used_only = head.has_param("usedonly");
  return choice;
}

http::Response metrics_response(const Metrics& metrics, const http::RequestHead& head) {
  const MetricChoice choice = choice_of(head);
  if (choice.names.size() > kMostMetricNames) {
    return text_response(400,
                         "At most " + std::to_string(kMostMetricNames) + " metrics can be named.\n",
                         "InvalidRequest");
  }
  return text_response(200, metrics.render(choice));
}

bool is_loopback(std::string_view peer) {
  return peer.starts_with("127.") || peer == "::1" || peer.starts_with("::ffff:127.");
}

bool is_about_keys(const Call& call) {
  return call.operation >= &kOperations[kCreateKey] && call.operation <= &kOperations[kRevokeKey];
}

// A web page can make a browser send a request from this machine, but not sign it, and not without
// these headers.
bool is_of_a_page(const Call& call) {
  const http::RequestHead& head = call.request.head;
  return call.identity.principal.kind == Principal::Kind::kAnonymous &&
         (head.header("Origin") || head.header("Sec-Fetch-Site"));
}

// Somebody on this machine, where that is enough, or the holder of the data folder's root key.
bool is_operator(const Call& call, bool local_too, const ram::Accounts* accounts) {
  const Principal& caller = call.identity.principal;
  bool root = caller.kind == Principal::Kind::kRoot &&
              (accounts == nullptr || caller.account_id == accounts->main().account_id());
  return root || (local_too && is_loopback(call.request.peer));
}

class AdminService final : public gateway::Service, public gateway::Audited {
 public:
  AdminService(const Metrics& metrics, AdminHooks hooks)
      : metrics_(metrics), hooks_(std::move(hooks)) {}

  [[nodiscard]] std::string_view name() const override { return "lakeside"; }
  [[nodiscard]] std::span<const OperationInfo> operations() const override { return kOperations; }

  std::unique_ptr<Call> begin(http::Request& request) override {
    return std::make_unique<Call>(request);
  }

  Step route(Call& call) override {
    bool path_known = false;
    for (const Endpoint& endpoint : kEndpoints) {
      if (endpoint.path != call.request.head.raw_path) continue;
      path_known = true;
      if (endpoint.method != call.request.head.method) continue;
      call.operation = &kOperations[endpoint.operation];
      call.target = {"_lakeside", std::string(endpoint.path.substr(11))};  // what V1 and V4 sign
      return {};
    }
    if (path_known) {
      return std::unexpected(
          text_response(405, "This method is not allowed here.\n", "MethodNotAllowed"));
    }
    return std::unexpected(text_response(404, "There is nothing here.\n", "NotFound"));
  }

  http::Response reject(Call&, const auth::AuthError& error) override {
    return text_response(403,
                         "The request's credentials were not accepted: " + error.message + "\n",
                         "AccessDenied");
  }

  Task<http::Response> preflight(Call&) override {
    co_return text_response(403, "No other site may use this.\n", "AccessForbidden");
  }

  Task<std::expected<std::unique_ptr<Action>, http::Response>> decode(Call& call) override;

  Task<Step> authorise(Call& call, const Action&) override {
    if (call.operation == &kOperations[kHealth]) co_return Step{};
    if (call.operation == &kOperations[kSimulate] || call.operation == &kOperations[kGenerate]) {
      co_return authorise_policy(call);
    }
    if (call.operation == &kOperations[kReset] && !hooks_.allow_reset) {
      co_return std::unexpected(
          text_response(403, "Reset is off: start the server with --allow-reset or --ephemeral.\n",
                        "AccessDenied"));
    }
    if (is_of_a_page(call)) {
      co_return std::unexpected(text_response(403, "Not for browsers.\n", "AccessDenied"));
    }
    const bool keys = is_about_keys(call);
    if (keys && may_manage_keys(call)) co_return Step{};
    const bool root_only = call.operation >= &kOperations[kCreateKey];
    if (!keys && is_operator(call, !root_only, hooks_.accounts)) co_return Step{};
    co_return std::unexpected(text_response(
        403,
        keys ? "Only who may do " + std::string(call.operation->permission) + " may do this.\n"
        : root_only
            ? std::string("Only the root key may do this.\n")
            : std::string(
                  "Only callers on this machine, or signed by the root key, may do this.\n"),
        "AccessDenied"));
  }

  [[nodiscard]] bool may_manage_keys(const Call& call) const {
    const Principal& caller = call.identity.principal;
    if (caller.kind == Principal::Kind::kAnonymous) return false;
    const std::string resource = resource_of(call);
    return ram::evaluate(caller, {call.operation->permission, resource, hooks_.account_id}).allowed;
  }

  // What policies are asked about; empty where they are not.
  [[nodiscard]] std::string resource_of(const Call& call) const {
    if (is_about_keys(call)) return "acs:modelstudio:*:" + hooks_.account_id + ":apikey/*";
    const std::string& account = call.identity.principal.account_id;
    if (call.operation == &kOperations[kSimulate]) return "acs:ram:*:" + account + ":policy/*";
    if (call.operation == &kOperations[kGenerate]) return "acs:actiontrail:*:" + account + ":*";
    return {};
  }

  // With the caller's own rights, from wherever it calls.
  [[nodiscard]] Step authorise_policy(const Call& call) const {
    const Principal& caller = call.identity.principal;
    const bool simulate = call.operation == &kOperations[kSimulate];
    const PolicyEndpoints* policies = hooks_.policies;
    if (policies != nullptr &&
        (simulate ? policies->may_simulate(caller) : policies->may_generate(caller))) {
      return {};
    }
    return std::unexpected(text_response(
        403, "Only who may do " + std::string(call.operation->permission) + " may ask this.\n",
        "AccessDenied"));
  }

  void finish(const Call&, http::Response&) override {}

  // What only says how the server is leaves nothing.
  [[nodiscard]] gateway::AuditKind audit_kind(const OperationInfo& operation) const override {
    bool quiet = &operation == &kOperations[kHealth] || &operation == &kOperations[kMetrics];
    return quiet ? gateway::AuditKind::kNone : gateway::AuditKind::kManagement;
  }
  void describe(const Call& call, const http::Response& response,
                AuditEvent& event) const override {
    event.service = "Lakeside";
    if (std::string resource = resource_of(call); !resource.empty()) {
      event.asked.emplace_back(call.operation->permission, std::move(resource));
    }
    for (const http::Header& header : call.request.head.headers) {
      constexpr std::string_view kSettings = "x-oss-";
      const std::string name = to_lower_ascii(header.name);
      if (!name.starts_with(kSettings) || rpc::is_secret(name)) continue;
      event.parameters.emplace_back(name.substr(kSettings.size()), header.value);
    }
    for (const auto& [name, value, has_value] : call.request.head.query) {
      if (!rpc::is_secret(name)) event.parameters.emplace_back(name, value);
    }
    if (!event.error_code.empty()) event.error_message = trim(response.text().value_or(""));
  }

  [[nodiscard]] const Metrics& metrics() const { return metrics_; }
  [[nodiscard]] const AdminHooks& hooks() const { return hooks_; }

 private:
  const Metrics& metrics_;
  AdminHooks hooks_;
};

class AdminAction final : public Action {
 public:
  explicit AdminAction(const AdminService& service) : service_(service) {}

  Task<http::Response> run(Call& call) override {
    if (call.operation == &kOperations[kHealth]) co_return health(call);
    if (call.operation == &kOperations[kImportModel]) {
      Models* models = service_.hooks().models;
      if (models == nullptr) co_return no_models();
      co_return co_await import_model(*models, call.request.head);
    }
    if (call.operation == &kOperations[kSimulate]) {
      co_return co_await service_.hooks().policies->simulate(call.identity.principal,
                                                             call.request.head);
    }
    if (call.operation == &kOperations[kGenerate]) {
      co_return co_await service_.hooks().policies->generate(call.identity.principal,
                                                             call.request.head);
    }
    if (call.operation == &kOperations[kMetrics]) {
      co_return metrics_response(service_.metrics(), call.request.head);
    }
    if (call.operation >= &kOperations[kCreateAccount]) co_return co_await run_on_accounts(call);
    if (call.operation != &kOperations[kReset]) co_return co_await run_on_keys(call);
    Status done = co_await service_.hooks().reset();
    if (done) co_return text_response(200, "All data was removed.\n");
    log(LogLevel::kError, "reset failed", {{"why", done.error().detail}});
    co_return text_response(500, "Reset failed; the log says why.\n", "InternalError");
  }

 private:
  static http::Response no_models() {
    return text_response(501, "This server has no models.\n", "NoModels");
  }

  // Ready is ready: no model is waited for.
  http::Response health(const Call& call) const {
    if (!wants_models(call.request.head)) return text_response(200, "ok\n");
    const bool tell = service_.hooks().models != nullptr && !is_of_a_page(call) &&
                      is_operator(call, true, service_.hooks().accounts);
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    response.headers.add("Cache-Control", "no-store");
    response.body = tell ? health_document(service_.hooks().models->list())
                         : std::string("{\"status\":\"ok\"}\n");
    return response;
  }

  Task<http::Response> run_on_keys(Call& call) {
    modelstudio::KeyStore* keys = service_.hooks().keys;
    if (keys == nullptr) co_return no_models();
    KeysAnswer answer;
    if (call.operation == &kOperations[kCreateKey]) {
      const std::string by = ram::arn_of(call.identity.principal);
      answer = co_await create_key(*keys, system_clock(), call.request.head, by);
    } else if (call.operation == &kOperations[kListKeys]) {
      answer = list_keys(*keys, system_clock());
    } else {
      answer = co_await revoke_key(*keys, call.request.head);
    }
    co_return text_response(answer.status, std::move(answer.text),
                            answer.status == 200 ? "" : "InvalidRequest");
  }

  Task<http::Response> run_on_accounts(Call& call) {
    ram::Accounts* accounts = service_.hooks().accounts;
    if (accounts == nullptr) co_return text_response(501, "There is one account alone.\n");
    const http::RequestHead& head = call.request.head;
    auto setting = [&](std::string_view name) {
      return std::string(head.header(name).value_or(std::string_view()));
    };
    KeysAnswer answer;
    if (call.operation == &kOperations[kListAccounts]) {
      answer = list_accounts(*accounts);
    } else if (call.operation == &kOperations[kCreateAccount]) {
      std::string name = setting("x-oss-account-name");
      answer = co_await create_account(*accounts, system_clock(), std::move(name));
    } else {
      std::string id = setting("x-oss-account-id");
      const std::string state = setting("x-oss-account-state");
      if (state != "disabled" && state != "enabled") {
        co_return text_response(400, "The state is disabled or enabled.\n", "InvalidRequest");
      }
      answer = co_await set_account_state(*accounts, std::move(id), state == "disabled");
    }
    co_return text_response(answer.status, std::move(answer.text),
                            answer.status == 200 ? "" : "InvalidRequest");
  }

  const AdminService& service_;
};

Task<std::expected<std::unique_ptr<Action>, http::Response>> AdminService::decode(Call&) {
  co_return std::make_unique<AdminAction>(*this);
}

}  // namespace

std::vector<AdminPage> admin_pages() {
  std::vector<AdminPage> pages;
  for (const Endpoint& endpoint : kEndpoints) {
    pages.push_back({&kOperations[endpoint.operation], endpoint.method, endpoint.path});
  }
  return pages;
}

std::unique_ptr<gateway::Service> make_admin_service(const Metrics& metrics, AdminHooks hooks) {
  return std::make_unique<AdminService>(metrics, std::move(hooks));
}

}  // namespace lakeside::app
