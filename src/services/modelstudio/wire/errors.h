// How each dialect says that something went wrong. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "gateway/auth/authenticate.h"
#include "gateway/http/message.h"
#include "services/modelstudio/core/types.h"
#include "services/modelstudio/wire/dialect.h"
#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio::wire {

// An error as it travels.
struct WireError {
  int status = 500;
  std::string code;
  std::string message;
  std::string type = "invalid_request_error";  // OpenAI
  std::string param;                           // OpenAI
  std::chrono::seconds retry_after{0};
  bool forbidden = false;  // by what the key may, which the client is not told
};

// What the logs call an error that is `forbidden`.
inline constexpr std::string_view kModelForbidden = "ModelForbidden";

[[nodiscard]] WireError to_wire(const ModelError& error, Dialect dialect);
// Of an OpenAI operation, what a model finds too long.
[[nodiscard]] std::string long_parameter(std::string_view operation);
[[nodiscard]] WireError to_wire(const BadInput& error, Dialect dialect);
[[nodiscard]] WireError to_wire(const auth::AuthError& error, Dialect dialect);
[[nodiscard]] WireError not_implemented(std::string_view operation, Dialect dialect);
[[nodiscard]] WireError no_such_path(std::string_view method, std::string_view path,
                                     Dialect dialect);
[[nodiscard]] WireError wrong_method(std::string_view method, std::string_view path,
                                     Dialect dialect);
[[nodiscard]] WireError too_large(std::uint64_t limit, Dialect dialect);
[[nodiscard]] WireError no_such_model(std::string_view model, Dialect dialect);
// The same to the caller; the logs say that its key may not call it.
[[nodiscard]] WireError forbidden_model(std::string_view model, Dialect dialect);

// The document: {"error": {…}}, or {"code", "message", "request_id"}.
[[nodiscard]] std::string error_document(const WireError& error, Dialect dialect,
                                         std::string_view request_id);
[[nodiscard]] http::Response error_response(const WireError& error, Dialect dialect,
                                            std::string_view request_id);

[[nodiscard]] http::Response json_response(std::string document);

// The id as the dialect writes it: "req_…", or a UUID.
[[nodiscard]] std::string wire_request_id(std::string_view id, Dialect dialect);

}  // namespace lakeside::modelstudio::wire
