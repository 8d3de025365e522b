// The policy language a second time, for tests alone: written from docs/identity.md and the pages
// it names, plain and slow, on the JSON itself. It shares no code with the first; keep it so.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace lakeside::ram::policy::plain {

struct Caller {
  std::string kind;  // "anonymous", "root", "user", "role", "service", "federated"
  std::string account;
  std::string id;
  std::string name;
  std::string session;
  std::string provider;
};

struct Request {
  std::string action;
  std::string resource;
  std::string owner;
  std::map<std::string, std::vector<std::string>> context;  // keys in lower case
};

struct Grounds {
  std::vector<nlohmann::json> identity;
  std::optional<nlohmann::json> session;
  std::optional<nlohmann::json> resource;
  bool needs_both = false;
  bool granted_by_acl = false;
  // PublicAccessBlock, of OSS in the first two, of S3 in the first and the last.
  bool access_list_blocked = false;
  bool public_policy_blocked = false;
  bool strangers_blocked = false;
};

enum class Verdict { kAllow, kExplicitDeny, kImplicitDeny };

Verdict evaluate(const Caller& caller, const Request& request, const Grounds& grounds);

}  // namespace lakeside::ram::policy::plain
