// One HTTP request and its response, as the rest of the program sees them: no sockets.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/shared_text.h"
#include "base/stream.h"

namespace lakeside::http {

struct Header {
  std::string_view name;   // as sent; compare without case
  std::string_view value;  // trimmed
};

// One name of a query string, decoded.
struct QueryParam {
  std::string name;
  std::string value;
  bool has_value = false;  // "name=" and "name=x" have one, "name" has none
};

// The parsed head of a request. Views point into the connection's head buffer and stay
// valid until the response has been sent.
struct RequestHead {
  std::string_view method;    // "GET"
  std::string_view target;    // as sent: "/bucket/a%20b?acl"
  std::string_view raw_path;  // the target before '?', still encoded; always begins with '/'
  std::string_view raw_query;
  std::vector<Header> headers;
  std::vector<QueryParam> query;

  // The first header of that name (any case).
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
  // The first query parameter of that name (exact case).
  [[nodiscard]] const QueryParam* param(std::string_view name) const;
  [[nodiscard]] bool has_param(std::string_view name) const { return param(name) != nullptr; }
};

// Splits and decodes a query string. Nothing where a %XX is malformed.
[[nodiscard]] std::optional<std::vector<QueryParam>> parse_query(std::string_view raw_query);

// Tells of a client that leaves while its request is served: whoever computes long for it can stop.
class Departure {
 public:
  virtual ~Departure() = default;
  // Calls `leave` once on the event loop when the client has closed its side, at once if it has
  // already. Replaces what was given before; nullptr: nothing is called any more.
  virtual void watch(std::move_only_function<void()> leave) = 0;
};

struct Request {
  RequestHead head;
  std::string id;    // 24 upper-case hex digits, unique
  std::string peer;  // remote address without port
  bool tls = false;
  Time received;
  // The request's body with its transfer encoding removed; never null (empty without body).
  // Reading it sends "100 Continue" first where the client waits for that.
  ByteSource* body = nullptr;
  // Valid until the response has been sent; null where there is no client to leave.
  Departure* departure = nullptr;
  // The handler's own state for this request; the server only keeps it alive until after
  // `finished`.
  std::shared_ptr<void> context;
};

// Response headers, kept as the bytes that go out.
class HeaderBlock {
 public:
  // Control characters in `value` are dropped: a stored value cannot split a response.
  void add(std::string_view name, std::string_view value);
  void add(std::string_view name, std::uint64_t value);
  [[nodiscard]] const std::string& text() const { return text_; }  // "Name: value\r\n"…

 private:
  std::string text_;
};

struct Response {
  int status = 200;
  // Everything but Date, Server, Connection, Content-Length and Transfer-Encoding, which the
  // connection writes.
  HeaderBlock headers;
  std::variant<std::monostate, std::string, SharedText, std::unique_ptr<SegmentSource>> body;
  // The length of a streamed body; without it the body is sent chunked. For a HEAD request:
  // the length to announce. Ignored for a text, except for HEAD.
  std::optional<std::uint64_t> content_length;
  bool close = false;      // close the connection after this response
  std::string error_code;  // for the log: "NoSuchKey"; empty on success

  // A body that is at hand; nothing of one that is streamed.
  [[nodiscard]] std::optional<std::string_view> text() const;
};

// What happened to an exchange, for the log and for metering.
struct Exchange {
  int status;
  std::uint64_t bytes_in;                // body bytes read
  std::uint64_t bytes_out;               // body bytes written
  std::chrono::microseconds first_byte;  // from the request's head to the response's head
  std::chrono::microseconds total;
  bool aborted;  // the peer left before the whole response was sent
};

class Handler {
 public:
  virtual ~Handler() = default;
  // Called on an event loop's executor, one request of a connection at a time. A body that is
  // left unread is drained up to a bound, else the connection is closed.
  virtual Task<Response> handle(Request& request) = 0;
  // Called once for every request that `handle` was called for, when its response is out.
  virtual void finished(const Request& request, const Response& response,
                        const Exchange& exchange) = 0;
};

}  // namespace lakeside::http
