#include "services/ram/policy/generate.h"

#include <algorithm>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "services/ram/policy/compiled.h"
#include "services/ram/policy/compiled_rules.h"

namespace lakeside::ram::policy {
namespace {

using Json = nlohmann::ordered_json;
using Names = std::set<std::string>;

// Resources of object storage are names that somebody chose; those of management calls are our own,
// where a star means all.
std::string written(const std::string& resource) {
  constexpr std::string_view kObjects = "acs:oss:";
  if (!resource.starts_with(kObjects)) return resource;
  std::size_t name = 0;
  for (int part = 0; part < 4 && name != resource.npos; ++part) name = resource.find(':', name) + 1;
  std::string out = resource;
  std::replace(out.begin() + static_cast<std::ptrdiff_t>(name), out.end(), '*', '?');
  return out;
}

std::string generalised(const std::string& resource, std::span<const std::string> patterns) {
  for (const std::string& pattern : patterns) {
    if (ResourcePattern(pattern).matches(ResourceName(resource))) return pattern;
  }
  return written(resource);
}

Json list_of(const Names& names) {
  Json list = Json::array();
  for (const std::string& name : names) list.push_back(name);
  return list;
}

}  // namespace

std::expected<std::string, std::string> generate(std::span<const AskedFor> calls,
                                                 std::span<const std::string> patterns) {
  if (calls.empty()) return std::unexpected("there are no calls to allow");
  std::map<std::string, Names> resources_of;  // by action
  for (const AskedFor& call : calls) {
    resources_of[call.action].insert(generalised(call.resource, patterns));
  }
  std::map<Names, Names> actions_on;  // by resources
  for (const auto& [action, resources] : resources_of) actions_on[resources].insert(action);
  Json document = {{"Version", "1"}, {"Statement", Json::array()}};
  for (const auto& [resources, actions] : actions_on) {
    document["Statement"].push_back(
        {{"Effect", "Allow"}, {"Action", list_of(actions)}, {"Resource", list_of(resources)}});
  }
  std::string text = document.dump(2, ' ', false, Json::error_handler_t::replace);
  // As short as a policy may be stored.
  auto compiled = compile(document.dump(-1, ' ', false, Json::error_handler_t::replace),
                          Kind::kIdentity, kMaxIdentityPolicyLength);
  if (!compiled) {
    return std::unexpected("the policy of these " + std::to_string(calls.size()) +
                           " calls cannot be kept; generalise resources with a pattern");
  }
  return text;
}

}  // namespace lakeside::ram::policy
