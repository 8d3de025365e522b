#include "base/result.h"

#include <cerrno>
#include <system_error>

namespace lakeside {

std::string_view to_string(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kGuardFailed:
      return "guard_failed";
    case ErrorCode::kInvalid:
      return "invalid";
    case ErrorCode::kTooLarge:
      return "too_large";
    case ErrorCode::kNoSpace:
      return "no_space";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kCorrupt:
      return "corrupt";
    case ErrorCode::kDisconnected:
      return "disconnected";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kUnsupported:
      return "unsupported";
  }
  return "unknown";
}

std::unexpected<Error> fail_errno(std::string_view what, int error_number) {
  ErrorCode code = ErrorCode::kIo;
  if (error_number == ENOSPC || error_number == EDQUOT) code = ErrorCode::kNoSpace;
  if (error_number == ENOENT) code = ErrorCode::kNotFound;
  std::string detail(what);
  detail += ": ";
  detail += std::generic_category().message(error_number);
  return fail(code, std::move(detail));
}

}  // namespace lakeside
