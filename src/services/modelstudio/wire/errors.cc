#include "services/modelstudio/wire/errors.h"

#include <array>
#include <utility>

#include "base/encoding.h"

namespace lakeside::modelstudio::wire {
namespace {

// What a fault is called in both dialects. A message here is what is said where the fault brings
// none, or where its own is not the client's business.
struct FaultRow {
  ModelFault fault;
  int openai_status;
  std::string_view openai_type;
  std::string_view openai_code;
  std::string_view openai_param;
  int dashscope_status;
  std::string_view dashscope_code;
  bool own_message;
  std::string_view message;
};

constexpr std::string_view kRequest = "invalid_request_error";
constexpr std::string_view kServer = "server_error";
constexpr std::string_view kRate = "rate_limit_error";

// OpenAI: platform.openai.com/docs/guides/error-codes. DashScope:
// help.aliyun.com/zh/model-studio/error-code.
constexpr FaultRow kFaults[] = {
    {ModelFault::kUnknownModel, 404, kRequest, "model_not_found", "model", 404, "ModelNotFound",
     true, "The model does not exist."},
    {ModelFault::kForbiddenModel, 404, kRequest, "model_not_found", "model", 404, "ModelNotFound",
     true, "The model does not exist."},
    {ModelFault::kWrongModel, 400, kRequest, "model_not_supported", "model", 400,
     "InvalidParameter", true, "The model does not support this operation."},
    {ModelFault::kPromptTooLong, 400, kRequest, "context_length_exceeded", "messages", 400,
     "InvalidParameter", true, "The input is longer than the model's context."},
    {ModelFault::kInvalid, 400, kRequest, "invalid_value", "", 400, "InvalidParameter", true,
     "The request is not valid."},
    {ModelFault::kQueueFull, 503, kServer, "engine_overloaded", "", 503, "ModelServingError", true,
     "Too many requests are waiting; try again later."},
    {ModelFault::kRateLimited, 429, kRate, "rate_limit_exceeded", "", 429,
     "Throttling.AllocationQuota", true, "Your key's limit of tokens per minute is used up."},
    {ModelFault::kOverQuota, 429, kRate, "rate_limit_exceeded", "", 429, "Throttling.RateQuota",
     true, "Your key has too many requests under way."},
    {ModelFault::kDeadline, 503, kServer, "request_timeout", "", 500, "RequestTimeOut", true,
     "The request did not begin in time; try again later."},
    {ModelFault::kNoMemory, 503, kServer, "model_unavailable", "model", 503, "ModelUnavailable",
     true, "The model cannot be loaded now; try again later."},
    {ModelFault::kBroken, 500, kServer, "model_unavailable", "model", 500, "ModelUnavailable",
     false, "The model cannot be loaded; ask whoever runs this server."},
    {ModelFault::kInternal, 500, kServer, "internal_error", "", 500, "InternalError", false,
     "The server had an error while processing your request."},
};

const FaultRow& row_of(ModelFault fault) {
  for (const FaultRow& row : kFaults) {
    if (row.fault == fault) return row;
  }
  return kFaults[std::size(kFaults) - 1];
}

std::string unknown(std::string_view model) {
  return "The model '" + std::string(model) + "' does not exist or you do not have access to it.";
}

std::string quoted(std::string_view method, std::string_view path) {
  return std::string(method) + " " + std::string(path);
}

}  // namespace

WireError to_wire(const ModelError& error, Dialect dialect) {
  const FaultRow& row = row_of(error.fault);
  bool openai = dialect == Dialect::kOpenAi;
  WireError wire;
  wire.status = openai ? row.openai_status : row.dashscope_status;
  wire.code = openai ? row.openai_code : row.dashscope_code;
  wire.type = row.openai_type;
  wire.param = error.param.empty() ? row.openai_param : error.param;
  wire.message = row.own_message && !error.message.empty() ? error.message : row.message;
  wire.retry_after = error.retry_after;
  wire.forbidden = error.fault == ModelFault::kForbiddenModel;
  return wire;
}

std::string long_parameter(std::string_view operation) {
  if (operation == "CreateCompletion") return "prompt";
  if (operation == "CreateEmbedding" || operation == "CreateResponse") return "input";
  if (operation.starts_with("CreateRerank")) return "documents";
  return "messages";
}

WireError to_wire(const BadInput& error, Dialect dialect) {
  WireError wire;
  wire.status = 400;
  wire.code = dialect == Dialect::kOpenAi ? error.code : "InvalidParameter";
  wire.message = error.message;
  wire.param = error.param;
  return wire;
}

WireError to_wire(const auth::AuthError& error, Dialect dialect) {
  WireError wire;
  wire.status = 401;
  wire.code = dialect == Dialect::kOpenAi ? "invalid_api_key" : "InvalidApiKey";
  wire.message = error.message;
  return wire;
}

WireError not_implemented(std::string_view operation, Dialect dialect) {
  WireError wire;
  wire.status = 501;
  wire.type = "not_implemented_error";
  wire.code = dialect == Dialect::kOpenAi ? "not_implemented" : "NotImplemented";
  wire.message = std::string(operation) + " is part of this API, but this server does not have it.";
  return wire;
}

WireError no_such_path(std::string_view method, std::string_view path, Dialect dialect) {
  WireError wire;
  wire.status = 404;
  if (dialect == Dialect::kOpenAi) {
    wire.code = "unknown_url";
    wire.message =
        "Unknown request URL: " + quoted(method, path) + ". Please check the URL for typos.";
  } else {
    wire.code = "NotFound";
    wire.message = "Not found: " + quoted(method, path) + ".";
  }
  return wire;
}

WireError wrong_method(std::string_view method, std::string_view path, Dialect dialect) {
  WireError wire;
  wire.status = 405;
  wire.code = dialect == Dialect::kOpenAi ? "method_not_supported" : "MethodNotAllowed";
  wire.message = "Not allowed: " + quoted(method, path) + ". Use another HTTP method.";
  return wire;
}

WireError too_large(std::uint64_t limit, Dialect dialect) {
  WireError wire;
  wire.status = 400;
  wire.code = dialect == Dialect::kOpenAi ? "request_too_large" : "BadRequest.TooLarge";
  wire.message = "The body of the request is larger than " + std::to_string(limit) + " bytes.";
  wire.param = "body";
  return wire;
}

WireError no_such_model(std::string_view model, Dialect dialect) {
  return to_wire(ModelError{ModelFault::kUnknownModel, unknown(model), {}}, dialect);
}

WireError forbidden_model(std::string_view model, Dialect dialect) {
  return to_wire(ModelError{ModelFault::kForbiddenModel, unknown(model), {}}, dialect);
}

std::string error_document(const WireError& error, Dialect dialect, std::string_view request_id) {
  if (dialect == Dialect::kDashScope) {
    return to_text({{"code", error.code},
                    {"message", error.message},
                    {"request_id", wire_request_id(request_id, dialect)}});
  }
  Json inner = {{"message", error.message}, {"type", error.type}};
  inner["param"] = error.param.empty() ? Json() : Json(error.param);
  inner["code"] = error.code.empty() ? Json() : Json(error.code);
  return to_text({{"error", std::move(inner)}});
}

http::Response error_response(const WireError& error, Dialect dialect,
                              std::string_view request_id) {
  http::Response response = json_response(error_document(error, dialect, request_id));
  response.status = error.status;
  response.error_code = error.forbidden ? std::string(kModelForbidden) : error.code;
  // The openai packages would ask again for what will not be there then, either.
  if (error.status == 501) response.headers.add("x-should-retry", "false");
  if (error.retry_after.count() > 0) {
    response.headers.add("Retry-After", static_cast<std::uint64_t>(error.retry_after.count()));
  } else if (error.status == 429 || error.status == 503) {
    response.headers.add("Retry-After", std::uint64_t{1});
  }
  return response;
}

http::Response json_response(std::string document) {
  http::Response response;
  response.headers.add("Content-Type", "application/json");
  response.body = std::move(document);
  return response;
}

std::string wire_request_id(std::string_view id, Dialect dialect) {
  std::string lower = to_lower_ascii(id);
  if (dialect == Dialect::kOpenAi) return "req_" + lower;
  lower.resize(32, '0');
  for (std::size_t dash : {8, 13, 18, 23}) lower.insert(dash, "-");
  return lower;
}

}  // namespace lakeside::modelstudio::wire
