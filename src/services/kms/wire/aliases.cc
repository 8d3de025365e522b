#include "services/kms/wire/codecs.h"
#include "services/kms/wire/fields.h"

namespace lakeside::kms::wire {
namespace {

using AliasPtr = std::shared_ptr<const Alias>;

Task<Answer> put_alias(Environment& env, const Invocation& in, std::string name,
                       const std::string& key_id) {
  Change change;
  change.put(Alias{account_of(in), std::move(name), key_id, in.now});
  co_return co_await commit(env, change);
}

Value list_of(const Environment& env, const Invocation& in, const std::vector<AliasPtr>& aliases,
              const Page& page) {
  return page_of(aliases, page, "Aliases", "Alias", [&](const AliasPtr& alias) {
    return Value{{"KeyId", alias->key_id},
                 {"AliasName", alias->name},
                 {"AliasArn", arn(env, in, alias->name)}};
  });
}

}  // namespace

Task<Answer> create_alias(Environment& env, const Invocation& in) {
  auto name = read_alias_name(in.parameters);
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto turn = co_await env.store.turn();
  auto key = find_key(env, in, "KeyId", Aliases::kRefused);
  if (!key) co_return std::unexpected(std::move(key.error()));
  if ((*key)->delete_at) co_return std::unexpected(state_modified_failed());
  if (env.store.find<Alias>(account_of(in), *name)) {
    co_return std::unexpected(Fault{400, "AliasAlreadyExists", "AliasName Already Exists."});
  }
  if (env.store.list<Alias>(account_of(in)).size() >= kMaxAliases) {
    co_return std::unexpected(limit_exceeded("aliases", kMaxAliases));
  }
  co_return co_await put_alias(env, in, std::move(*name), (*key)->id);
}

Task<Answer> update_alias(Environment& env, const Invocation& in) {
  auto name = read_alias_name(in.parameters);
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto turn = co_await env.store.turn();
  auto key = find_key(env, in, "KeyId", Aliases::kRefused);
  if (!key) co_return std::unexpected(std::move(key.error()));
  if ((*key)->delete_at) co_return std::unexpected(*refuse_unless_enabled(**key, in.now));
  if (env.store.find<Alias>(account_of(in), *name) == nullptr) {
    co_return std::unexpected(alias_not_found());
  }
  co_return co_await put_alias(env, in, std::move(*name), (*key)->id);
}

Task<Answer> delete_alias(Environment& env, const Invocation& in) {
  auto name = read_alias_name(in.parameters);
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto turn = co_await env.store.turn();
  auto alias = env.store.find<Alias>(account_of(in), *name);
  // That of another key by now, which nobody was asked about.
  if (alias == nullptr || in.meant_by(*name, alias->key_id) != alias->key_id) {
    co_return std::unexpected(alias_not_found());
  }
  Change change;
  change.remove(alias);
  co_return co_await commit(env, change);
}

Task<Answer> list_aliases(Environment& env, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  co_return list_of(env, in, env.store.list<Alias>(account_of(in)), *page);
}

Task<Answer> list_aliases_by_key_id(Environment& env, const Invocation& in) {
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  auto key = find_key(env, in, "KeyId", Aliases::kRefused);
  if (!key) co_return std::unexpected(std::move(key.error()));
  auto aliases = env.store.list<Alias>(account_of(in));
  std::erase_if(aliases, [&](const AliasPtr& alias) { return alias->key_id != (*key)->id; });
  co_return list_of(env, in, aliases, *page);
}

}  // namespace lakeside::kms::wire
