#include "services/modelstudio/wire/job_input.h"

#include <utility>

#include "services/modelstudio/core/object_url.h"
#include "services/modelstudio/wire/files.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::string_view kOss = "oss://";

std::unexpected<WireError> refuse(const StudioCall& call, const std::string& param,
                                  std::string message) {
  return std::unexpected(
      to_wire(BadInput{param, std::move(message), "invalid_value"}, call.dialect));
}

}  // namespace

std::expected<ObjectName, WireError> reach_object(const StudioCall& call, const std::string& url,
                                                  const std::string& param) {
  auto object = object_of_url(*call.key, url);
  if (object) return std::move(*object);
  if (object.error() == UrlFault::kMalformed) {
    return refuse(call, param, "Invalid '" + param + "': expected 'oss://BUCKET/KEY'.");
  }
  WireError error;
  error.status = 403;
  error.code = call.dialect == Dialect::kOpenAi ? "access_denied" : "AccessDenied";
  error.message = "Your key does not reach '" + url + "'.";
  error.param = param;
  return std::unexpected(std::move(error));
}

Task<std::expected<ObjectName, WireError>> find_input(const StudioCall& call,
                                                      const std::string& input,
                                                      const std::string& param,
                                                      const std::string& purpose) {
  if (input.starts_with(kOss)) co_return reach_object(call, input, param);
  auto file = co_await call.env.files.find(call.key->settings.workspace, input);
  if (!file) {
    WireError error = to_wire(file.error(), input, call.dialect);
    if (!error.param.empty()) error.param = param;
    co_return std::unexpected(std::move(error));
  }
  if (!purpose.empty() && file->purpose != purpose) {
    co_return refuse(
        call, param,
        "Invalid file purpose: expected '" + purpose + "', got '" + file->purpose + "'.");
  }
  co_return file->object;
}

WireError storage_failed(const StudioCall& call) { return to_wire(ModelError{}, call.dialect); }

WireError too_many_jobs(const StudioCall& call) {
  ModelError error{ModelFault::kOverQuota,
                   "Too many batches and tasks are under way; try again later.",
                   std::chrono::seconds(60)};
  return to_wire(error, call.dialect);
}

}  // namespace lakeside::modelstudio::wire
