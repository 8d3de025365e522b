// Why an RPC request failed, as it travels: {RequestId, HostId, Code, Message, Recommend,
// AccessDeniedDetail}.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "gateway/auth/authenticate.h"

namespace lakeside::rpc {

struct Fault {
  int status = 400;
  std::string code;
  std::string message;
  std::vector<std::pair<std::string, std::string>> access_denied = {};
  std::string internal = {};  // for the log
};

[[nodiscard]] Fault missing_parameter(std::string_view name);
// "InvalidParameter": `help` says what it may be.
[[nodiscard]] Fault invalid_parameter(std::string_view name, std::string_view help);
[[nodiscard]] Fault internal_error(const Error& error);
[[nodiscard]] Fault to_fault(const auth::AuthError& error);

}  // namespace lakeside::rpc
