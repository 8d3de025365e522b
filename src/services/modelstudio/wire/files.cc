#include "services/modelstudio/wire/files.h"

#include <utility>

#include "base/log.h"

namespace lakeside::modelstudio::wire {
namespace {

WireError no_such_file(std::string_view id, Dialect dialect) {
  WireError wire;
  if (dialect == Dialect::kOpenAi) {
    wire.status = 404;
    wire.param = "id";
    wire.message = "No such File object: " + std::string(id);
  } else {
    // Not 404: dashscope's v2 client looks for just this (v2/resources/files.py).
    wire.status = 400;
    wire.code = "InvalidParameter";
    wire.message = "File not found.";
  }
  return wire;
}

WireError refused(int status, std::string_view code, std::string message, Dialect dialect) {
  WireError wire;
  wire.status = status;
  wire.code = dialect == Dialect::kOpenAi ? "" : code;
  wire.message = std::move(message);
  return wire;
}

}  // namespace

WireError to_wire(const ObjectError& error, std::string_view id, Dialect dialect) {
  switch (error.fault) {
    case ObjectFault::kNoSuchBucket:
    case ObjectFault::kNoSuchObject:
      return no_such_file(id, dialect);
    case ObjectFault::kInvalidName:
      return refused(400, "InvalidParameter",
                     "Invalid filename: it has 1 to " + std::to_string(kMaxFilename) +
                         " bytes of UTF-8 without control characters.",
                     dialect);
    case ObjectFault::kTooLarge:
      return refused(413, "BadRequest.TooLarge",
                     "Maximum content size limit (" + std::to_string(kMaxFileBytes) + ") exceeded.",
                     dialect);
    case ObjectFault::kIncomplete:
      return refused(400, "InvalidParameter", "The body of the request could not be read.",
                     dialect);
    case ObjectFault::kNoSpace:
      log(LogLevel::kWarn, "no file can be stored", {{"why", error.internal}});
      return to_wire(
          ModelError{ModelFault::kNoMemory, "Files cannot be stored now; try again later.", {}},
          dialect);
    case ObjectFault::kInternal:
      break;
  }
  log(LogLevel::kError, "files failed", {{"why", error.internal}});
  return to_wire(ModelError{ModelFault::kInternal, {}, {}}, dialect);
}

}  // namespace lakeside::modelstudio::wire
