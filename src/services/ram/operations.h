// RAM and STS as products of the RPC front door.
#pragma once

#include <memory>
#include <span>

#include "gateway/auth/authenticate.h"
#include "gateway/rpc/product.h"
#include "services/ram/core/accounts.h"
#include "services/ram/core/oidc_keys.h"
#include "services/ram/core/passwords.h"
#include "services/ram/core/sign_in_limiter.h"

namespace lakeside::ram {

// What they work on; all of it outlives them.
struct IdentityParts {
  const Accounts& accounts;
  PasswordHasher& passwords;
  SignInLimiter& limiter;
  OidcKeys& oidc_keys;
  const auth::KeySource& keys;
};

// Each request is about its caller's account, assuming a role about the role's.
[[nodiscard]] std::unique_ptr<rpc::Product> make_ram(const IdentityParts& parts);
[[nodiscard]] std::unique_ptr<rpc::Product> make_sts(const IdentityParts& parts);
// RAM's operations in a second form, and the identity providers.
[[nodiscard]] std::unique_ptr<rpc::Product> make_ims(const IdentityParts& parts);
// How people sign in, and their sessions. Ours: the vendor has a web page for it.
[[nodiscard]] std::unique_ptr<rpc::Product> make_sign_in(const IdentityParts& parts);

// Every operation of these, as the tables have them.
[[nodiscard]] std::span<const gateway::OperationInfo> ram_operations();
[[nodiscard]] std::span<const gateway::OperationInfo> sts_operations();
[[nodiscard]] std::span<const gateway::OperationInfo> ims_operations();
[[nodiscard]] std::span<const gateway::OperationInfo> sign_in_operations();

}  // namespace lakeside::ram
