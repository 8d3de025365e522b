#include <algorithm>

#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

// How many of T have it.
template <class T>
std::size_t attachments_to(const Environment& env, const PolicyName& name) {
  std::size_t count = 0;
  for (const auto& one : env.store.list<T>()) {
    count += static_cast<std::size_t>(std::ranges::count(
        one->policies, name, [](const Attachment& attached) { return attached.policy; }));
  }
  return count;
}

std::size_t attachments(const Environment& env, const PolicyName& name) {
  return attachments_to<User>(env, name) + attachments_to<Group>(env, name) +
         attachments_to<Role>(env, name);
}

Value json_of(const Environment& env, const Policy& policy) {
  Value value = {{"PolicyName", policy.name},
                 {"PolicyType", policy.system ? "System" : "Custom"},
                 {"Description", policy.description},
                 {"DefaultVersion", policy.default_version},
                 {"CreateDate", date(policy.created)},
                 {"UpdateDate", date(policy.updated)},
                 {"AttachmentCount", attachments(env, {policy.name, policy.system})}};
  if (!policy.tags.empty()) {
    Value& tags = value["Tags"]["Tag"] = Value::array();
    for (const auto& [key, text] : policy.tags) {
      tags.push_back({{"TagKey", key}, {"TagValue", text}});
    }
  }
  return value;
}

Value json_of(const Policy& policy, const PolicyVersion& version) {
  return {{"VersionId", version.id},
          {"IsDefaultVersion", version.id == policy.default_version},
          {"PolicyDocument", version.document},
          {"CreateDate", date(version.created)}};
}

Read<std::shared_ptr<const Policy>> find_policy(const Environment& env, const Invocation& in) {
  auto name = read_policy_name(in.parameters);
  if (!name) return std::unexpected(std::move(name.error()));
  auto policy = env.store.policy(*name);
  if (policy == nullptr) return std::unexpected(not_exist("Policy"));
  return policy;
}

// A policy that may be changed, by its name alone.
Read<std::shared_ptr<const Policy>> find_custom(const Environment& env, const Invocation& in) {
  auto name = read_name(in.parameters, "PolicyName", 128, "-");
  if (!name) return std::unexpected(std::move(name.error()));
  auto policy = env.store.find<Policy>(*name);
  if (policy == nullptr) return std::unexpected(not_exist("Policy"));
  return policy;
}

Read<const PolicyVersion*> find_version(const Policy& policy, const Invocation& in) {
  auto id = in.parameters.required("VersionId");
  if (!id) return std::unexpected(std::move(id.error()));
  const PolicyVersion* version = policy.version(*id);
  if (version == nullptr) return std::unexpected(not_exist("Policy.Version"));
  return version;
}

policy::PolicyPtr compile(const PolicyVersion& version) {
  // It was read when it came, so that it can be read now.
  auto compiled =
      policy::compile(version.document, policy::Kind::kIdentity, policy::kMaxIdentityPolicyLength);
  return compiled ? std::move(*compiled) : nullptr;
}

}  // namespace

