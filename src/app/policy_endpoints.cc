#include "app/policy_endpoints.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "services/oss/service.h"
#include "services/ram/policy/generate.h"
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

// Whose calls, and when.
struct Session {
  std::string principal;  // "user/ann", "role/reader", "root"; empty: anybody's
  std::string access_key;
  Time since;
  Time until;
  std::vector<std::string> patterns;
  bool denied = false;
};

constexpr std::size_t kMostPatterns = 50;

// A time, or how long ago: "30m", "2h", "7d".
std::optional<Time> read_time(std::string_view text, Time now) {
  if (text.empty()) return std::nullopt;
  if (auto time = parse_iso8601(text)) return time;
  auto count = parse_uint(text.substr(0, text.size() - 1));
  if (!count || *count > 1'000'000) return std::nullopt;
  switch (text.back()) {
    case 's':
      return now - std::chrono::seconds(*count);
    case 'm':
      return now - std::chrono::minutes(*count);
    case 'h':
      return now - std::chrono::hours(*count);
    case 'd':
      return now - std::chrono::hours(24 * *count);
    default:
      return std::nullopt;
  }
}

// What is wrong, or nothing.
std::optional<std::string> read(const http::RequestHead& head, Time now, Session& session) {
  session.since = now - std::chrono::hours(24 * 3650);
  session.until = now;
  for (const auto& [name, value, has_value] : head.query) {
    if (value.size() > kLongestParameter) return "the parameter " + name + " is too long";
    if (name == "principal") {
      std::size_t colon = value.rfind(':');  // of an ARN its last part is enough
      session.principal = colon == value.npos ? value : value.substr(colon + 1);
    } else if (name == "access-key") {
      session.access_key = value;
    } else if (name == "since" || name == "until") {
      auto time = read_time(value, now);
      if (!time) return name + " is a time (2026-11-22T08:00:00Z), or how long ago (30m, 2h, 7d)";
      (name == "since" ? session.since : session.until) = *time;
    } else if (name == "generalise") {
      session.patterns.push_back(value);
      if (session.patterns.size() > kMostPatterns) return "there are too many patterns";
    } else if (name == "denied") {
      session.denied = value == "true";
    } else {
      return "there is no parameter " + name;
    }
  }
  return std::nullopt;
}

// "user/ann", "role/reader", "root".
std::string principal_of(const nlohmann::json& identity) {
  const std::string type = identity.value("type", "");
  const std::string name = identity.value("userName", "");
  if (type == "root-account") return "root";
  if (type == "assumed-role") return "role/" + name.substr(0, name.find(':'));
  return "user/" + name;
}

// Adds what the event asked policies for, where it is one of the session's; whether it is.
bool add_calls(const nlohmann::json& event, const Session& session,
               std::vector<ram::policy::AskedFor>& calls) {
  if (!event.is_object() || !event.contains("userIdentity")) return false;
  const auto& identity = event["userIdentity"];
  if (!session.principal.empty() && principal_of(identity) != session.principal) return false;
  if (!session.access_key.empty() && identity.value("accessKeyId", "") != session.access_key) {
    return false;
  }
  const std::string error = event.value("errorCode", "");
  const bool denied = error == "AccessDenied" || error.ends_with("NoPermission");
  if (denied && !session.denied) return false;
  const auto list =
      event.value("/additionalEventData/Authorizations"_json_pointer, nlohmann::json::array());
  for (const auto& one : list) {
    calls.push_back({one.value("Action", ""), one.value("Resource", "")});
  }
  return true;
}

// Policies do not decide there.
void add_disabled(const std::string& account, ram::Explained& explained) {
  const std::string why = "the account " + account + ", whose it is, is disabled";
  explained.text += "in fact denied: " + why + "\n";
  auto document = nlohmann::ordered_json::parse(explained.document);
  document["allowed"] = false;
  document["why"] = why;
  explained.document = document.dump();
}

}  // namespace

bool PolicyEndpoints::may_generate(const Principal& caller) const {
  if (caller.kind == Principal::Kind::kAnonymous) return false;
  const std::string& account = caller.account_id;
  const std::string resource = "acs:actiontrail:*:" + account + ":*";
  return ram::evaluate(caller, {"actiontrail:LookupEvents", resource, account}).allowed;
}

Task<http::Response> PolicyEndpoints::generate(const Principal& caller,
                                               const http::RequestHead& head) const {
  Session session;
  if (auto why = read(head, clock_.now(), session)) co_return wrong(*why);
  co_await journal_.kept();
  actiontrail::Query query;
  query.newest_first = false;
  query.most = 1000;
  query.from = session.since.time_since_epoch().count();
  query.to = session.until.time_since_epoch().count() + 1;
  std::vector<ram::policy::AskedFor> calls;
  std::size_t count = 0;
  for (bool more = true; more;) {
    auto page = co_await journal_.find(caller.account_id, query);
    if (!page)
      co_return respond(500, "text/plain; charset=utf-8", "The trail could not be read.\n");
    for (const actiontrail::Found& event : page->events) {
      auto json = nlohmann::json::parse(event.json, nullptr, false);
      if (add_calls(json, session, calls)) ++count;
    }
    // Many calls are the same; what is kept of them is bounded by how many are different.
    std::ranges::sort(calls);
    calls.erase(std::unique(calls.begin(), calls.end()), calls.end());
    more = page->more;
    query.from = page->next;
  }
  auto policy = ram::policy::generate(calls, session.patterns);
  if (!policy) co_return wrong(policy.error());
  nlohmann::ordered_json answer = {{"policy", nlohmann::ordered_json::parse(*policy)},
                                   {"calls", count},
                                   {"dataEvents", journal_.wants(true, false)}};
  co_return respond(200, "application/json", answer.dump());
}

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
  if (accounts_.is_disabled(simulation.owner_account)) {
    add_disabled(simulation.owner_account, *explained);
  }
  if (head.header("Accept").value_or("").starts_with("application/json")) {
    co_return respond(200, "application/json", std::move(explained->document));
  }
  co_return respond(200, "text/plain; charset=utf-8", std::move(explained->text));
}

}  // namespace lakeside::app
