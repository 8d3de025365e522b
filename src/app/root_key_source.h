// The one access key there is until services/ram keeps users: the root account's.
#pragma once

#include <optional>
#include <string_view>

#include "app/data_folder.h"
#include "gateway/auth/authenticate.h"

namespace lakeside::app {

class RootKeySource final : public auth::KeySource {
 public:
  explicit RootKeySource(const RootKey& key)
      : id_(key.access_key_id),
        credential_{key.access_key_secret,
                    {Principal::Kind::kRoot, key.account_id, "root", key.access_key_id},
                    true} {}

  [[nodiscard]] std::optional<auth::Credential> find(std::string_view id) const override {
    if (id != id_) return std::nullopt;
    return credential_;
  }

 private:
  const std::string id_;
  const auth::Credential credential_;
};

}  // namespace lakeside::app
