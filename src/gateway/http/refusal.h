// Requests that the front door itself answers, because no handler may see them.
#pragma once

#include <string>
#include <string_view>

namespace lakeside::http {

enum class Refusal {
  kMalformed,  // the head is not HTTP
  kFraming,    // where the body ends is not certain (request smuggling)
  kMissingHost,
  kBadQuery,  // a malformed %XX in the query string
  kHeadTooLarge,
  kTooManyHeaders,
  kBodyTooLarge,
  kVersion,
  kExpectation,
  kHeadTimeout,
  kHandlerFailed,  // the response's body failed before its first byte
};
inline constexpr int kRefusalCount = 11;

struct RefusalText {
  int status;
  std::string_view code;
  std::string_view message;
  std::string_view kind;  // the metric's label
};

[[nodiscard]] const RefusalText& describe(Refusal refusal);

// The body, in the form that most clients here can read: the XML error of OSS and S3.
[[nodiscard]] std::string refusal_body(Refusal refusal, std::string_view request_id);

}  // namespace lakeside::http
