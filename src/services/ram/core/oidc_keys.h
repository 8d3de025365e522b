// The keys that issuers of OpenID Connect publish, for whoever checks their tokens.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/task.h"

namespace lakeside::ram {

class OidcKeys {
 public:
  virtual ~OidcKeys() = default;
  // The issuer's JWKS document, one at hand where it is young enough. `again`: that one lacks a
  // key, which may be newer. Errors: kNotFound (no keys are known of this issuer), kUnavailable.
  virtual Task<Result<std::string>> key_set(std::string_view issuer, bool again) = 0;
};

}  // namespace lakeside::ram
