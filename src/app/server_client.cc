#include "app/server_client.h"

#include <algorithm>

#include <httplib.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/encoding.h"

namespace lakeside::app {
namespace {

// OSS V1: help.aliyun.com, "Include a V1 signature in the Authorization header".
std::string sign(const RunInfo& server, const std::string& method, const std::string& resource,
                 const std::string& date, SignedHeaders headers) {
  std::ranges::sort(headers);
  std::string text = method + "\n\n\n" + date + "\n";
  for (const auto& [name, value] : headers) text += name + ":" + value + "\n";
  text += resource;
  auto signature = hmac_sha1(as_bytes(server.access_key_secret), as_bytes(text));
  return "OSS " + server.access_key_id + ":" + base64_encode(signature);
}

}  // namespace

std::expected<std::string, std::string> ask_server(const RunInfo& server, const std::string& method,
                                                   const std::string& path,
                                                   const SignedHeaders& headers) {
  httplib::Client client(server.url);
  client.enable_server_certificate_verification(false);  // it is this machine's own server
  client.set_connection_timeout(5);
  httplib::Request request;
  request.method = method;
  request.path = "/_lakeside/" + path;
  std::string date = format_http_date(system_clock().now());
  request.headers.emplace("Date", date);
  for (const auto& [name, value] : headers) request.headers.emplace(name, value);
  request.headers.emplace("Authorization", sign(server, method, request.path, date, headers));
  auto result = client.send(request);
  if (!result) return std::unexpected("no answer from " + server.url);
  if (result->status / 100 != 2) return std::unexpected(std::string(trim(result->body)));
  return result->body;
}

}  // namespace lakeside::app
