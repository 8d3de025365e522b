#include "app/identity_keys.h"

#include <memory>

namespace lakeside::app {
namespace {

// The role's own policies, and the session's, which narrows them.
std::shared_ptr<const Grants> grants_of(const ram::IdentityStore& store, const ram::Role& role,
                                        const ram::Session& session) {
  auto of_role = store.grants_of(role);
  if (session.policy.empty()) return of_role;
  auto narrowing = ram::policy::compile(session.policy, ram::policy::Kind::kIdentity,
                                        ram::policy::kMaxSessionPolicyLength);
  // It was read when the token was made. A build that reads it no longer grants nothing.
  if (!narrowing) {
    return std::make_shared<ram::PolicyGrants>(std::vector<ram::PolicyGrants::Held>());
  }
  return std::make_shared<ram::PolicyGrants>(of_role->held(), std::move(*narrowing));
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

std::expected<auth::Credential, auth::TokenFault> IdentityKeys::find_session(std::string_view id,
                                                                             std::string_view token,
                                                                             Time now) const {
  auto session = accounts_.main().read_token(token);
  if (!session) return std::unexpected(auth::TokenFault::kMalformed);
  if (session->access_key_id != id) return std::unexpected(auth::TokenFault::kMismatch);
  if (session->expires <= now) return std::unexpected(auth::TokenFault::kExpired);
  const ram::IdentityStore* store = accounts_.find(session->account);
  if (store == nullptr) return std::unexpected(auth::TokenFault::kMalformed);
  auto role = store->find<ram::Role>(session->role);
  // Another role of the same name is another role.
  if (role == nullptr || role->id != session->role_id) {
    return std::unexpected(auth::TokenFault::kMalformed);
  }
  Principal who{Principal::Kind::kRole, store->account_id(), role->name, session->access_key_id,
                role->id};
  who.session = session->name;
  who.grants = grants_of(*store, *role, *session);
  return auth::Credential{std::move(session->access_key_secret), std::move(who),
                          !accounts_.is_disabled(store->account_id())};
}

}  // namespace lakeside::app
