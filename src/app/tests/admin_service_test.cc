#include "app/admin_service.h"

#include <gtest/gtest.h>

namespace lakeside::app {
namespace {

struct Asked {
  std::string method = "POST";
  std::string path = "/_lakeside/reset";
  std::string peer = "127.0.0.1";
  std::vector<http::Header> headers;
  Principal::Kind kind = Principal::Kind::kAnonymous;
  bool allow_reset = true;
};

struct Answered {
  int status;
  std::string text;
  int resets;
};

Answered ask(const Asked& asked) {
  Metrics metrics;
  metrics.counter("things_total", "Things.").add(3);
  int resets = 0;
  auto reset = [](int& count) -> Task<Status> {
    ++count;
    co_return Status{};
  };
  auto service = make_admin_service(metrics, {[&] { return reset(resets); }, asked.allow_reset});

  http::Request request;
  request.head.method = asked.method;
  request.head.target = request.head.raw_path = asked.path;
  request.head.headers = asked.headers;
  request.peer = asked.peer;
  auto call = service->begin(request);
  call->identity.principal.kind = asked.kind;

  auto finish = [&](const http::Response& response) -> Answered {
    return {response.status, std::get<std::string>(response.body), resets};
  };
  auto routed = service->route(*call);
  if (!routed) return finish(routed.error());
  auto action = run_blocking(service->decode(*call));
  auto allowed = run_blocking(service->authorise(*call, **action));
  if (!allowed) return finish(allowed.error());
  return finish(run_blocking((*action)->run(*call)));
}

TEST(AdminService, HealthIsForAnybody) {
  Answered answered = ask({.method = "GET", .path = "/_lakeside/health", .peer = "10.0.0.1"});
  EXPECT_EQ(answered.status, 200);
  EXPECT_EQ(answered.text, "ok\n");
}

TEST(AdminService, MetricsAreForThisMachineAndTheRootKey) {
  Asked asked{.method = "GET", .path = "/_lakeside/metrics"};
  EXPECT_NE(ask(asked).text.find("things_total 3"), std::string::npos);
  asked.peer = "10.0.0.1";
  EXPECT_EQ(ask(asked).status, 403);
  asked.kind = Principal::Kind::kRoot;
  EXPECT_EQ(ask(asked).status, 200);
}

TEST(AdminService, ResetOnlyWhereAllowed) {
  EXPECT_EQ(ask({}).resets, 1);
  EXPECT_EQ(ask({.allow_reset = false}).status, 403);
  EXPECT_EQ(ask({.kind = Principal::Kind::kRoot, .allow_reset = false}).resets, 0);
  EXPECT_EQ(ask({.peer = "10.0.0.1"}).resets, 0);
}

TEST(AdminService, ResetRefusesBrowsers) {
  Answered answered = ask({.headers = {{"Origin", "http://evil.example"}}});
  EXPECT_EQ(answered.status, 403);
  EXPECT_EQ(answered.resets, 0);
}

TEST(AdminService, KeysAreForTheRootKeyAlone) {
  Asked asked{.method = "GET", .path = "/_lakeside/keys"};
  EXPECT_EQ(ask(asked).status, 403);
  asked.kind = Principal::Kind::kUser;
  EXPECT_EQ(ask(asked).status, 403);
  asked.kind = Principal::Kind::kRoot;
  EXPECT_EQ(ask(asked).status, 501);  // there is no store of keys in this test
}

TEST(AdminService, OtherMethodsAndPaths) {
  EXPECT_EQ(ask({.method = "GET"}).status, 405);
  EXPECT_EQ(ask({.path = "/_lakeside/other"}).status, 404);
}

}  // namespace
}  // namespace lakeside::app
