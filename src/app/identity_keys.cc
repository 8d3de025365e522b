#include "app/identity_keys.h"

#include <algorithm>
#include <memory>

namespace lakeside::app {
namespace {

// What the role or the user has, and the session's policy, which narrows it.
std::shared_ptr<const Grants> narrowed(std::shared_ptr<const ram::PolicyGrants> of_holder,
                                       const ram::Session& session) {
  if (session.policy.empty()) {
    if (!session.mfa) return of_holder;
    return std::make_shared<ram::PolicyGrants>(of_holder->held(), nullptr, true);
  }
  auto narrowing = ram::policy::compile(session.policy, ram::policy::Kind::kIdentity,
                                        ram::policy::kMaxSessionPolicyLength);
  // It was read when the token was made. A build that reads it no longer grants nothing.
  if (!narrowing) {
    return std::make_shared<ram::PolicyGrants>(std::vector<ram::PolicyGrants::Held>());
  }
  return std::make_shared<ram::PolicyGrants>(of_holder->held(), std::move(*narrowing), session.mfa);
}

std::optional<Principal> role_of(const ram::IdentityStore& store, const ram::Session& session) {
  auto role = store.find<ram::Role>(session.role);
  // Another role of the same name is another role.
  if (role == nullptr || role->id != session.role_id) return std::nullopt;
  Principal who{Principal::Kind::kRole, store.account_id(), role->name, session.access_key_id,
                role->id};
  who.session = session.name;
  who.grants = narrowed(store.grants_of(*role), session);
  return who;
}

// A session ends with what it began with: the password and the user's way in, or the access key.
bool may_still(const ram::User& user, const ram::Session& session) {
  if (session.made_with.empty()) {
    return user.login && user.login->active && user.login->password_set == session.password_set;
  }
  return std::ranges::any_of(user.keys, [&](const ram::AccessKey& key) {
    return key.id == session.made_with && key.active;
  });
}

std::optional<Principal> user_of(const ram::IdentityStore& store, const ram::Session& session) {
  auto user = store.find<ram::User>(session.user);
  // Whoever has another name since is the same user.
  if (user == nullptr || user->id != session.user_id) user = store.user_of_id(session.user_id);
  if (user == nullptr || !may_still(*user, session)) return std::nullopt;
  Principal who{Principal::Kind::kUser, store.account_id(), user->name, session.access_key_id,
                user->id};
  who.grants = narrowed(store.grants_of(*user), session);
  return who;
}

Principal root_of(const std::string& account, const std::string& access_key_id) {
  return {Principal::Kind::kRoot, account, "root", access_key_id, account};
}

}  // namespace

IdentityKeys::IdentityKeys(const RootKey& root, const ram::Accounts& accounts)
    : root_id_(root.access_key_id),
      root_{root.access_key_secret, root_of(root.account_id, root.access_key_id), true},
      accounts_(accounts) {}

std::optional<auth::Credential> IdentityKeys::find(std::string_view id) const {
  if (id == root_id_) return root_;
  if (const ram::IdentityStore* store = accounts_.holder_of(id)) {
    auto owner = store->key_owner(id);
    if (!owner) return std::nullopt;  // deleted just now
    Principal user{Principal::Kind::kUser, store->account_id(), owner->user->name, owner->key.id,
                   owner->user->id};
    user.grants = store->grants_of(*owner->user);
    bool active = owner->key.active && !accounts_.is_disabled(store->account_id());
    return auth::Credential{std::move(owner->key.secret), std::move(user), active};
  }
  auto account = accounts_.root_of(id);
  if (!account) return std::nullopt;
  return auth::Credential{std::move(account->access_key_secret),
                          root_of(account->id, account->access_key_id), !account->disabled};
}

std::optional<Principal> IdentityKeys::holder_of(const ram::IdentityStore& store,
                                                 const ram::Session& session) const {
  if (session.of_role()) return role_of(store, session);
  if (session.of_user()) return user_of(store, session);
  // The root's session ends when its account gets another key, or that key another secret.
  auto key = find(session.made_with);
  const bool still = key && key->principal.kind == Principal::Kind::kRoot &&
                     key->principal.account_id == session.account &&
                     ram::key_mark(key->secret) == session.key_mark;
  if (!still) return std::nullopt;
  return root_of(session.account, session.access_key_id);
}

std::expected<auth::Credential, auth::TokenFault> IdentityKeys::find_session(std::string_view id,
                                                                             std::string_view token,
                                                                             Time now) const {
  auto session = accounts_.main().read_token(token);
  if (!session) return std::unexpected(auth::TokenFault::kMalformed);
  if (session->access_key_id != id) return std::unexpected(auth::TokenFault::kMismatch);
  if (session->expires <= now) return std::unexpected(auth::TokenFault::kExpired);
  const ram::IdentityStore* store = accounts_.find(session->account);
  if (store == nullptr) return std::unexpected(auth::TokenFault::kMalformed);
  if (store->find<ram::EndedSession>(id) != nullptr) {
    return std::unexpected(auth::TokenFault::kExpired);
  }
  auto who = holder_of(*store, *session);
  if (!who) return std::unexpected(auth::TokenFault::kMalformed);
  return auth::Credential{std::move(session->access_key_secret), std::move(*who),
                          !accounts_.is_disabled(store->account_id())};
}

}  // namespace lakeside::app
