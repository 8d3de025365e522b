// Who calls, and sessions of roles.
#include <algorithm>

#include "base/crypto.h"
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

// The name of the role in "acs:ram::ACCOUNT:role/NAME"; empty if it is none of this account.
std::string_view role_of(const Environment& env, std::string_view role_arn) {
  const std::string start = arn(env, "role/");
  return role_arn.starts_with(start) ? role_arn.substr(start.size()) : std::string_view();
}

// STS's codes and texts are not RAM's: those of its API's description.
Fault wrongly_formed(std::string_view parameter) {
  return {400, "InvalidParameter." + std::string(parameter),
          "The parameter " + std::string(parameter) + " is wrongly formed."};
}

Read<std::string> read_session_name(const Parameters& in) {
  auto given = in.required("RoleSessionName");
  if (!given) return given;
  auto name = read_name(in, "RoleSessionName", 64, ".@-_");
  if (!name || name->size() < 2) return std::unexpected(wrongly_formed("RoleSessionName"));
  return name;
}

Read<std::uint64_t> read_duration(const Parameters& in, const Role& role) {
  const std::uint64_t most = role.max_session_seconds;
  auto seconds = in.number("DurationSeconds", std::min<std::uint64_t>(3600, most), {900, most});
  if (seconds) return *seconds;
  const std::string longest =
      most % 3600 == 0 ? std::to_string(most / 3600) + "hr" : std::to_string(most) + "s";
  return std::unexpected(Fault{400, "InvalidParameter.DurationSeconds",
                               "The Min/Max value of DurationSeconds is 15min/" + longest + "."});
}

// Only the trust policy looks at it (sts:ExternalId).
std::optional<Fault> check_external_id(const Parameters& in) {
  const std::string* id = in.find("ExternalId");
  if (id == nullptr) return std::nullopt;
  if (id->size() < 2 || id->size() > 1224) return wrongly_formed("ExternalId");
  bool fits = std::ranges::all_of(*id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("=,.@:/_-+").find(c) != std::string_view::npos;
  });
  if (!fits) return wrongly_formed("ExternalId");
  return std::nullopt;
}

}  // namespace

Read<std::string> read_session_policy(const Parameters& in) {
  if (in.get("Policy").empty()) return std::string();
  auto document =
      read_document(in, "Policy", policy::Kind::kIdentity, policy::kMaxSessionPolicyLength);
  if (document) return std::move(document->text);
  if (document.error().code == bad_length("Policy").code) {
    return std::unexpected(Fault{400, "InvalidParameter.PolicySize",
                                 "The size of Policy must be smaller than 2048 bytes."});
  }
  return std::unexpected(
      Fault{400, "InvalidParameter.PolicyGrammar",
            "The parameter Policy has not passed grammar check. " + document.error().message});
}

Read<std::shared_ptr<const Role>> role_to_assume(const Environment& env, const Parameters& in) {
  auto role_arn = in.required("RoleArn");
  if (!role_arn) return std::unexpected(std::move(role_arn.error()));
  if (!role_arn->starts_with("acs:ram::") || role_arn->find(":role/") == role_arn->npos) {
    return std::unexpected(wrongly_formed("RoleArn"));
  }
  std::string_view name = role_of(env, *role_arn);
  auto role = name.empty() ? nullptr : env.store.find<Role>(name);
  if (role == nullptr) return std::unexpected(not_exist("Role"));
  return role;
}

Task<Answer> get_caller_identity(Environment& env, const Invocation& in) {
  const Principal& caller = in.caller();
  Value value;
  value["AccountId"] = caller.account_id;
  switch (caller.kind) {
    case Principal::Kind::kUser:
      value["IdentityType"] = "RAMUser";
      value["UserId"] = caller.id;
      value["PrincipalId"] = caller.id;
      value["Arn"] = arn(env, "user/" + caller.name);
      break;
    case Principal::Kind::kRole:
      value["IdentityType"] = "AssumedRoleUser";
      value["RoleId"] = caller.id;
      value["PrincipalId"] = caller.id + ":" + caller.session;
      value["Arn"] = arn(env, "assumed-role/" + caller.name + "/" + caller.session);
      break;
    case Principal::Kind::kRoot:
    case Principal::Kind::kAnonymous:
      value["IdentityType"] = "Account";
      value["UserId"] = caller.account_id;
      value["PrincipalId"] = caller.account_id;
      value["Arn"] = arn(env, "root");
      break;
  }
  co_return value;
}

Read<Session> begin_session(const Invocation& in, const Role& role) {
  auto name = read_session_name(in.parameters);
  if (!name) return std::unexpected(std::move(name.error()));
  auto seconds = read_duration(in.parameters, role);
  if (!seconds) return std::unexpected(std::move(seconds.error()));
  auto policy = read_session_policy(in.parameters);
  if (!policy) return std::unexpected(std::move(policy.error()));
  Session session;
  session.policy = std::move(*policy);
  session.access_key_id = new_session_id();
  session.access_key_secret = random_alphanumeric(44);
  session.role = role.name;
  session.role_id = role.id;
  session.name = std::move(*name);
  session.expires = in.now + std::chrono::seconds(*seconds);
  return session;
}

Value json_of(const Environment& env, const Session& session) {
  Value value;
  value["AssumedRoleUser"] = {{"Arn", arn(env, "role/" + session.role + "/" + session.name)},
                              {"AssumedRoleId", session.role_id + ":" + session.name}};
  value["Credentials"] = credentials_of(env, session);
  return value;
}

Task<Answer> assume_role(Environment& env, const Invocation& in) {
  auto role = role_to_assume(env, in.parameters);
  if (!role) co_return std::unexpected(std::move(role.error()));
  if (auto fault = check_external_id(in.parameters)) co_return std::unexpected(*fault);
  if (!in.parameters.get("SourceIdentity").empty()) {
    co_return std::unexpected(not_implemented("SourceIdentity"));
  }
  auto session = begin_session(in, **role);
  if (!session) co_return std::unexpected(std::move(session.error()));
  co_return json_of(env, *session);
}

}  // namespace lakeside::ram::wire
