#include "services/kms/wire/codecs.h"
#include "services/kms/wire/fields.h"
#include "services/kms/wire/key_metadata.h"

namespace lakeside::kms::wire {
namespace {

// Versions of asymmetric keys, which clients must hand around, are not made more often.
constexpr std::chrono::days kBetweenVersions{7};

Value json_of(const Key& key, const KeyVersion& version) {
  return {{"KeyId", key.id}, {"KeyVersionId", version.id}, {"CreationDate", date(version.created)}};
}

std::optional<Fault> refuse_new_version(const Key& key, Time now) {
  if (key.origin == Origin::kExternal) return unsupported_origin();
  if (auto fault = refuse_unless_enabled(key, now)) return fault;
  if (key.versions.size() >= kMaxVersionsOfKey) {
    return limit_exceeded("versions of a key", kMaxVersionsOfKey);
  }
  if (!is_symmetric(key.spec) && now < key.primary().created + kBetweenVersions) {
    return Fault{400, "Rejected.LimitExceeded",
                 "A version of an asymmetric key may be made every seven days."};
  }
  return std::nullopt;
}

Task<Answer> add_version(Environment& env, const Invocation& in, const Key& key,
                         const KeyPair* pair) {
  Key changed = key;
  if (pair == nullptr) {
    changed = with_new_version(env.store, std::move(changed), in.now);
  } else {
    KeyVersion version{random_uuid(), in.now, {}, pair->public_pem};
    version.sealed = env.store.seal_material(changed, version.id, pair->private_der.view());
    changed.versions.push_back(std::move(version));
  }
  Value value;
  value["KeyVersion"] = json_of(changed, changed.primary());
  Change change;
  change.put(std::move(changed));
  co_return co_await commit(env, change, std::move(value));
}

}  // namespace

Task<Answer> create_key_version(Environment& env, const Invocation& in) {
  auto key = find_key(env, in, "KeyId", Aliases::kAccepted);
  if (!key) co_return std::unexpected(std::move(key.error()));
  if (auto fault = refuse_new_version(**key, in.now)) co_return std::unexpected(*fault);
  std::optional<KeyPair> pair;
  if (!is_symmetric((*key)->spec)) {
    auto made = co_await make_pair(env, (*key)->spec);
    if (!made) co_return std::unexpected(std::move(made.error()));
    pair = std::move(*made);
  }
  auto turn = co_await env.store.turn();
  const std::string id = (*key)->id;
  auto now = key_named(env, in, id, Aliases::kRefused);
  if (!now) co_return std::unexpected(std::move(now.error()));
  if (auto fault = refuse_new_version(**now, in.now)) co_return std::unexpected(*fault);
  co_return co_await add_version(env, in, **now, pair ? &*pair : nullptr);
}

Task<Answer> describe_key_version(Environment& env, const Invocation& in) {
  auto key = find_key(env, in, "KeyId", Aliases::kRefused);
  if (!key) co_return std::unexpected(std::move(key.error()));
  auto id = in.parameters.required("KeyVersionId");
  if (!id) co_return std::unexpected(std::move(id.error()));
  const KeyVersion* version = (*key)->version(*id);
  if (version == nullptr) co_return std::unexpected(key_version_not_found());
  Value value;
  value["KeyVersion"] = json_of(**key, *version);
  co_return value;
}

Task<Answer> list_key_versions(Environment& env, const Invocation& in) {
  auto key = find_key(env, in, "KeyId", Aliases::kRefused);
  if (!key) co_return std::unexpected(std::move(key.error()));
  auto page = read_page(in.parameters);
  if (!page) co_return std::unexpected(std::move(page.error()));
  co_return page_of((*key)->versions, *page, "KeyVersions", "KeyVersion",
                    [&](const KeyVersion& version) { return json_of(**key, version); });
}

Task<Answer> update_rotation_policy(Environment& env, const Invocation& in) {
  auto given = in.parameters.required("EnableAutomaticRotation");
  if (!given) co_return std::unexpected(std::move(given.error()));
  auto enabled = in.parameters.flag("EnableAutomaticRotation", false);
  if (!enabled) co_return std::unexpected(std::move(enabled.error()));
  auto turn = co_await env.store.turn();
  auto found = find_key(env, in, "KeyId", Aliases::kRefused);
  if (!found) co_return std::unexpected(std::move(found.error()));
  Key key = copy_of(*found);
  if (key.origin == Origin::kExternal) co_return std::unexpected(unsupported_origin());
  if (!is_symmetric(key.spec)) {
    co_return std::unexpected(unsupported_operation("only symmetric keys are rotated."));
  }
  if (auto fault = refuse_unless_enabled(key, in.now)) co_return std::unexpected(*fault);
  key.rotation_every = std::chrono::seconds(0);
  if (*enabled) {
    if (auto fault = read_rotation(in.parameters, key)) co_return std::unexpected(*fault);
  }
  Change change;
  change.put(std::move(key));
  co_return co_await commit(env, change);
}

}  // namespace lakeside::kms::wire
