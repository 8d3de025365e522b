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
  std::string query;
};

struct Answered {
  int status;
  std::string text;
  int resets;
};

Answered ask(const Asked& asked) {
  Metrics metrics;
  metrics.counter("things_total", "Things.").add(3);
  metrics.counter("idle_total", "Idle.");
  int resets = 0;
  auto reset = [](int& count) -> Task<Status> {
    ++count;
    co_return Status{};
  };
  auto service = make_admin_service(metrics, {[&] { return reset(resets); }, asked.allow_reset});

  http::Request request;
  request.head.method = asked.method;
  request.head.target = request.head.raw_path = asked.path;
  request.head.raw_query = asked.query;
  request.head.query = http::parse_query(asked.query).value();
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

TEST(AdminService, MetricsOfWhatIsAskedFor) {
  Asked asked{.method = "GET", .path = "/_lakeside/metrics"};
  const std::string all = ask(asked).text;
  const std::string things =
      "# HELP things_total Things.\n# TYPE things_total counter\nthings_total 3\n";
  asked.query = "name[]=things_total&name%5B%5D=unknown";
  EXPECT_EQ(ask(asked).text, things);
  asked.query = "name[]=unknown";
  EXPECT_EQ(ask(asked).text, "");
  EXPECT_EQ(ask(asked).status, 200);
  asked.query = "name[]";
  EXPECT_EQ(ask(asked).text, "");
  asked.query = "usedonly";
  EXPECT_EQ(ask(asked).text.find("idle_total 0"), std::string::npos);
  EXPECT_NE(all.find("idle_total 0"), std::string::npos);
  asked.query = "names=things_total";  // no parameter of this page's
  EXPECT_EQ(ask(asked).text, all);
  asked.kind = Principal::Kind::kUser;
  asked.peer = "10.0.0.1";
  asked.query = "name[]=things_total";
  EXPECT_EQ(ask(asked).status, 403);
}

TEST(AdminService, MetricsOfTooManyNamesAreRefused) {
  Asked asked{.method = "GET", .path = "/_lakeside/metrics", .query = "name[]=things_total"};
  for (int i = 1; i < 64; ++i) asked.query += "&name[]=things_total";
  EXPECT_EQ(ask(asked).status, 200);
  asked.query += "&name[]=things_total";
  EXPECT_EQ(ask(asked).status, 400);
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
