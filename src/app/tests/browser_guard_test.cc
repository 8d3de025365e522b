#include "app/browser_guard.h"

#include <gtest/gtest.h>

#include "base/executor.h"

namespace lakeside::app {
namespace {

// Answers everything with an object of this type.
class Objects final : public http::Handler {
 public:
  explicit Objects(std::string type) : type_(std::move(type)) {}
  Task<http::Response> handle(http::Request&) override {
    http::Response response;
    response.headers.add("Content-Type", type_);
    co_return response;
  }
  void finished(const http::Request&, const http::Response&, const http::Exchange&) override {}

 private:
  const std::string type_;
};

http::Response ask(std::vector<http::Header> headers, std::string type = "text/html",
                   bool guarded = true) {
  Objects objects(std::move(type));
  BrowserGuard guard(objects, [guarded](const http::RequestHead&) { return guarded; });
  http::Request request;
  request.head.headers = std::move(headers);
  return run_blocking(guard.handle(request));
}

bool is_sandboxed(const http::Response& response) {
  return response.headers.text().find("Content-Security-Policy: sandbox\r\n") != std::string::npos;
}

TEST(BrowserGuard, WhatABrowserOpensIsSandboxed) {
  for (std::string_view dest : {"document", "iframe", "embed", "object", "frame"}) {
    EXPECT_TRUE(is_sandboxed(ask({{"Sec-Fetch-Dest", dest}}))) << dest;
    EXPECT_TRUE(is_sandboxed(ask({{"Sec-Fetch-Dest", dest}}, "image/svg+xml"))) << dest;
  }
}

TEST(BrowserGuard, PicturesDownloadsAndOtherClientsSeeNoDifference) {
  EXPECT_FALSE(is_sandboxed(ask({})));
  EXPECT_FALSE(is_sandboxed(ask({{"Sec-Fetch-Dest", "image"}})));
  EXPECT_FALSE(is_sandboxed(ask({{"Sec-Fetch-Dest", "empty"}})));
  EXPECT_FALSE(is_sandboxed(ask({{"Sec-Fetch-Dest", "document"}}, "text/html", false)));
}

TEST(BrowserGuard, ADocumentOfPdfIsShown) {
  EXPECT_FALSE(is_sandboxed(ask({{"Sec-Fetch-Dest", "document"}}, "application/pdf")));
  EXPECT_TRUE(is_sandboxed(ask({{"Sec-Fetch-Dest", "document"}}, "application/pdf,text/html")));
}

TEST(BrowserGuard, ObjectsAreNoCodeOfTheConsole) {
  EXPECT_EQ(ask({{"Service-Worker", "script"}}).status, 403);
  EXPECT_EQ(ask({{"Sec-Fetch-Dest", "script"}, {"Sec-Fetch-Site", "same-origin"}}).status, 403);
  EXPECT_EQ(ask({{"Sec-Fetch-Dest", "worker"}, {"Sec-Fetch-Site", "same-origin"}}).status, 403);
  EXPECT_EQ(ask({{"Sec-Fetch-Dest", "script"}, {"Sec-Fetch-Site", "cross-site"}}).status, 200);
}

}  // namespace
}  // namespace lakeside::app
