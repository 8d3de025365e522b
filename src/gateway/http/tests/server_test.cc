// Whole requests against a server on a socket.
#include "gateway/http/server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <deque>
#include <future>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "gateway/http/fd.h"
#include "gateway/http/tests/test_client.h"
#include "gateway/http/tests/test_server.h"

namespace lakeside::http {
namespace {

using namespace std::chrono_literals;

TEST(Server, AnswersOneRequestAfterTheOther) {
  TestServer server;
  TestClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    auto response = client.get("/hello");
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "hello");
    EXPECT_EQ(response->headers["server"], "AliyunOSS");
    EXPECT_EQ(response->headers["content-length"], "5");
    EXPECT_EQ(response->headers["content-type"], "text/plain");
    EXPECT_EQ(response->headers["date"].size(), 29U);
    EXPECT_FALSE(response->headers.contains("connection"));
  }
}

TEST(Server, ShowsTheHandlerWhatCame) {
  TestServer server;
  TestClient client(server.port());
  client.send("FETCH http://h/show?a=b%20c&d HTTP/1.1\r\nHost: x:1/y\r\nX-A:  v \r\n\r\n");
  std::string body = client.receive()->body;
  EXPECT_TRUE(body.starts_with("FETCH /show a=b c d\nHost=x:1/y\nX-A=v\nid=")) << body;
  EXPECT_TRUE(body.ends_with("\npeer=127.0.0.1\nlength=0")) << body;
}

TEST(Server, GivesEveryRequestItsOwnId) {
  TestServer server;
  TestClient client(server.port());
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) ids.insert(client.get("/show")->body);
  EXPECT_EQ(ids.size(), 50U);
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  TestClient client(server.port());
  std::string requests;
  for (int i = 0; i < 300; ++i) {
    std::string number = std::to_string(i);
    requests +=
        "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(number.size()) +
        "\r\n\r\n" + number;
    requests += "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                std::to_string(number.size()) + "\r\n" + number + "\r\n0\r\n\r\n";
  }
  auto sending = std::async(std::launch::async, [&] { client.send(requests); });
  for (int i = 0; i < 600; ++i) EXPECT_EQ(client.receive()->body, std::to_string(i / 2));
  sending.get();
}

