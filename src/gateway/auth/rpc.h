// The two signatures of RPC APIs. V1: every parameter of query and form, HMAC-SHA1 or -SHA256 (the
// vendor's page "Request syntax and signature method V2.0", pop-core, aliyun-python-sdk-core). V3:
// ACS3-HMAC-SHA256 over head and body ("V3 request body and signature", openapi-core).
#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "gateway/auth/authenticate.h"
#include "gateway/auth/nonces.h"

namespace lakeside::auth {

struct RpcRequest {
  const http::RequestHead& head;
  const std::vector<http::QueryParam>& form;  // the body's parameters, where it is a form
  std::string_view body;
};

// Whether the head alone shows one of the two; a form may have its V1 signature in the body.
[[nodiscard]] bool claims_acs3(const http::RequestHead& head);

// Anonymous where there is no signature. A request that was signed properly is admitted once.
[[nodiscard]] std::expected<Identity, AuthError> authenticate_rpc(const RpcRequest& request,
                                                                  const KeySource& keys,
                                                                  Nonces& nonces, Time now,
                                                                  const AuthOptions& options);

}  // namespace lakeside::auth
