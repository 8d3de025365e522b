#include "app/policy_endpoints.h"

#include <optional>

#include "services/oss/service.h"
#include "services/ram/simulate.h"

namespace lakeside::app {
namespace {

constexpr std::size_t kMostParameters = 100;
constexpr std::size_t kLongestParameter = 4096;

http::Response respond(int status, std::string_view type, std::string text) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", type);
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(text);
  if (status != 200) response.error_code = "InvalidRequest";
  return response;
}

http::Response wrong(const std::string& why) {
  return respond(400, "text/plain; charset=utf-8", why + "\n");
}

struct Asked {
  std::string principal;
  ram::Simulation simulation;
};

// What is wrong, or nothing.
std::optional<std::string> read(const http::RequestHead& head, Asked& asked) {
  if (head.query.size() > kMostParameters) return "there are too many parameters";
  for (const auto& [name, value, has_value] : head.query) {
    if (value.size() > kLongestParameter) return "the parameter " + name + " is too long";
    if (name == "principal") {
      asked.principal = value;
    } else if (name == "action") {
      asked.simulation.action = value;
    } else if (name == "resource") {
      asked.simulation.resource = value;
    } else if (name == "context") {
      std::size_t equals = value.find('=');
      if (equals == 0 || equals == value.npos) return "context is KEY=VALUE: " + value;
      asked.simulation.context.emplace_back(value.substr(0, equals), value.substr(equals + 1));
    } else {
      return "there is no parameter " + name;
    }
  }
  if (asked.principal.empty()) return "principal is missing";
  if (asked.simulation.action.empty()) return "action is missing";
  if (asked.simulation.resource.empty()) return "resource is missing";
  return std::nullopt;
}

}  // namespace

bool PolicyEndpoints::may_simulate(const Principal& caller) const {
  if (caller.kind == Principal::Kind::kAnonymous) return false;
  const std::string& account = caller.account_id;
  const std::string resource = "acs:ram:*:" + account + ":policy/*";
  return ram::evaluate(caller, {"ram:GetPolicySimulation", resource, account}).allowed;
}

Task<http::Response> PolicyEndpoints::simulate(const Principal& caller,
                                               const http::RequestHead& head) const {
  Asked asked;
  if (auto why = read(head, asked)) co_return wrong(*why);
  const ram::IdentityStore* found = accounts_.find(caller.account_id);
  const ram::IdentityStore& identities = found != nullptr ? *found : accounts_.main();
  auto principal = ram::principal_named(identities, asked.principal);
  if (!principal) co_return wrong(principal.error());
  ram::Simulation& simulation = asked.simulation;
  simulation.owner_account = identities.account_id();
  if (simulation.resource.starts_with("acs:oss:")) {
    auto side =
        co_await oss::resource_side(objects_, *principal, simulation.action, simulation.resource);
    if (side) {
      simulation.owner_account = side->owner_account;
      simulation.granted_to_all = side->granted_to_all;
      simulation.resource_policy = std::move(side->policy);
      simulation.blocked = side->blocked;
    }
  }
  auto explained = ram::simulate(identities, *principal, simulation);
  if (!explained) co_return wrong(explained.error());
  if (head.header("Accept").value_or("").starts_with("application/json")) {
    co_return respond(200, "application/json", std::move(explained->document));
  }
  co_return respond(200, "text/plain; charset=utf-8", std::move(explained->text));
}

}  // namespace lakeside::app
