// How each dialect says that something went wrong: code, status, words, document. Pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/auth/authenticate.h"
#include "gateway/auth/verified_body.h"
#include "gateway/http/message.h"
#include "services/oss/core/errors.h"
#include "services/oss/wire/dialect.h"

namespace lakeside::oss::wire {

struct OssCall;

// An error as it travels.
struct WireError {
  int status = 500;
  std::string code;
  std::string message;
  std::string ec;  // OSS: the number by which the vendor's troubleshooting page knows it
  std::vector<std::pair<std::string, std::string>> details;
  std::string internal;                       // for the log
  std::shared_ptr<const Denial> denial = {};  // OSS: AccessDeniedDetail
};

// The domain's errors carry no wire codes, but a codec's may: a detail named "Code", "Status" or
// "EC" replaces what the table says (XAmzContentSHA256Mismatch is not worth an Errc).
[[nodiscard]] WireError to_wire(const OssError& error, Dialect dialect);
[[nodiscard]] WireError to_wire(const auth::AuthError& error, const OssCall& call);

// What a body's failed check is called.
[[nodiscard]] OssError body_error(auth::BodyFault fault);

// HEAD gets no document; OSS then puts it into x-oss-err, for SDKs to decode. 304 has none in
// either dialect.
[[nodiscard]] http::Response error_response(const OssCall& call, const WireError& error);
[[nodiscard]] http::Response error_response(const OssCall& call, const OssError& error);

// "x-amz-id-2": opaque to clients.
[[nodiscard]] std::string extended_request_id(std::string_view request_id);

}  // namespace lakeside::oss::wire
