#include "services/kms/wire/codecs.h"
#include "services/kms/wire/fields.h"

namespace lakeside::kms::wire {
namespace {

// How many tags there may be on one thing, and how many things one request may name.
constexpr std::size_t kMaxResources = 50;

std::optional<Fault> add_tags(Tags& tags, const Tags& more) {
  for (const auto& [key, value] : more) tags[key] = value;
  if (tags.size() > kMaxTags) return limit_exceeded("tags", kMaxTags);
  return std::nullopt;
}

// Changes the tags of what KeyId or SecretName names.
template <class Edit>
Task<Answer> edit_one(Environment& env, const Invocation& in, const Edit& edit) {
  if (auto fault = refuse_unsupported(in.parameters, {"CertificateId"})) {
    co_return std::unexpected(*fault);
  }
  const bool is_key = !in.parameters.get("KeyId").empty();
  if (is_key != in.parameters.get("SecretName").empty()) {
    co_return std::unexpected(rpc::invalid_parameter("KeyId", "either it or SecretName must come"));
  }
  auto turn = co_await env.store.turn();
  Change change;
  std::optional<Fault> fault;
  if (is_key) {
    auto found = find_key(env, in, "KeyId", Aliases::kRefused);
    if (!found) co_return std::unexpected(std::move(found.error()));
    Key key = copy_of(*found);
    fault = edit(key.tags);
    change.put(std::move(key));
  } else {
    auto found = find_secret(env, in);
    if (!found) co_return std::unexpected(std::move(found.error()));
    Secret secret = copy_of(*found);
    fault = edit(secret.tags);
    change.put(std::move(secret));
  }
  if (fault) co_return std::unexpected(*fault);
  co_return co_await commit(env, change);
}

struct Resources {
  bool keys;  // else secrets
  std::vector<std::string> ids;
};

Read<Resources> read_resources(const Parameters& in, bool mandatory) {
  auto type = in.required("ResourceType");
  if (!type) return std::unexpected(std::move(type.error()));
  if (*type != "key" && *type != "secret") {
    return std::unexpected(rpc::invalid_parameter("ResourceType", "key or secret"));
  }
  auto ids = in.list("ResourceId", kMaxResources + 1);
  if (ids.size() > kMaxResources) {
    return std::unexpected(rpc::invalid_parameter("ResourceId", "at most 50"));
  }
  if (mandatory && ids.empty()) return std::unexpected(rpc::missing_parameter("ResourceId.1"));
  return Resources{*type == "key", std::move(ids)};
}

template <class Edit>
Task<Answer> edit_all(Environment& env, const Invocation& in, const Edit& edit) {
  auto resources = read_resources(in.parameters, true);
  if (!resources) co_return std::unexpected(std::move(resources.error()));
  auto turn = co_await env.store.turn();
  Change change;
  for (const std::string& id : resources->ids) {
    std::optional<Fault> fault;
    if (resources->keys) {
      auto found = key_named(env, in, id, Aliases::kRefused);
      if (!found) co_return std::unexpected(std::move(found.error()));
      Key key = copy_of(*found);
      fault = edit(key.tags);
      change.put(std::move(key));
    } else {
      auto found = secret_named(env, in, id);
      if (found == nullptr) co_return std::unexpected(secret_not_found(id));
      Secret secret = copy_of(found);
      fault = edit(secret.tags);
      change.put(std::move(secret));
    }
    if (fault) co_return std::unexpected(*fault);
  }
  co_return co_await commit(env, change);
}

void list_tags(Value& list, const char* type, const std::string& id, const Tags& tags,
               const std::vector<Parameters::Tag>& wanted) {
  auto has = [&](const Parameters::Tag& one) {
    auto found = tags.find(one.key);
    return found != tags.end() && (one.value.empty() || found->second == one.value);
  };
  if (!std::ranges::all_of(wanted, has)) return;
  for (const auto& [key, value] : tags) {
    list.push_back(
        {{"ResourceId", id}, {"ResourceType", type}, {"TagKey", key}, {"TagValue", value}});
  }
}

}  // namespace

Task<Answer> tag_resource(Environment& env, const Invocation& in) {
  auto tags = read_tags(in.parameters, "Tags");
  if (!tags) co_return std::unexpected(std::move(tags.error()));
  if (tags->empty()) co_return std::unexpected(rpc::missing_parameter("Tags"));
  auto edit = [&](Tags& on) { return add_tags(on, *tags); };
  co_return co_await edit_one(env, in, edit);
}

Task<Answer> untag_resource(Environment& env, const Invocation& in) {
  auto keys = read_list(in.parameters, "TagKeys", kMaxTags);
  if (!keys) co_return std::unexpected(std::move(keys.error()));
  auto edit = [&](Tags& on) -> std::optional<Fault> {
    for (const std::string& key : *keys) on.erase(key);
    return std::nullopt;
  };
  co_return co_await edit_one(env, in, edit);
}

Task<Answer> list_resource_tags(Environment& env, const Invocation& in) {
  auto key = find_key(env, in, "KeyId", Aliases::kRefused);
  if (!key) co_return std::unexpected(std::move(key.error()));
  Value value;
  Value& list = value["Tags"]["Tag"] = Value::array();
  for (const auto& [name, text] : (*key)->tags) {
    list.push_back({{"KeyId", (*key)->id}, {"TagKey", name}, {"TagValue", text}});
  }
  co_return value;
}

Task<Answer> tag_resources(Environment& env, const Invocation& in) {
  Tags tags;
  for (const auto& [key, text] : in.parameters.tags("Tag", kMaxTags + 1)) {
    if (auto fault = refuse_tag("Tag", key, text)) co_return std::unexpected(*fault);
    tags[key] = text;
  }
  if (tags.empty()) co_return std::unexpected(rpc::missing_parameter("Tag.1.Key"));
  auto edit = [&](Tags& on) { return add_tags(on, tags); };
  co_return co_await edit_all(env, in, edit);
}

Task<Answer> untag_resources(Environment& env, const Invocation& in) {
  auto all = in.parameters.flag("All", false);
  if (!all) co_return std::unexpected(std::move(all.error()));
  auto keys = in.parameters.list("TagKey", kMaxTags);
  if (keys.empty() && !*all) co_return std::unexpected(rpc::missing_parameter("TagKey.1"));
  auto edit = [&](Tags& on) -> std::optional<Fault> {
    if (keys.empty()) on.clear();
    for (const std::string& key : keys) on.erase(key);
    return std::nullopt;
  };
  co_return co_await edit_all(env, in, edit);
}

// All of them at once: an account's quotas keep the answer short, so that there is no NextToken.
Task<Answer> list_tag_resources(Environment& env, const Invocation& in) {
  auto resources = read_resources(in.parameters, false);
  if (!resources) co_return std::unexpected(std::move(resources.error()));
  const auto wanted = in.parameters.tags("Tag", kMaxTags);
  if (resources->ids.empty() && wanted.empty()) {
    co_return std::unexpected(rpc::missing_parameter("ResourceId.1"));
  }
  auto named = [&](const std::string& id) {
    return resources->ids.empty() || std::ranges::find(resources->ids, id) != resources->ids.end();
  };
  Value list = Value::array();
  if (resources->keys) {
    for (const KeyPtr& key : keys_of(env, in)) {
      if (named(key->id)) list_tags(list, "key", key->id, key->tags, wanted);
    }
  } else {
    for (const SecretPtr& secret : env.store.list<Secret>(account_of(in))) {
      if (named(secret->name)) list_tags(list, "secret", secret->name, secret->tags, wanted);
    }
  }
  Value value;
  value["TagResources"]["TagResource"] = std::move(list);
  value["NextToken"] = "";
  co_return value;
}

}  // namespace lakeside::kms::wire
