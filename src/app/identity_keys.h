// Every access key there is: the root account's, RAM users' and those of sessions of roles.
#pragma once

#include "app/data_folder.h"
#include "gateway/auth/authenticate.h"
#include "services/ram/core/identity_store.h"

namespace lakeside::app {

class IdentityKeys final : public auth::KeySource {
 public:
  // The store outlives it.
  IdentityKeys(const RootKey& root, const ram::IdentityStore& store);

  [[nodiscard]] std::optional<auth::Credential> find(std::string_view id) const override;
  [[nodiscard]] std::expected<auth::Credential, auth::TokenFault> find_session(
      std::string_view id, std::string_view token, Time now) const override;

 private:
  const std::string root_id_;
  const auth::Credential root_;
  const ram::IdentityStore& store_;
};

}  // namespace lakeside::app
