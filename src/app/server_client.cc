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

httplib::Request make_request(const RunInfo& server, const std::string& method,
                              const std::string& path, const SignedHeaders& headers) {
  httplib::Request request;
  request.method = method;
  request.path = "/_lakeside/" + path;
  // A query that names no subresource is not signed.
  const std::string resource = request.path.substr(0, request.path.find('?'));
  std::string date = format_http_date(system_clock().now());
  request.headers.emplace("Date", date);
  for (const auto& [name, value] : headers) request.headers.emplace(name, value);
  request.headers.emplace("Authorization", sign(server, method, resource, date, headers));
  return request;
}

// Pieces of a text, as lines.
class Lines {
 public:
  explicit Lines(const std::function<void(const std::string&)>& line) : line_(line) {}
  void add(std::string_view text) {
    rest_ += text;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
      line_(rest_.substr(0, end));
      rest_.erase(0, end + 1);
    }
  }

 private:
  const std::function<void(const std::string&)>& line_;
  std::string rest_;
};

constexpr std::size_t kMostComplaint = 64 << 10;

}  // namespace

std::expected<std::string, std::string> ask_server(const RunInfo& server, const std::string& method,
                                                   const std::string& path,
                                                   const SignedHeaders& headers) {
  httplib::Client client(server.url);
  client.enable_server_certificate_verification(false);  // it is this machine's own server
  client.set_connection_timeout(5);
  auto result = client.send(make_request(server, method, path, headers));
  if (!result) return std::unexpected("no answer from " + server.url);
  if (result->status / 100 != 2) return std::unexpected(std::string(trim(result->body)));
  return result->body;
}

std::expected<void, std::string> ask_server_lines(
    const RunInfo& server, const std::string& method, const std::string& path,
    const SignedHeaders& headers, const std::function<void(const std::string&)>& line) {
  httplib::Client client(server.url);
  client.enable_server_certificate_verification(false);
  client.set_connection_timeout(5);
  client.set_read_timeout(60);
  auto request = make_request(server, method, path, headers);
  int status = 0;
  std::string complaint;
  Lines lines(line);
  request.response_handler = [&](const httplib::Response& response) {
    status = response.status;
    return true;
  };
  request.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    if (status / 100 == 2) lines.add({data, size});
    if (status / 100 != 2 && complaint.size() < kMostComplaint) complaint.append(data, size);
    return true;
  };
  auto result = client.send(request);
  if (status != 0 && status / 100 != 2) return std::unexpected(std::string(trim(complaint)));
  if (!result) return std::unexpected("the answer of " + server.url + " was cut off");
  return {};
}

}  // namespace lakeside::app
