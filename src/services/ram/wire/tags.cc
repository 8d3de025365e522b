// Tags of roles and custom policies.
#include <algorithm>

#include "base/encoding.h"
#include "services/ram/wire/codecs.h"
#include "services/ram/wire/fields.h"

namespace lakeside::ram::wire {
namespace {

enum class Tagged { kRole, kPolicy };

struct Target {
  Tagged kind;
  std::vector<std::string> names;
};

Read<Target> read_target(const Parameters& in) {
  auto type = in.required("ResourceType");
  if (!type) return std::unexpected(std::move(type.error()));
  if (*type != "role" && *type != "policy") return std::unexpected(incorrect("ResourceType"));
  auto names = read_list(in, "ResourceNames", kMaxNamesTagged);
  if (!names) return std::unexpected(std::move(names.error()));
  return Target{*type == "role" ? Tagged::kRole : Tagged::kPolicy, std::move(*names)};
}

// Puts each named record, changed, into `change`.
template <class T, class Edit>
std::optional<Fault> edit_all(const Environment& env, const std::vector<std::string>& names,
                              const char* kind, Edit edit, Change& change) {
  for (const std::string& name : names) {
    auto found = env.store.find<T>(name);
    if (found == nullptr) return not_exist(kind);
    T record = *found;
    edit(record.tags);
    if (record.tags.size() > kMaxTagsOfOne) return limit("Tag");
    change.put(std::move(record));
  }
  return std::nullopt;
}

template <class Edit>
Task<Answer> edit_tags(Environment& env, Target target, Edit edit) {
  if (target.names.empty()) co_return std::unexpected(rpc::missing_parameter("ResourceNames"));
  // One that is named twice is one.
  std::ranges::sort(target.names);
  target.names.erase(std::ranges::unique(target.names).begin(), target.names.end());
  auto turn = co_await env.store.turn();
  Change change;
  auto fault = target.kind == Tagged::kRole
                   ? edit_all<Role>(env, target.names, "Role", edit, change)
                   : edit_all<Policy>(env, target.names, "Policy", edit, change);
  if (fault) co_return std::unexpected(*fault);
  co_return co_await commit(env, change);
}

struct TagRow {
  std::string name;
  std::string key;
  std::string value;
  // Ordered as the rows are: a name has no byte as low.
  [[nodiscard]] std::string place() const { return name + '\0' + key; }
};

template <class T>
void add_rows(const Environment& env, const std::vector<std::string>& names, const Tags& wanted,
              std::vector<TagRow>& rows) {
  for (const auto& record : env.store.list<T>()) {
    if (!names.empty() && std::ranges::find(names, record->name) == names.end()) continue;
    for (const auto& [key, value] : record->tags) {
      auto found = wanted.find(key);
      bool fits = found != wanted.end() && (found->second.empty() || found->second == value);
      if (wanted.empty() || fits) rows.push_back({record->name, key, value});
    }
  }
}

}  // namespace

Task<Answer> tag_resources(Environment& env, const Invocation& in) {
  auto target = read_target(in.parameters);
  if (!target) co_return std::unexpected(std::move(target.error()));
  auto tags = read_tags(in.parameters);
  if (!tags) co_return std::unexpected(std::move(tags.error()));
  if (tags->empty()) co_return std::unexpected(rpc::missing_parameter("Tag"));
  auto add = [&tags](Tags& to) {
    for (const auto& [key, value] : *tags) to[key] = value;
  };
  co_return co_await edit_tags(env, std::move(*target), add);
}

Task<Answer> untag_resources(Environment& env, const Invocation& in) {
  auto target = read_target(in.parameters);
  if (!target) co_return std::unexpected(std::move(target.error()));
  auto keys = read_list(in.parameters, "TagKeys", kMaxTagsOfOne);
  if (!keys) co_return std::unexpected(std::move(keys.error()));
  auto all = in.parameters.flag("All", false);
  if (!all) co_return std::unexpected(std::move(all.error()));
  // All counts where no keys are named.
  if (keys->empty() && !*all) co_return std::unexpected(rpc::missing_parameter("TagKeys"));
  auto take = [&keys](Tags& from) {
    std::erase_if(from, [&](const auto& tag) {
      return keys->empty() || std::ranges::find(*keys, tag.first) != keys->end();
    });
  };
  co_return co_await edit_tags(env, std::move(*target), take);
}

Task<Answer> list_tag_resources(Environment& env, const Invocation& in) {
  auto target = read_target(in.parameters);
  if (!target) co_return std::unexpected(std::move(target.error()));
  auto wanted = read_tags(in.parameters);
  if (!wanted) co_return std::unexpected(std::move(wanted.error()));
  auto most = in.parameters.number("PageSize", 100, {1, 100});
  if (!most) co_return std::unexpected(std::move(most.error()));
  auto after = base64_decode(in.parameters.get("NextToken"));
  if (!after) co_return std::unexpected(incorrect("NextToken"));

  std::vector<TagRow> rows;
  if (target->kind == Tagged::kRole) {
    add_rows<Role>(env, target->names, *wanted, rows);
  } else {
    add_rows<Policy>(env, target->names, *wanted, rows);
  }
  Value list = Value::array();
  std::string last;
  bool more = false;
  for (const TagRow& row : rows) {
    if (!after->empty() && row.place() <= *after) continue;
    more = list.size() == *most;
    if (more) break;
    list.push_back({{"ResourceType", target->kind == Tagged::kRole ? "role" : "policy"},
                    {"ResourceName", row.name},
                    {"TagKey", row.key},
                    {"TagValue", row.value}});
    last = row.place();
  }
  Value value;
  value["TagResources"] = std::move(list);
  if (more) value["NextToken"] = base64_encode(as_bytes(last));
  co_return value;
}

}  // namespace lakeside::ram::wire
