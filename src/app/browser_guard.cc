#include "app/browser_guard.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/encoding.h"

namespace lakeside::app {
namespace {

// What a browser says it wants a document for, and what it wants code for
// (https://www.w3.org/TR/fetch-metadata/). Every browser that the console supports says it.
constexpr std::array<std::string_view, 6> kDocuments = {"document", "iframe", "frame",
                                                        "embed",    "object", "fencedframe"};
constexpr std::array<std::string_view, 8> kCode = {"script",        "worker",       "sharedworker",
                                                   "serviceworker", "audioworklet", "paintworklet",
                                                   "xslt",          "style"};

template <std::size_t N>
bool is_one_of(std::string_view value, const std::array<std::string_view, N>& list) {
  return std::ranges::find(list, value) != list.end();
}

// The console's own page never asks for code here. A page in an object cannot either: it is
// sandboxed, so that its requests are not of the same origin.
bool is_code_for_console(const http::RequestHead& head) {
  if (head.header("Service-Worker")) return true;
  return head.header("Sec-Fetch-Site").value_or("") == "same-origin" &&
         is_one_of(head.header("Sec-Fetch-Dest").value_or(""), kCode);
}

// Browsers show a PDF apart from the page's origin, and not at all in a sandbox.
bool is_pdf(const http::Response& response) {
  return to_lower_ascii(response.headers.text()).find("content-type: application/pdf\r\n") !=
         std::string::npos;
}

http::Response refusal() {
  http::Response response;
  response.status = 403;
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.body = std::string("Objects are no code of the console.\n");
  response.error_code = "AccessForbidden";
  return response;
}

}  // namespace

// No coroutine: other clients' requests, nearly all of them, pay nothing for browsers.
Task<http::Response> BrowserGuard::handle(http::Request& request) {
  const bool from_browser =
      request.head.header("Sec-Fetch-Dest") || request.head.header("Service-Worker");
  if (!from_browser || !guards_(request.head)) return next_.handle(request);
  return handle_guarded(request);
}

Task<http::Response> BrowserGuard::handle_guarded(http::Request& request) {
  const std::string_view wanted_for = request.head.header("Sec-Fetch-Dest").value_or("");
  if (is_code_for_console(request.head)) co_return refusal();

  const bool document = is_one_of(wanted_for, kDocuments);
  http::Response response = co_await next_.handle(request);
  if (document && !is_pdf(response)) response.headers.add("Content-Security-Policy", "sandbox");
  if (document) response.headers.add("X-Content-Type-Options", "nosniff");
  co_return response;
}

}  // namespace lakeside::app