TEST(Server, HeadHasTheLengthButNoBody) {
  TestServer server;
  TestClient client(server.port());
  for (const char* target : {"/hello", "/length?5"}) {
    client.send("HEAD " + std::string(target) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    auto response = client.receive(true);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->headers["content-length"], "5") << target;
  }
  // A stream is not even started.
  client.send("HEAD /big?100000000 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive(true)->headers["content-length"], "100000000");
  EXPECT_EQ(client.get("/hello")->body, "hello");
  EXPECT_EQ(server.handler.produced.value(), 0U);
}

TEST(Server, SomeStatusesHaveNoBody) {
  TestServer server;
  TestClient client(server.port());
  EXPECT_FALSE(client.get("/status?204")->headers.contains("content-length"));
  EXPECT_FALSE(client.get("/status?304")->headers.contains("content-length"));
  EXPECT_EQ(client.get("/status?404")->headers["content-length"], "0");
  EXPECT_EQ(client.get("/hello")->body, "hello");
}

TEST(Server, ClosesWhenAskedTo) {
  TestServer server;
  TestClient asks(server.port());
  asks.send("GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(asks.receive()->headers["connection"], "close");
  EXPECT_TRUE(asks.closed());
  TestClient is_told(server.port());
  EXPECT_EQ(is_told.get("/close")->headers["connection"], "close");
  EXPECT_TRUE(is_told.closed());
}

TEST(Server, SpeaksHttp10) {
  TestServer server;
  TestClient once(server.port());
  once.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(once.receive()->body, "hello");
  EXPECT_TRUE(once.closed());
  TestClient keeps(server.port());
  for (int i = 0; i < 2; ++i) {
    keeps.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(keeps.receive()->headers["connection"], "keep-alive");
  }
  // A stream of unknown length ends with the connection.
  keeps.send("GET /chunks?300000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  auto response = keeps.receive();
  EXPECT_EQ(response->headers["connection"], "close");
  EXPECT_FALSE(response->headers.contains("transfer-encoding"));
  EXPECT_TRUE(response->body == pattern(0, 300000));
}

TEST(Server, AnswersAClientThatSendsNoMore) {
  TestServer server;
  TestClient client(server.port());
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  client.shutdown_write();
  EXPECT_EQ(client.receive()->body, "hello");
  EXPECT_TRUE(client.closed());
}

TEST(Server, ReportsWhatHappened) {
  TestServer server;
  TestClient client(server.port());
  client.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde");
  client.receive();
  client.get("/big?250000");
  Finished first = server.handler.await_finished(0);
  EXPECT_EQ(first.exchange.bytes_in, 5U);
  EXPECT_EQ(first.exchange.bytes_out, 1U);
  EXPECT_FALSE(first.exchange.aborted);
  EXPECT_LE(first.exchange.first_byte, first.exchange.total);
  Finished second = server.handler.await_finished(1);
  EXPECT_EQ(second.exchange.status, 200);
  EXPECT_EQ(second.exchange.bytes_in, 0U);
  EXPECT_EQ(second.exchange.bytes_out, 250000U);
  EXPECT_TRUE(server.metric_is("lakeside_http_connections 1"));
  EXPECT_TRUE(server.metric_is("lakeside_http_connections_total 1"));
}

TEST(Server, ListensOnBothFamiliesWithOnePort) {
  Metrics metrics;
  TestHandler handler;
  ServerOptions options;
  options.listen = {{"127.0.0.1", 0}, {"::1", 0}};
  options.threads = 3;
  auto server = Server::start(options, handler, metrics);
  ASSERT_TRUE(server) << server.error().detail;
  auto endpoints = (*server)->endpoints();
  ASSERT_EQ(endpoints.size(), 2U);
  EXPECT_EQ(endpoints[0].address, "127.0.0.1");
  EXPECT_EQ(endpoints[1].address, "::1");
  EXPECT_NE(endpoints[0].port, 0);
  EXPECT_EQ(endpoints[0].port, endpoints[1].port);
  for (int i = 0; i < 20; ++i) {  // whichever loop accepts
    EXPECT_EQ(TestClient(endpoints[0].port).get("/hello")->body, "hello");
    TestClient six(endpoints[1].port, true);
    EXPECT_NE(six.get("/show")->body.find("peer=::1"), std::string::npos);
  }
}

TEST(Server, SaysWhatIsWrongWithASetting) {
  TestServer running;
  Metrics metrics;
  TestHandler handler;
  auto error = [&](std::vector<Endpoint> listen, std::string certificate = {},
                   std::string key = {}) {
    ServerOptions options;
    options.listen = std::move(listen);
    options.tls_certificate_file = std::move(certificate);
    options.tls_key_file = std::move(key);
    auto server = Server::start(std::move(options), handler, metrics);
    EXPECT_FALSE(server);
    return server ? Error{} : server.error();
  };
  Error taken = error({{"127.0.0.1", running.port()}});
  EXPECT_EQ(taken.code, ErrorCode::kIo);
  EXPECT_NE(taken.detail.find("127.0.0.1:" + std::to_string(running.port())), std::string::npos);
  EXPECT_NE(taken.detail.find("in use"), std::string::npos);
  EXPECT_EQ(error({{"localhost", 0}}).code, ErrorCode::kInvalid);
  EXPECT_EQ(error({}).code, ErrorCode::kInvalid);
  Error tls = error({{"127.0.0.1", 0}}, "/nowhere.pem", "/nowhere.key");
  EXPECT_EQ(tls.code, ErrorCode::kInvalid);
  EXPECT_NE(tls.detail.find("/nowhere.pem"), std::string::npos);
  EXPECT_EQ(error({{"127.0.0.1", 0}}, "", "k").code, ErrorCode::kInvalid);
}

TEST(Server, StopClosesIdleConnectionsAndFinishesRequests) {
  TestServer server;
  TestClient idle(server.port());
  EXPECT_EQ(idle.get("/hello")->body, "hello");
  TestClient busy(server.port());
  busy.send("GET /gate HTTP/1.1\r\nHost: h\r\n\r\n");
  server.handler.gate.await_arrival();
  auto stopping = std::async(std::launch::async, [&] { server.server->stop(1h); });
  EXPECT_TRUE(idle.closed());
  server.handler.gate.open();
  auto response = busy.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "through");
  EXPECT_EQ(response->headers["connection"], "close");
  EXPECT_TRUE(busy.closed());
  stopping.get();
  EXPECT_TRUE(server.metric_is("lakeside_http_connections 0"));
}

TEST(Server, MayBeStoppedAtOnce) {
  for (int i = 0; i < 100; ++i) TestServer server;
}

TEST(Server, StopWaitsForHandlersButNotForClients) {
  TestServer server;
  TestClient slow(server.port());
  slow.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  TestClient held(server.port());
  held.send("GET /gate HTTP/1.1\r\nHost: h\r\n\r\n");
  server.handler.body_read.await_at_least(3);
  server.handler.gate.await_arrival();
  auto stopping = std::async(std::launch::async, [&] { server.server->stop(1ms); });
  EXPECT_TRUE(held.closed());
  EXPECT_TRUE(slow.closed());
  EXPECT_EQ(stopping.wait_for(0s), std::future_status::timeout);
  server.handler.gate.open();
  stopping.get();
  EXPECT_EQ(server.handler.finished_count(), 2U);
  EXPECT_TRUE(server.handler.await_finished(0).exchange.aborted);
  EXPECT_TRUE(server.handler.await_finished(1).exchange.aborted);
}

TEST(Server, NoMoreConnectionsThanAllowed) {
  TestServer server({.connections = 2});
  TestClient one(server.port());
  EXPECT_EQ(one.get("/hello")->body, "hello");
  {
    TestClient two(server.port());
    EXPECT_EQ(two.get("/hello")->body, "hello");
    TestClient three(server.port());
    EXPECT_TRUE(three.closed());
    EXPECT_TRUE(server.metric_is("lakeside_http_connections_refused_total 1"));
  }
  // The place becomes free once the server has seen the end of the second.
  while (!server.metric_is("lakeside_http_connections 1")) std::this_thread::yield();
  TestClient again(server.port());
  EXPECT_EQ(again.get("/hello")->body, "hello");
}

TEST(Server, DealsConnectionsOutEvenly) {
  Metrics metrics;
  TestHandler handler;
  ServerOptions options;
  options.listen = {{"127.0.0.1", 0}};
  options.threads = 4;
  auto server = Server::start(options, handler, metrics);
  ASSERT_TRUE(server);
  std::vector<std::unique_ptr<TestClient>> clients;
  std::map<std::string, int> by_loop;
  for (int i = 0; i < 80; ++i) {
    auto& client =
        clients.emplace_back(std::make_unique<TestClient>((*server)->endpoints()[0].port));
    ++by_loop[client->get("/thread")->body];
  }
  EXPECT_EQ(by_loop.size(), 4U);
  for (const auto& [thread, connections] : by_loop) {
    EXPECT_GE(connections, 15) << thread;
    EXPECT_LE(connections, 25) << thread;
  }
}

// Leaves the process without a free file descriptor.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &old_);
    rlimit few{.rlim_cur = 200, .rlim_max = old_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    int fd;
    while ((fd = dup(0)) >= 0) held_.emplace_back(fd);
  }
  void give_one() { held_.pop_back(); }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &old_); }

 private:
  rlimit old_{};
  std::vector<Fd> held_;
};

