// The cloud's own endpoints under /_lakeside/: health, metrics, reset.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "app/models.h"
#include "app/policy_endpoints.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/task.h"
#include "gateway/pipeline/service.h"
#include "services/modelstudio/core/model_keys.h"
#include "services/ram/core/accounts.h"

namespace lakeside::app {

struct AdminHooks {
  std::function<Task<Status>()> reset;  // removes all data
  bool allow_reset = false;
  modelstudio::KeyStore* keys = nullptr;  // null where no models are served
  Models* models = nullptr;               // likewise
  const PolicyEndpoints* policies = nullptr;
  ram::Accounts* accounts = nullptr;  // null: there is one alone
  std::string account_id = {};        // whose the keys of models are
};

// Every page, for the list of operations.
struct AdminPage {
  const gateway::OperationInfo* operation;
  std::string_view method;
  std::string_view path;
};
[[nodiscard]] std::vector<AdminPage> admin_pages();

// Health is for anybody, the states of models in it for those who may see metrics; metrics and
// reset are for the root key and for callers on this machine, accounts for the root key; the keys
// of models are for who may by policies (modelstudio:CreateApiKey, …), simulations of policies for
// who may read RAM. The root key is that of the data folder's account: of others it is a
// customer's. Reset refuses browsers, so that no web page can empty a developer's cloud.
[[nodiscard]] std::unique_ptr<gateway::Service> make_admin_service(const Metrics& metrics,
                                                                   AdminHooks hooks);

}  // namespace lakeside::app
