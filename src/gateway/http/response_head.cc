#include "gateway/http/response_head.h"

#include <array>
#include <charconv>

namespace lakeside::http {
namespace {

void append_number(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
  out.append(digits.data(), end);
}

}  // namespace

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 203:
      return "Non-Authoritative Information";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 424:
      return "Failed Dependency";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Unknown";
  }
}

BodyPlan plan_body(const Response& response, bool head_request, bool http10) {
  using Coding = BodyPlan::Coding;
  BodyPlan plan;
  bool bodiless_status = response.status == 204 || response.status == 304;
  if (auto text = response.text()) plan.announced = text->size();
  if (response.content_length && (head_request || response.status == 304 || !plan.announced)) {
    plan.announced = response.content_length;
  }
  if (bodiless_status) {
    // 204 may not have a length; that of 304 tells the size of what was not sent.
    if (response.status == 204 || !response.content_length) plan.announced.reset();
    return plan;
  }
  plan.send_body = !head_request;
  if (plan.announced) {
    plan.coding = Coding::kLength;
  } else if (!http10) {
    plan.coding = Coding::kChunked;
  } else {
    plan.coding = Coding::kUntilClose;
  }
  return plan;
}

void write_response_head(std::string& out, const Response& response, const BodyPlan& plan,
                         const HeadContext& context) {
  out = "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(response.status));
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nServer: ";
  out += context.server_name;
  out += "\r\nDate: ";
  out += context.date;
  out += "\r\n";
  out += response.headers.text();
  if (plan.announced) {
    out += "Content-Length: ";
    append_number(out, *plan.announced);
    out += "\r\n";
  } else if (plan.coding == BodyPlan::Coding::kChunked) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  if (!context.keep_alive) {
    out += "Connection: close\r\n";
  } else if (context.http10) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

}  // namespace lakeside::http