Task<Answer> create_policy(Environment& env, const Invocation& in) {
  auto name = read_name(in.parameters, "PolicyName", 128, "-");
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto description = read_text(in.parameters, "Description", 1024);
  if (!description) co_return std::unexpected(std::move(description.error()));
  auto document = read_document(in.parameters, "PolicyDocument", policy::Kind::kIdentity,
                                policy::kMaxIdentityPolicyLength);
  if (!document) co_return std::unexpected(std::move(document.error()));
  auto tags = read_tags(in.parameters);
  if (!tags) co_return std::unexpected(std::move(tags.error()));

  auto turn = co_await env.store.turn();
  if (env.store.find<Policy>(*name) || system_policies().contains(*name)) {
    co_return std::unexpected(already_exists("Policy"));
  }
  if (env.store.list<Policy>().size() >= kMaxPolicies) {
    co_return std::unexpected(limit("Policy"));
  }
  Policy policy;
  policy.name = std::move(*name);
  policy.description = std::move(*description);
  policy.tags = std::move(*tags);
  policy.default_version = "v1";
  policy.created = policy.updated = in.now;
  policy.compiled = std::move(document->compiled);
  policy.versions.push_back({"v1", std::move(document->text), in.now});
  Value value;
  value["Policy"] = json_of(env, policy);
  Change change;
  change.put(std::move(policy));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_policy(Environment& env, const Invocation& in) {
  auto policy = find_policy(env, in);
  if (!policy) co_return std::unexpected(std::move(policy.error()));
  const PolicyVersion* version = (*policy)->version((*policy)->default_version);
  Value value;
  value["Policy"] = json_of(env, **policy);
  value["Policy"]["PolicyDocument"] = version->document;
  value["DefaultPolicyVersion"] = json_of(**policy, *version);
  co_return value;
}

Task<Answer> delete_policy(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto policy = find_custom(env, in);
  if (!policy) co_return std::unexpected(std::move(policy.error()));
  const PolicyName name{(*policy)->name, false};
  for (auto [attached, kind] : {std::pair(attachments_to<User>(env, name), "Policy.User"),
                                std::pair(attachments_to<Group>(env, name), "Policy.Group"),
                                std::pair(attachments_to<Role>(env, name), "Policy.Role")}) {
    if (attached > 0) co_return std::unexpected(conflict(kind));
  }
  if ((*policy)->versions.size() > 1) {
    co_return std::unexpected(conflict("Policy.Version"));
  }
  Change change;
  change.remove<Policy>(name.name);
  co_return co_await commit(env, change);
}

Task<Answer> list_policies(Environment& env, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  std::string_view type = in.parameters.get("PolicyType");
  if (!type.empty() && type != "System" && type != "Custom") {
    co_return std::unexpected(incorrect("PolicyType"));
  }
  auto wanted = read_tags(in.parameters);
  if (!wanted) co_return std::unexpected(std::move(wanted.error()));
  std::vector<std::shared_ptr<const Policy>> all;
  if (type != "System") all = env.store.list<Policy>();
  if (type != "Custom") {
    for (const auto& [name, policy] : system_policies()) all.push_back(policy);
  }
  std::erase_if(all, [&](const auto& policy) {
    return !std::ranges::all_of(*wanted, [&](const auto& tag) {
      auto found = policy->tags.find(tag.first);
      return found != policy->tags.end() && found->second == tag.second;
    });
  });
  std::ranges::sort(all, {}, [](const auto& policy) { return policy->name; });
  co_return page_of(
      all, *page, "Policies", "Policy", [](const Policy& policy) { return policy.name; },
      [&](const Policy& policy) { return json_of(env, policy); });
}

Task<Answer> update_policy_description(Environment& env, const Invocation& in) {
  auto description = read_text(in.parameters, "NewDescription", 1024);
  if (!description) co_return std::unexpected(std::move(description.error()));
  auto turn = co_await env.store.turn();
  auto found = find_custom(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  Policy policy = copy_of(*found);
  policy.description = std::move(*description);
  policy.updated = in.now;
  Value value;
  value["Policy"] = json_of(env, policy);
  Change change;
  change.put(std::move(policy));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> create_policy_version(Environment& env, const Invocation& in) {
  auto document = read_document(in.parameters, "PolicyDocument", policy::Kind::kIdentity,
                                policy::kMaxIdentityPolicyLength);
  if (!document) co_return std::unexpected(std::move(document.error()));
  auto as_default = in.parameters.flag("SetAsDefault", false);
  if (!as_default) co_return std::unexpected(std::move(as_default.error()));
  auto strategy = in.parameters.one_of("RotateStrategy",
                                       {"None", "DeleteOldestNonDefaultVersionWhenLimitExceeded"});
  if (!strategy) co_return std::unexpected(std::move(strategy.error()));

  auto turn = co_await env.store.turn();
  auto found = find_custom(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  Policy policy = copy_of(*found);
  if (policy.versions.size() >= kMaxVersions) {
    if (*strategy == "None") {
      co_return std::unexpected(limit("Policy.Version"));
    }
    auto oldest = std::ranges::find_if(policy.versions, [&](const PolicyVersion& version) {
      return version.id != policy.default_version;
    });
    policy.versions.erase(oldest);
  }
  PolicyVersion version{"v" + std::to_string(policy.next_version++), std::move(document->text),
                        in.now};
  if (*as_default) {
    policy.default_version = version.id;
    policy.compiled = std::move(document->compiled);
  }
  policy.updated = in.now;
  Value value;
  value["PolicyVersion"] = json_of(policy, version);
  policy.versions.push_back(std::move(version));
  Change change;
  change.put(std::move(policy));
  co_return co_await commit(env, change, std::move(value));
}

Task<Answer> get_policy_version(Environment& env, const Invocation& in) {
  auto policy = find_policy(env, in);
  if (!policy) co_return std::unexpected(std::move(policy.error()));
  auto version = find_version(**policy, in);
  if (!version) co_return std::unexpected(std::move(version.error()));
  Value value;
  value["PolicyVersion"] = json_of(**policy, **version);
  co_return value;
}

Task<Answer> delete_policy_version(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = find_custom(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto version = find_version(**found, in);
  if (!version) co_return std::unexpected(std::move(version.error()));
  const std::string id = (*version)->id;
  if (id == (*found)->default_version) {
    co_return std::unexpected(conflict("Policy.Version.Default"));
  }
  Policy policy = copy_of(*found);
  std::erase_if(policy.versions, [&](const PolicyVersion& one) { return one.id == id; });
  policy.updated = in.now;
  Change change;
  change.put(std::move(policy));
  co_return co_await commit(env, change);
}

Task<Answer> list_policy_versions(Environment& env, const Invocation& in) {
  auto policy = find_policy(env, in);
  if (!policy) co_return std::unexpected(std::move(policy.error()));
  Value versions = Value::array();
  for (const PolicyVersion& version : (*policy)->versions) {
    versions.push_back(json_of(**policy, version));
  }
  Value value;
  value["PolicyVersions"]["PolicyVersion"] = std::move(versions);
  co_return value;
}

Task<Answer> set_default_policy_version(Environment& env, const Invocation& in) {
  auto turn = co_await env.store.turn();
  auto found = find_custom(env, in);
  if (!found) co_return std::unexpected(std::move(found.error()));
  auto version = find_version(**found, in);
  if (!version) co_return std::unexpected(std::move(version.error()));
  Policy policy = copy_of(*found);
  policy.compiled = compile(**version);
  policy.default_version = (*version)->id;
  policy.updated = in.now;
  Change change;
  change.put(std::move(policy));
  co_return co_await commit(env, change);
}

}  // namespace lakeside::ram::wire
