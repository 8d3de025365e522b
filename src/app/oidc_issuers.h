// The keys of OpenID Connect issuers, from files or the issuers themselves.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/executor.h"
#include "services/ram/core/oidc_keys.h"

namespace lakeside::app {

// By issuer, where its JWKS document is: a file, or an address of http or https.
using OidcKeySources = std::map<std::string, std::string>;

// An issuer without a source is asked where its keys are (OpenID Connect Discovery 1.0).
class OidcIssuers final : public ram::OidcKeys {
 public:
  explicit OidcIssuers(OidcKeySources sources);
  Task<Result<std::string>> key_set(std::string_view issuer, bool again) override;

 private:
  using Steady = std::chrono::steady_clock;
  struct Held {
    Result<std::string> keys;
    Steady::time_point since;
  };
  [[nodiscard]] std::optional<Result<std::string>> at_hand(const std::string& issuer, bool again);
  // Blocks.
  [[nodiscard]] Result<std::string> fetch(const std::string& issuer) const;

  const OidcKeySources sources_;
  std::mutex mutex_;
  std::map<std::string, Held> held_;  // of issuers that providers name, which are few
  ThreadPool pool_{"oidc", 1};
};

}  // namespace lakeside::app
