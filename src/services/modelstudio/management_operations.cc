// THE table of operations of Model Studio's management API (2026-02-10, as
// alibabacloud-modelstudio20260210 2.2.3 has them): start reading here. They have paths of their
// own; what is a row without a function answers NotImplemented.
#include "services/modelstudio/management_operations.h"

#include <utility>
#include <vector>

#include "base/encoding.h"
#include "services/modelstudio/wire/management.h"
#include "services/modelstudio/wire/model_management.h"
#include "services/ram/calls.h"

namespace lakeside::modelstudio {
namespace {

struct Row {
  gateway::OperationInfo info;
  std::string_view method;
  std::string_view path;  // "{apiKeyId}" stands for one segment
  wire::Manage run = nullptr;
  wire::ManageModels run_models = nullptr;
};

constexpr Row row(std::string_view name, std::string_view permission, std::string_view method,
                  std::string_view path, wire::Manage run) {
  return {{name, permission, "roa", true, "modelstudio"}, method, path, run};
}
constexpr Row row(std::string_view name, std::string_view permission, std::string_view method,
                  std::string_view path, wire::ManageModels run) {
  return {{name, permission, "roa", true, "modelstudio"}, method, path, nullptr, run};
}
constexpr Row row(std::string_view name, std::string_view permission, std::string_view method,
                  std::string_view path) {
  return {{name, permission, "roa", false, "modelstudio"}, method, path};
}

constexpr Row kRows[] = {
    row("CreateApiKey", "modelstudio:CreateApiKey", "POST", "/modelstudio/apikeys",
        wire::create_api_key),
    row("ListApiKeys", "modelstudio:ListApiKeys", "GET", "/modelstudio/apikeys",
        wire::list_api_keys),
    row("GetApiKey", "modelstudio:GetApiKey", "GET", "/modelstudio/apikeys/{apiKeyId}",
        wire::get_api_key),
    row("UpdateApiKey", "modelstudio:UpdateApiKey", "PUT", "/modelstudio/apikeys/{apiKeyId}",
        wire::update_api_key),
    row("EnableApiKey", "modelstudio:EnableApiKey", "PUT", "/modelstudio/apikeys/{apiKeyId}/enable",
        wire::enable_api_key),
    row("DisableApiKey", "modelstudio:DisableApiKey", "PUT",
        "/modelstudio/apikeys/{apiKeyId}/disable", wire::disable_api_key),
    row("ResetApiKey", "modelstudio:ResetApiKey", "PUT", "/modelstudio/apikeys/{apiKeyId}/reset",
        wire::reset_api_key),
    row("DeleteApiKey", "modelstudio:DeleteApiKey", "DELETE", "/modelstudio/apikeys/{apiKeyId}",
        wire::delete_api_key),
    row("ListModels", "modelstudio:ListModels", "GET", "/modelstudio/models", wire::list_models),
    // Ours, for models that are here.
    row("GetModel", "modelstudio:GetModel", "GET", "/modelstudio/models/{model}", wire::get_model),
    row("DeleteModel", "modelstudio:DeleteModel", "DELETE", "/modelstudio/models/{model}",
        wire::delete_model),
    row("LoadModel", "modelstudio:LoadModel", "PUT", "/modelstudio/models/{model}/load",
        wire::load_model),
    row("UnloadModel", "modelstudio:UnloadModel", "PUT", "/modelstudio/models/{model}/unload",
        wire::unload_model),
    row("PinModel", "modelstudio:PinModel", "PUT", "/modelstudio/models/{model}/pin",
        wire::pin_model),
    row("UnpinModel", "modelstudio:UnpinModel", "PUT", "/modelstudio/models/{model}/unpin",
        wire::unpin_model),
    row("PullModel", "modelstudio:PullModel", "POST", "/modelstudio/models/pull", wire::pull_model),
    row("ImportModel", "modelstudio:ImportModel", "POST", "/modelstudio/models/import",
        wire::import_model),
    row("ListModelTasks", "modelstudio:ListModelTasks", "GET", "/modelstudio/modeltasks",
        wire::list_model_tasks),
    row("GetModelTask", "modelstudio:GetModelTask", "GET", "/modelstudio/modeltasks/{taskId}",
        wire::get_model_task),
    row("CancelModelTask", "modelstudio:CancelModelTask", "PUT",
        "/modelstudio/modeltasks/{taskId}/cancel", wire::cancel_model_task),
    // Not implemented.
    row("AddOrganizationMember", "modelstudio:AddOrganizationMember", "POST",
        "/tokenplan/organization/member-additions"),
    row("BatchAssignSeats", "modelstudio:BatchAssignSeats", "POST",
        "/tokenplan/subscription/seat-assignments"),
    row("BatchRevokeSeats", "modelstudio:BatchRevokeSeats", "POST",
        "/tokenplan/subscription/seat-revocations"),
    row("CreateTokenPlanInviteLink", "modelstudio:CreateTokenPlanInviteLink", "POST",
        "/tokenplan/invite/link/create"),
    row("CreateTokenPlanKey", "modelstudio:CreateTokenPlanKey", "POST", "/tokenplan/api-keys"),
    row("CreateWorkspace", "modelstudio:CreateWorkspace", "POST", "/modelstudio/workspaces"),
    row("DeleteWorkspace", "modelstudio:DeleteWorkspace", "DELETE",
        "/modelstudio/workspaces/{workspaceId}"),
    row("GetBillingOverview", "modelstudio:GetBillingOverview", "GET",
        "/modelstudio/billing/overview"),
    row("GetBillingTrend", "modelstudio:GetBillingTrend", "GET", "/modelstudio/billing/trend"),
    row("GetOrganization", "modelstudio:GetOrganization", "GET", "/tokenplan/organization"),
    row("GetOrganizationMemberSeatStats", "modelstudio:GetOrganizationMemberSeatStats", "GET",
        "/tokenplan/organization/member-seat-stats"),
    row("GetSubscriptionSeatDetails", "modelstudio:GetSubscriptionSeatDetails", "GET",
        "/tokenplan/subscription/seat-detail"),
    row("GetSubscriptionStats", "modelstudio:GetSubscriptionStats", "GET",
        "/tokenplan/subscription/stats"),
    row("GetTokenPlanAccountDetail", "modelstudio:GetTokenPlanAccountDetail", "GET",
        "/tokenplan/account"),
    row("GetTokenPlanInviteLink", "modelstudio:GetTokenPlanInviteLink", "GET",
        "/tokenplan/invite/link/get"),
    row("GetTokenPlanOrgInviteConfig", "modelstudio:GetTokenPlanOrgInviteConfig", "GET",
        "/tokenplan/invite/config/get"),
    row("ListModelLimits", "modelstudio:ListModelLimits", "GET", "/modelstudio/models/limits"),
    row("ListModelPermissions", "modelstudio:ListModelPermissions", "GET",
        "/modelstudio/models/permissions"),
    row("ListOrganizationMembers", "modelstudio:ListOrganizationMembers", "GET",
        "/tokenplan/organization/members"),
    row("ListSubscriptionSharedPackages", "modelstudio:ListSubscriptionSharedPackages", "GET",
        "/tokenplan/subscription/shared-packages"),
    row("ListWorkspaces", "modelstudio:ListWorkspaces", "GET", "/modelstudio/workspaces"),
    row("RemoveOrganizationMember", "modelstudio:RemoveOrganizationMember", "POST",
        "/tokenplan/organization/member-removals"),
    row("RevokeTokenPlanInviteLink", "modelstudio:RevokeTokenPlanInviteLink", "POST",
        "/tokenplan/invite/link/revoke"),
    row("RotateTokenPlanKey", "modelstudio:RotateTokenPlanKey", "POST",
        "/tokenplan/api-key-rotations"),
    row("SetTokenPlanOrgInviteConfig", "modelstudio:SetTokenPlanOrgInviteConfig", "POST",
        "/tokenplan/invite/config/set"),
    row("UpdateModelLimits", "modelstudio:UpdateModelLimits", "POST", "/modelstudio/models/limits"),
    row("UpdateModelPermissions", "modelstudio:UpdateModelPermissions", "POST",
        "/modelstudio/models/permissions"),
    row("UpdateOrganization", "modelstudio:UpdateOrganization", "POST", "/tokenplan/organization"),
    row("UpdateOrganizationMember", "modelstudio:UpdateOrganizationMember", "POST",
        "/tokenplan/organization/members/update"),
};

std::string_view segment_of(std::string_view& path) {
  path.remove_prefix(1);  // the slash
  std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

// modelstudio:Model is every model that CreateApiKey or UpdateApiKey would let the key call, so
// that somebody may hand out some of them only.
void add_keys(ram::CallContext& context, const rpc::Parameters& parameters, bool creates) {
  auto models = wire::models_asked_for(parameters);
  if (models.empty() && creates) models.emplace_back(kAllModels);
  for (std::string& model : models) context.add("modelstudio:Model", std::move(model));
  if (!creates) return;
  std::string_view workspace = parameters.get("workspaceId");
  context.add("modelstudio:Workspace",
              std::string(workspace.empty() ? kDefaultWorkspace : workspace));
}

class Management final : public rpc::Product {
 public:
  Management(KeyStore& keys, ModelAdmin& models, const ObjectAccess& objects,
             std::string account_id)
      : keys_(keys), models_(models), objects_(objects), account_id_(std::move(account_id)) {}

  [[nodiscard]] std::string_view name() const override { return "ModelStudio"; }
  [[nodiscard]] std::string_view version() const override { return "2026-02-10"; }
  [[nodiscard]] std::span<const gateway::OperationInfo> operations() const override {
    return management_operations();
  }

  [[nodiscard]] bool is_at(std::size_t operation, std::string_view method, std::string_view path,
                           std::vector<http::QueryParam>& named) const override {
    const Row& row = kRows[operation];
    if (path == "/") return method == "GET" || method == "POST";  // named in parameters, as RPC's
    if (method != row.method) return false;
    std::string_view pattern = row.path;
    while (path.starts_with('/') && pattern.starts_with('/')) {
      std::string_view wanted = segment_of(pattern);
      std::string_view given = segment_of(path);
      if (!wanted.starts_with('{')) {
        if (wanted != given) return false;
        continue;
      }
      auto value = percent_decode(given);
      if (!value || value->empty()) return false;
      named.push_back({std::string(wanted.substr(1, wanted.size() - 2)), *value, true});
    }
    return path.empty() && pattern.empty();
  }

  [[nodiscard]] std::optional<rpc::Fault> authorise(std::size_t operation,
                                                    const rpc::Invocation& in) const override {
    const std::string on = resource(operation, in);
    ram::CallContext context(in);
    add_keys(context, in.parameters, kRows[operation].run == wire::create_api_key);
    return ram::authorise(in.caller(),
                          {kRows[operation].info.permission, on, account_id_, false, &context});
  }

  [[nodiscard]] rpc::Asked asked(std::size_t operation, const rpc::Invocation& in) const override {
    rpc::Asked all = {{std::string(kRows[operation].info.permission), resource(operation, in)}};
    // What is asked once this is allowed.
    if (kRows[operation].run_models == wire::import_model) {
      if (auto object = wire::object_asked_for(in.parameters)) {
        all.emplace_back(kReadObject,
                         "acs:oss:*:" + account_id_ + ":" + object->bucket + "/" + object->key);
      }
    }
    return all;
  }

  Task<rpc::Answer> run(std::size_t operation, const rpc::Invocation& in) override {
    const Row& row = kRows[operation];
    if (row.run != nullptr) co_return co_await row.run(keys_, in);
    const ram::CallContext context(in);
    const wire::ModelParts parts{models_, objects_, context};
    co_return co_await row.run_models(parts, in);
  }

 private:
  // Of one key, model or task; "*" for all of them, or one that the server is to name.
  [[nodiscard]] std::string resource(std::size_t operation, const rpc::Invocation& in) const {
    const Row& row = kRows[operation];
    std::string_view kind = "apikey";
    std::string_view name = "apiKeyId";
    if (row.run_models != nullptr) {
      const bool task = row.path.starts_with("/modelstudio/modeltasks");
      kind = task ? "modeltask" : "model";
      name = task ? "taskId" : "model";
    }
    std::string_view id = in.parameters.get(name);
    return "acs:modelstudio:*:" + account_id_ + ":" + std::string(kind) + "/" +
           (id.empty() ? "*" : std::string(id));
  }

  KeyStore& keys_;
  ModelAdmin& models_;
  const ObjectAccess& objects_;
  const std::string account_id_;
};

}  // namespace

std::span<const gateway::OperationInfo> management_operations() {
  static const std::vector<gateway::OperationInfo> infos = [] {
    std::vector<gateway::OperationInfo> all;
    for (const Row& one : kRows) all.push_back(one.info);
    return all;
  }();
  return infos;
}

std::unique_ptr<rpc::Product> make_management(KeyStore& keys, ModelAdmin& models,
                                              const ObjectAccess& objects, std::string account_id) {
  return std::make_unique<Management>(keys, models, objects, std::move(account_id));
}

}  // namespace lakeside::modelstudio
