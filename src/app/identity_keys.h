// Every access key there is: the root accounts', RAM users' and those of sessions. Those
// of a disabled account are disabled.
#pragma once

#include "app/data_folder.h"
#include "gateway/auth/authenticate.h"
#include "services/ram/core/accounts.h"

namespace lakeside::app {

class IdentityKeys final : public auth::KeySource {
 public:
  // The accounts outlive it; `root` is the main one's.
  IdentityKeys(const RootKey& root, const ram::Accounts& accounts);

  [[nodiscard]] std::optional<auth::Credential> find(std::string_view id) const override;
  [[nodiscard]] std::expected<auth::Credential, auth::TokenFault> find_session(
      std::string_view id, std::string_view token, Time now) const override;

 private:
  // Whose session it is, as long as what it began with is there; none otherwise.
  [[nodiscard]] std::optional<Principal> holder_of(const ram::IdentityStore& store,
                                                   const ram::Session& session) const;

  const std::string root_id_;
  const auth::Credential root_;
  const ram::Accounts& accounts_;
};

}  // namespace lakeside::app
