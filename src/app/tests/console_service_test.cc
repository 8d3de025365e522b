#include "app/console_service.h"

#include <array>

#include <gtest/gtest.h>

#include "base/executor.h"

namespace lakeside::app {
namespace {

constexpr std::string_view kPage =
    "<meta nonce=\"__NONCE__\"><meta content=\"__REGION__\"><script nonce=\"__NONCE__\">";
constexpr std::array<ConsoleAsset, 1> kAssets = {
    {{"/_lakeside/console/assets/a.js", "text/javascript", "abc", "brotli bytes", "gzip"}}};

http::Response ask(std::string_view path, std::vector<http::Header> headers = {},
                   std::string_view method = "GET") {
  auto service = make_console_service({kPage, kAssets}, {"cn-beijing", "1.0"});
  http::Request request;
  request.head.method = method;
  request.head.target = request.head.raw_path = path;
  request.head.headers = std::move(headers);
  auto call = service->begin(request);
  if (auto routed = service->route(*call); !routed) return std::move(routed.error());
  auto action = run_blocking(service->decode(*call));
  return run_blocking((*action)->run(*call));
}

std::string header(const http::Response& response, const std::string& name) {
  const std::string& text = response.headers.text();
  std::size_t at = text.find(name + ": ");
  if (at == std::string::npos) return {};
  at += name.size() + 2;
  return text.substr(at, text.find('\r', at) - at);
}

http::RequestHead head_of(std::vector<http::Header> headers, std::string_view path = "/") {
  http::RequestHead head;
  head.method = "GET";
  head.raw_path = path;
  head.headers = std::move(headers);
  return head;
}

TEST(ConsoleService, EachPageHasItsOwnNonce) {
  http::Response first = ask("/");
  http::Response second = ask("/");
  EXPECT_NE(header(first, "Content-Security-Policy"), header(second, "Content-Security-Policy"));
  std::string page(*first.text());
  std::string nonce = page.substr(page.find('"') + 1, 32);
  EXPECT_NE(page.find("<script nonce=\"" + nonce + "\">"), std::string::npos);
  EXPECT_NE(page.find("cn-beijing"), std::string::npos);
  std::string policy = header(first, "Content-Security-Policy");
  EXPECT_NE(policy.find("script-src 'nonce-" + nonce + "';"), std::string::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string::npos);
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
  EXPECT_EQ(header(first, "Cache-Control"), "no-store");
}

TEST(ConsoleService, AssetsAreCompressedAndKept) {
  http::Response response =
      ask("/_lakeside/console/assets/a.js", {{"Accept-Encoding", "gzip, deflate, br"}});
  EXPECT_EQ(response.text(), "brotli bytes");
  EXPECT_EQ(header(response, "Content-Encoding"), "br");
  EXPECT_NE(header(response, "Cache-Control").find("immutable"), std::string::npos);
  response = ask("/_lakeside/console/assets/a.js", {{"Accept-Encoding", "gzip, br;q=0"}});
  EXPECT_EQ(response.text(), "gzip");
  EXPECT_EQ(ask("/_lakeside/console/assets/a.js").status, 406);
  response = ask("/_lakeside/console/assets/a.js", {{"If-None-Match", "\"abc\""}});
  EXPECT_EQ(response.status, 304);
  EXPECT_EQ(ask("/_lakeside/console/assets/old.js").status, 404);
  EXPECT_EQ(ask("/", {}, "POST").status, 405);
}

TEST(ConsoleService, BrowsersGetIt) {
  const http::Header html{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"};
  const http::Header host{"Host", "localhost:4004"};
  EXPECT_TRUE(is_console_request(head_of({host, html}), {}));
  EXPECT_TRUE(is_console_request(head_of({host}, "/_lakeside/console/assets/a.js"), {}));
  EXPECT_TRUE(is_console_request(head_of({{"Host", "cloud.example.com"}, html}), {}));
}

TEST(ConsoleService, ClientsOfObjectStorageDoNot) {
  const http::Header html{"Accept", "text/html"};
  const http::Header host{"Host", "localhost:4004"};
  EXPECT_FALSE(is_console_request(head_of({host}), {}));
  EXPECT_FALSE(is_console_request(head_of({host, {"Accept", "*/*"}}), {}));
  EXPECT_FALSE(is_console_request(head_of({host, html, {"Authorization", "OSS a:b"}}), {}));
  EXPECT_FALSE(is_console_request(head_of({host, html}, "/bucket"), {}));
  EXPECT_FALSE(is_console_request(head_of({{"Host", "bucket.localhost:4004"}, html}), {}));
  EXPECT_FALSE(
      is_console_request(head_of({{"Host", "b.oss.example.com"}, html}), {"oss.example.com"}));
}

}  // namespace
}  // namespace lakeside::app
