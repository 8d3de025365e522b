#include "gateway/http/refusal.h"

#include <array>

namespace lakeside::http {
namespace {

constexpr std::array<RefusalText, kRefusalCount> kTexts = {{
    {400, "InvalidRequest", "The request is not valid HTTP.", "malformed"},
    {400, "InvalidRequest", "The length of the request body is ambiguous.", "framing"},
    {400, "InvalidRequest", "The request has no single Host header.", "host"},
    {400, "InvalidURI", "The query string is not correctly percent-encoded.", "query"},
    {431, "RequestHeaderSectionTooLarge", "The request line and headers are too large.",
     "head_too_large"},
    {431, "RequestHeaderSectionTooLarge", "The request has too many headers.", "too_many_headers"},
    {413, "EntityTooLarge", "The request body exceeds the maximum allowed size.", "body_too_large"},
    {505, "HttpVersionNotSupported", "The HTTP version is not supported.", "version"},
    {417, "ExpectationFailed", "The Expect header is not understood.", "expectation"},
    {408, "RequestTimeout", "The request did not arrive in time.", "head_timeout"},
    {500, "InternalError", "The server could not read the response's data.", "response_failed"},
}};

}  // namespace

const RefusalText& describe(Refusal refusal) { return kTexts[static_cast<std::size_t>(refusal)]; }

std::string refusal_body(Refusal refusal, std::string_view request_id) {
  const RefusalText& text = describe(refusal);
  std::string body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>";
  body += text.code;
  body += "</Code><Message>";
  body += text.message;
  body += "</Message><RequestId>";
  body += request_id;
  body += "</RequestId><HostId>lakeside</HostId></Error>\n";
  return body;
}

}  // namespace lakeside::http
