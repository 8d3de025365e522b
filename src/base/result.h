// Errors are values. Every layer below a service reports failures with this one
// closed type; a service turns it into its own error list (see services/oss/errors.h).
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace lakeside {

enum class ErrorCode {
  kNotFound,      // the thing asked for does not exist
  kGuardFailed,   // a condition attached to a write did not hold; nothing was written
  kInvalid,       // the caller's input is malformed
  kTooLarge,      // a limit was exceeded
  kNoSpace,       // the device is full (ENOSPC, EDQUOT)
  kIo,            // the device failed (EIO and everything else the kernel reports)
  kCorrupt,       // stored bytes do not match their checksum or format
  kDisconnected,  // the peer went away, or sent less than it announced
  kTimeout,       // a time limit passed
  kUnavailable,   // shutting down, or a bounded queue is full: try again later
  kUnsupported,   // a format or version this build does not know
};

[[nodiscard]] std::string_view to_string(ErrorCode code);

// `detail` is for logs and operators; it never travels to a client.
struct Error {
  ErrorCode code;
  std::string detail;
};

template <class T>
using Result = std::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string detail) {
  return std::unexpected(Error{code, std::move(detail)});
}

// The error of the calling thread's last failed system call: `what: strerror(errno)`,
// with ENOSPC and EDQUOT as kNoSpace and ENOENT as kNotFound, all else as kIo.
[[nodiscard]] std::unexpected<Error> fail_errno(std::string_view what, int error_number);

}  // namespace lakeside