TEST(Server, AcceptsAgainWhenThereAreDescriptorsAgain) {
  TestServer server;
  // All loops run before the last descriptor is taken: a thread that starts opens some for a
  // moment.
  std::deque<TestClient> earlier;
  for (int i = 0; i < 16; ++i)
    EXPECT_EQ(earlier.emplace_back(server.port()).get("/hello")->status, 200);
  auto held = std::make_unique<NoDescriptors>();
  held->give_one();  // for the client
  TestClient client(server.port());
  client.send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  while (server.metric_is("lakeside_http_accept_failures_total 0")) std::this_thread::yield();
  EXPECT_TRUE(server.metric_is("lakeside_http_connections_total 16"));
  held.reset();
  EXPECT_EQ(client.receive()->body, "hello");
}

TEST(Server, TellsAHandlerThatItsClientLeft) {
  constexpr std::string_view kRequest = "GET /leave HTTP/1.1\r\nHost: h\r\n\r\n";
  {
    TestServer server;
    TestClient client(server.port());
    client.send(kRequest);
    server.handler.gate.await_arrival();
    client.reset();
    EXPECT_EQ(server.handler.left.await_at_least(1), 1U);
    server.handler.await_finished(0);
  }
  {
    TestServer server;  // it was gone before the handler asked
    TestClient client(server.port());
    client.send(kRequest);
    client.shutdown_write();
    EXPECT_EQ(server.handler.left.await_at_least(1), 1U);
  }
  TestServer server;
  TestClient client(server.port());
  client.send(kRequest);
  server.handler.gate.await_arrival();
  server.handler.gate.open();
  EXPECT_EQ(client.receive()->body, "stayed");
  client.reset();
  server.server->stop(1h);
  EXPECT_EQ(server.handler.left.value(), 0U);
}

TEST(Server, KeepsThousandsOfIdleConnections) {
  TestServer server;
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 2000; ++i) {
    auto& client = clients.emplace_back(std::make_unique<TestClient>(server.port()));
    client->send("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  for (auto& client : clients) EXPECT_EQ(client->receive()->body, "hello");
  EXPECT_TRUE(server.metric_is("lakeside_http_connections 2000"));
  EXPECT_EQ(clients[1000]->get("/hello")->body, "hello");
  auto stopping = std::async(std::launch::async, [&] { server.server->stop(1h); });
  for (auto& client : clients) EXPECT_TRUE(client->closed());
  stopping.get();
}

}  // namespace
}  // namespace lakeside::http
