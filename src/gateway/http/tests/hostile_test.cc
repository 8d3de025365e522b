// Requests that must be refused, and clients that mean harm.
#include <gtest/gtest.h>

#include "gateway/http/tests/test_client.h"
#include "gateway/http/tests/test_server.h"

namespace lakeside::http {
namespace {

// Sends `bytes` and expects a refusal and the end of the connection.
void expect_refused(TestServer& server, std::string_view bytes, int status, std::string_view kind) {
  SCOPED_TRACE(bytes.substr(0, 200));
  TestClient client(server.port());
  client.send(bytes);
  auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, status);
  EXPECT_EQ(response->headers["connection"], "close");
  EXPECT_EQ(response->headers["content-type"], "application/xml");
  EXPECT_NE(response->body.find("<Error><Code>"), std::string::npos);
  EXPECT_NE(response->body.find("<RequestId>"), std::string::npos);
  EXPECT_TRUE(client.closed());
  EXPECT_TRUE(server.metric_is("lakeside_http_protocol_errors_total{kind=\"" + std::string(kind) +
                               "\"} 1"));
}

TEST(Hostile, SmugglingIsRefusedAndTheConnectionClosed) {
  const std::string smuggled = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string cases[] = {
      "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
      "Content-Length: 4, 4\r\n\r\nabcd",
      "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      "Transfer-Encoding: identity\r\n\r\n",
      "Content-Length: 0x4\r\n\r\nabcd",
  };
  for (const std::string& c : cases) {
    TestServer server;
    std::string request = "POST /echo HTTP/1.1\r\nHost: h\r\n";
    request += c;
    request += smuggled;
    expect_refused(server, request, 400, "framing");
    EXPECT_EQ(server.handler.finished_count(), 0U);
  }
}

TEST(Hostile, MalformedHeadsAreRefused) {
  const std::string cases[] = {
      "GARBAGE\r\n\r\n",
      "GET / HTTP/1.1\nHost: h\n\n",
      "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n folded\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n",
      std::string("GET / HTTP/1.1\r\nHost: h\r\nA: \0\r\n\r\n", 33),
      "GET / HTTP/1.1\r\nHost: h\r\nA: b\rX: c\r\n\r\n",
  };
  for (const std::string& c : cases) {
    TestServer server;
    expect_refused(server, c, 400, "malformed");
  }
}

TEST(Hostile, OtherRefusals) {
  TestServer server({.body_bytes = 1000});
  expect_refused(server, "GET / HTTP/1.1\r\n\r\n", 400, "host");
  expect_refused(server, "GET /?a=%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400, "query");
  expect_refused(server, "GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505, "version");
  expect_refused(server, "PUT / HTTP/1.1\r\nHost: h\r\nExpect: wonders\r\n\r\n", 417,
                 "expectation");
  expect_refused(server,
                 "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: "
                 "1001\r\n\r\n",
                 413, "body_too_large");
}

TEST(Hostile, HeadsHaveLimits) {
  TestServer server({.head_bytes = 4096, .header_count = 20});
  std::string start = "GET /hello HTTP/1.1\r\nHost: h\r\n";
  expect_refused(server, start + "X: " + std::string(5000, 'x'), 431, "head_too_large");
  std::string many = start;
  for (int i = 0; i < 20; ++i) many += "a: b\r\n";
  expect_refused(server, many + "\r\n", 431, "too_many_headers");

  TestClient client(server.port());
  std::string longest = start + "X: ";
  longest += std::string(4096 - longest.size() - 4, 'x') + "\r\n\r\n";
  client.send(longest);
  EXPECT_EQ(client.receive()->body, "hello");
}

TEST(Hostile, ALargeHeadWithABodyBehindItWorks) {
  TestServer server;
  TestClient client(server.port());
  for (std::size_t size : {15'000U, 16'300U, 16'384U, 40'000U, 65'000U}) {
    client.send("POST /echo HTTP/1.1\r\nHost: h\r\nX: " + std::string(size, 'x') +
                "\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
    EXPECT_EQ(client.receive()->body, "hello") << size;
  }
}

TEST(Hostile, AnEndlessHeadWithoutALineEndIsRefused) {
  TestServer server;
  TestClient client(server.port());
  client.try_send(std::string(200'000, 'a'));
  EXPECT_EQ(client.receive()->status, 431);
}

TEST(Hostile, HeadsMayComeByteByByte) {
  TestServer server;
  TestClient client(server.port());
  for (char c : std::string("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n")) client.send({&c, 1});
  EXPECT_EQ(client.receive()->body, "hello");
}

TEST(Hostile, EmptyLinesBeforeARequestAreSkipped) {
  TestServer server;
  TestClient client(server.port());
  client.send(
      "\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.receive()->body, "hello");
  EXPECT_EQ(client.receive()->body, "hello");
}

TEST(Hostile, BadChunksFailTheBodyAndTheConnection) {
  const std::string cases[] = {
      "5\nhello\r\n0\r\n\r\n", "5\r\nhelloworld\r\n0\r\n\r\n", "zz\r\n", "-1\r\n",
      "fffffffffffffffff\r\n", "5 \r\nhello\r\n0\r\n\r\n",
  };
  for (const std::string& c : cases) {
    TestServer server;
    TestClient client(server.port());
    client.send("POST /count HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + c +
                "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
    auto response = client.receive();
    ASSERT_TRUE(response) << c;
    EXPECT_TRUE(response->body.ends_with(" invalid")) << c << response->body;
    EXPECT_EQ(response->headers["connection"], "close");
    EXPECT_TRUE(client.closed());
    EXPECT_EQ(server.handler.finished_count(), 1U);
  }
}

TEST(Hostile, ChunkedBodiesHaveALimit) {
  TestServer server({.body_bytes = 1000});
  for (const char* path : {"/count", "/ignore"}) {
    TestClient client(server.port());
    std::string body;
    for (int i = 0; i < 101; ++i) body += "a\r\n0123456789\r\n";
    client.send("POST " + std::string(path) +
                " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
    auto response = client.receive();
    ASSERT_TRUE(response);
    EXPECT_TRUE(response->body == "1000 too_large" || response->body == "ignored");
    EXPECT_TRUE(client.closed());
  }
}

TEST(Hostile, ABodyThatStopsHalfWayFailsTheRead) {
  TestServer server;
  for (const char* headers :
       {"Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"}) {
    TestClient client(server.port());
    client.send("POST /count HTTP/1.1\r\nHost: h\r\n" + std::string(headers));
    client.shutdown_write();
    EXPECT_EQ(client.receive()->body, "3 disconnected") << headers;
    EXPECT_TRUE(client.closed());
  }
}

TEST(Hostile, ResetsDuringARequestAreReported) {
  TestServer server;
  TestClient client(server.port());
  client.send("POST /gate-echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  server.handler.gate.await_arrival();
  client.reset();
  server.handler.gate.open();
  Finished finished = server.handler.await_finished(0);
  EXPECT_TRUE(finished.exchange.aborted);
  while (!server.metric_is("lakeside_http_connections 0")) std::this_thread::yield();
}

TEST(Hostile, ConnectionsThatSayNothingCostNothing) {
  TestServer server;
  for (int i = 0; i < 100; ++i) TestClient(server.port()).reset();
  for (int i = 0; i < 100; ++i) {
    TestClient client(server.port());
    client.send("GET /he");
  }
  EXPECT_EQ(TestClient(server.port()).get("/hello")->body, "hello");
  EXPECT_EQ(server.handler.await_finished(0).status, 200);
  while (!server.metric_is("lakeside_http_connections 0")) std::this_thread::yield();
}

}  // namespace
}  // namespace lakeside::http
