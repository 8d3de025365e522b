#include "services/oss/core/errors.h"

namespace lakeside::oss {
namespace {

Errc code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNoSpace:
    case ErrorCode::kUnavailable:
      return Errc::kServiceUnavailable;
    case ErrorCode::kDisconnected:
      return Errc::kIncompleteBody;
    case ErrorCode::kTimeout:
      return Errc::kRequestTimeout;
    case ErrorCode::kTooLarge:
      return Errc::kEntityTooLarge;
    case ErrorCode::kInvalid:
      return Errc::kInvalidRequest;
    case ErrorCode::kNotFound:
    case ErrorCode::kGuardFailed:
    case ErrorCode::kIo:
    case ErrorCode::kCorrupt:
    case ErrorCode::kUnsupported:
      break;
  }
  return Errc::kInternalError;
}

}  // namespace

std::unexpected<OssError> from_engine(Error error) {
  OssError result{code_of(error.code), {}, {}, std::string(to_string(error.code))};
  if (!error.detail.empty()) result.internal += ": " + std::move(error.detail);
  return std::unexpected(std::move(result));
}

}  // namespace lakeside::oss
