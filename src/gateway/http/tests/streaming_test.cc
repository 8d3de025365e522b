// Bodies, large and small, in both directions.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <future>

#include <gtest/gtest.h>

#include "gateway/http/tests/test_client.h"
#include "gateway/http/tests/test_server.h"

namespace lakeside::http {
namespace {

constexpr std::size_t kLarge = 30'000'000;

std::shared_ptr<FileHandle> pattern_file(std::size_t size) {
  std::string path = testing::TempDir() + "http-XXXXXX";
  int fd = mkstemp(path.data());
  unlink(path.c_str());
  std::string bytes = pattern(0, size);
  EXPECT_EQ(write(fd, bytes.data(), size), static_cast<ssize_t>(size));
  return std::make_shared<FileHandle>(fd);
}

std::string put(std::string_view path, std::string_view headers) {
  return "PUT " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n";
}

TEST(Body, ChunkedBodiesMayBeSplitAnywhere) {
  TestServer server;
  TestClient client(server.port());
  std::string request = put("/echo", "Transfer-Encoding: chunked\r\n") +
                        "5;x=y\r\nhello\r\n7\r\n, world\r\n0\r\nT: u\r\n\r\n";
  for (std::size_t split = 1; split < request.size(); ++split) {
    client.send(std::string_view(request).substr(0, split));
    client.send(std::string_view(request).substr(split));
    EXPECT_EQ(client.receive()->body, "hello, world") << split;
  }
}

TEST(Body, MayBeReadInPiecesOfAnySize) {
  for (std::size_t size : {1U, 2U, 7U, 100U, 4095U, 4096U, 70'000U}) {
    TestServer server;
    server.handler.read_size = size;
    TestClient client(server.port());
    std::string data = pattern(7, 20'000);
    client.send(put("/echo", "Content-Length: 20000\r\n") + data);
    EXPECT_TRUE(client.receive()->body == data) << size;
    std::string chunks;
    for (std::size_t at = 0; at < data.size(); at += 4000) {
      chunks += "fa0\r\n" + data.substr(at, 4000) + "\r\n";
    }
    client.send(put("/echo", "Transfer-Encoding: chunked\r\n") + chunks + "0\r\n\r\n");
    EXPECT_TRUE(client.receive()->body == data) << size;
    EXPECT_EQ(client.get("/hello")->body, "hello");
  }
}

TEST(Body, LargeUploads) {
  TestServer server;
  TestClient client(server.port());
  std::string data = pattern(0, kLarge);
  auto sending = std::async(std::launch::async, [&] {
    client.send(put("/echo", "Content-Length: " + std::to_string(kLarge) + "\r\n") + data);
    client.send(put("/echo", "Transfer-Encoding: chunked\r\n"));
    client.send("f4240\r\n" + data.substr(0, 1'000'000) + "\r\n1c9c380\r\n" + data +
                "\r\n0\r\n\r\n");
  });
  EXPECT_TRUE(client.receive()->body == data);
  EXPECT_TRUE(client.receive()->body == data.substr(0, 1'000'000) + data);
  sending.get();
}

TEST(Body, LargeDownloads) {
  TestServer server;
  server.handler.file = pattern_file(kLarge);
  TestClient client(server.port());
  std::string data = pattern(0, kLarge);
  for (const char* path : {"/big", "/chunks", "/file", "/file-chunks"}) {
    auto response = client.get(std::string(path) + "?" + std::to_string(kLarge));
    ASSERT_TRUE(response);
    EXPECT_TRUE(response->body == data) << path;
    EXPECT_TRUE(client.complete());
    EXPECT_EQ(response->headers.contains("transfer-encoding"),
              std::string_view(path).ends_with("chunks"));
  }
  EXPECT_EQ(client.get("/chunks?0")->body, "");
  EXPECT_EQ(client.get("/big?0")->body, "");
}

TEST(Body, ASlowReaderHoldsTheSourceBack) {
  TestServer server;
  server.handler.file = pattern_file(kLarge);
  for (const char* path : {"/big", "/file"}) {
    std::uint64_t before = server.handler.produced.value();
    TestClient client(server.port(), false, 64 << 10);
    client.send("GET " + std::string(path) + "?" + std::to_string(kLarge) +
                " HTTP/1.1\r\nHost: h\r\n\r\n");
    server.handler.produced.await_at_least(before + 1);
    std::uint64_t produced = server.handler.produced.await_rest() - before;
    EXPECT_LT(produced, kLarge / 2) << path;  // socket buffers, and no more
    EXPECT_TRUE(client.receive()->body == pattern(0, kLarge)) << path;
  }
}

TEST(Body, ASlowHandlerHoldsTheClientBack) {
  TestServer server;
  TestClient client(server.port());
  client.send(put("/gate-echo", "Content-Length: 100000000\r\n"));
  server.handler.gate.await_arrival();
  std::string piece(1 << 20, 'x');
  std::size_t sent = 0;
  while (true) {
    ssize_t n = ::send(client.fd(), piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) break;  // the socket buffers are full
    sent += static_cast<std::size_t>(n);
    ASSERT_LT(sent, 80'000'000U);
  }
  server.handler.gate.open();
  while (sent < 100'000'000) {
    std::size_t n = std::min<std::size_t>(piece.size(), 100'000'000 - sent);
    client.send(std::string_view(piece).substr(0, n));
    sent += n;
  }
  EXPECT_EQ(client.receive()->body, "100000000");
}

TEST(Continue, IsSentWhenTheBodyIsRead) {
  TestServer server;
  TestClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send(put("/echo", "Expect: 100-continue\r\nContent-Length: 5\r\n"));
    EXPECT_EQ(client.receive_bytes(25), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hello");
    EXPECT_EQ(client.receive()->body, "hello");
  }
}

TEST(Continue, IsNotSentToAClientThatDidNotWait) {
  TestServer server;
  TestClient client(server.port());
  client.send(put("/echo", "Expect: 100-continue\r\nContent-Length: 5\r\n") + "hello");
  EXPECT_EQ(client.receive()->status, 200);
}

TEST(Continue, IsSentBeforeTheResponseToAnEmptyBody) {
  TestServer server;
  TestClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send(put("/echo", "Expect: 100-continue\r\nContent-Length: 0\r\n"));
    EXPECT_EQ(client.receive_bytes(25), "HTTP/1.1 100 Continue\r\n\r\n");
    EXPECT_EQ(client.receive()->status, 200);
  }
}

TEST(Continue, IsNotSentWhenTheBodyIsNotWanted) {
  TestServer server;
  TestClient client(server.port());
  client.send(put("/ignore", "Expect: 100-continue\r\nContent-Length: 5\r\n"));
  auto response = client.receive();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->headers["connection"], "close");
  EXPECT_TRUE(client.closed());
}

TEST(UnreadBody, IsDrainedWhenSmall) {
  TestServer server;
  TestClient client(server.port());
  std::string data(200'000, 'x');
  for (int i = 0; i < 3; ++i) {
    client.send(put("/ignore", "Content-Length: 200000\r\n") + data);
    EXPECT_EQ(client.receive()->body, "ignored");
    client.send(put("/ignore", "Transfer-Encoding: chunked\r\n") + "30d40\r\n" + data +
                "\r\n0\r\n\r\n");
    EXPECT_EQ(client.receive()->body, "ignored");
  }
  EXPECT_EQ(client.get("/hello")->body, "hello");
}

TEST(UnreadBody, ClosesTheConnectionWhenLargeButTheResponseArrives) {
  TestServer server;
  TestClient client(server.port());
  client.send(put("/ignore", "Content-Length: 10000000\r\n"));
  client.try_send(std::string(5'000'000, 'x'));
  auto response = client.receive();
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "ignored");
  EXPECT_EQ(response->headers["connection"], "close");
  client.shutdown_write();
  EXPECT_TRUE(client.closed());
}

TEST(BrokenStream, IsNotTakenForAWholeOne) {
  TestServer server;
  for (const char* path : {"/fail?300000", "/fail-chunks?300000", "/short?300000"}) {
    TestClient client(server.port());
    auto response = client.get(path);
    ASSERT_TRUE(response) << path;
    EXPECT_FALSE(client.complete()) << path;
    EXPECT_TRUE(client.closed());
  }
  TestClient client(server.port());
  auto too_long = client.get("/long?300000");
  EXPECT_FALSE(client.complete());
  EXPECT_LT(too_long->body.size(), 300'000U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_TRUE(server.handler.await_finished(i).exchange.aborted);
  }
}

TEST(BrokenStream, IsAnErrorWhenNothingWasSent) {
  TestServer server;
  TestClient client(server.port());
  auto response = client.get("/fail?0");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 500);
  EXPECT_NE(response->body.find("<Code>InternalError</Code>"), std::string::npos);
  EXPECT_EQ(server.handler.await_finished(0).exchange.status, 500);
}

TEST(BrokenStream, ClientsMayLeaveWhileItRuns) {
  TestServer server;
  server.handler.file = pattern_file(kLarge);
  std::size_t n = 0;
  for (const char* path : {"/big", "/chunks", "/file"}) {
    TestClient client(server.port(), false, 64 << 10);
    client.send("GET " + std::string(path) + "?" + std::to_string(kLarge) +
                " HTTP/1.1\r\nHost: h\r\n\r\n");
    client.receive_bytes(1000);
    client.reset();
    Finished finished = server.handler.await_finished(n++);
    EXPECT_TRUE(finished.exchange.aborted);
    EXPECT_LT(finished.exchange.bytes_out, kLarge);
  }
}

}  // namespace
}  // namespace lakeside::http
