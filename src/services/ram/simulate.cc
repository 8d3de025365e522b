#include "services/ram/simulate.h"

#include "base/encoding.h"

namespace lakeside::ram {
namespace {

std::unexpected<std::string> no_such(std::string_view what, std::string_view name) {
  return std::unexpected("there is no " + std::string(what) + " \"" + std::string(name) + "\"");
}

// What comes before the first `mark`; it and the mark are taken from `text`.
std::string_view take(std::string_view& text, char mark) {
  std::string_view first = text.substr(0, text.find(mark));
  text.remove_prefix(std::min(first.size() + 1, text.size()));
  return first;
}

// "role/NAME" of "acs:ram:*:ACCOUNT:role/NAME"; empty where the resource is no role.
std::string_view role_in(std::string_view resource) {
  std::string_view rest = resource;
  for (int part = 0; part < 4; ++part) take(rest, ':');
  return rest.starts_with("role/") ? rest.substr(5) : std::string_view();
}

policy::FixedContext context_of(const Simulation& simulation) {
  Context context;
  for (const auto& [key, value] : simulation.context) context.add(key, value);
  return policy::FixedContext(std::move(context));
}

}  // namespace

std::expected<Principal, std::string> principal_named(const IdentityStore& store,
                                                      std::string_view name) {
  std::string_view rest = name;
  if (rest.starts_with("acs:ram::")) {
    rest.remove_prefix(9);
    std::string_view account = take(rest, ':');
    if (account != store.account_id()) return no_such("account", account);
  }
  Principal who;
  who.account_id = store.account_id();
  if (rest == "root") {
    who.kind = Principal::Kind::kRoot;
    who.name = "root";
    who.id = who.account_id;
    return who;
  }
  if (rest == "anonymous") return Principal{Principal::Kind::kAnonymous, {}, "anonymous", {}};
  std::string_view kind = take(rest, '/');
  std::string_view called = take(rest, '/');
  if (kind == "user" && rest.empty()) {
    auto user = store.find<User>(called);
    if (user == nullptr) return no_such("user", called);
    who.kind = Principal::Kind::kUser;
    who.name = user->name;
    who.id = user->id;
    who.grants = store.grants_of(*user);
    return who;
  }
  if (kind == "role" || kind == "assumed-role") {
    auto role = store.find<Role>(called);
    if (role == nullptr) return no_such("role", called);
    who.kind = Principal::Kind::kRole;
    who.name = role->name;
    who.id = role->id;
    who.session = rest.empty() ? "simulation" : std::string(rest);
    who.grants = store.grants_of(*role);
    return who;
  }
  return std::unexpected("\"" + std::string(name) +
                         "\" is no principal: root, user/NAME, role/NAME, anonymous, or one's ARN");
}

std::expected<Explained, std::string> simulate(const IdentityStore& store,
                                               const Principal& principal,
                                               const Simulation& simulation) {
  policy::FixedContext context = context_of(simulation);
  AccessRequest request{simulation.action,
                        simulation.resource,
                        simulation.owner_account,
                        simulation.granted_to_all,
                        &context,
                        simulation.resource_policy.get(),
                        simulation.blocked};
  if (!equals_ignore_case(simulation.action, "sts:AssumeRole")) {
    return explain(principal, request, nullptr);
  }
  if (principal.kind == Principal::Kind::kRoot) {
    return std::unexpected("roles may not be assumed by root accounts");
  }
  std::string_view name = role_in(simulation.resource);
  auto role = store.find<Role>(name);
  if (role == nullptr) return no_such("role", name);
  return explain(principal, request, role->compiled_trust.get());
}

}  // namespace lakeside::ram
