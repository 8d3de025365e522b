// Clients that keep a connection and do nothing with it. The shortest limits are a second,
// and every test waits for the server to act, not for a time.
#include <gtest/gtest.h>

#include "gateway/http/tests/test_client.h"
#include "gateway/http/tests/test_server.h"

namespace lakeside::http {
namespace {

using namespace std::chrono_literals;

TEST(Timeout, IdleConnectionsAreClosed) {
  TestServer server({.idle_timeout = 1s});
  TestClient fresh(server.port());
  TestClient used(server.port());
  EXPECT_EQ(used.get("/hello")->body, "hello");
  EXPECT_TRUE(fresh.closed());
  EXPECT_TRUE(used.closed());
}

TEST(Timeout, SlowHeadsAreClosedHoweverBusy) {
  TestServer server({.head_timeout = 1s});
  TestClient client(server.port());
  client.send("GET /hello HTTP/1.1\r\n");
  while (client.try_send("x: y\r\n")) {
    // The limits on a head's size are not what ends this.
    std::this_thread::sleep_for(50ms);
    if (server.metric_is("lakeside_http_protocol_errors_total{kind=\"head_timeout\"} 1")) break;
  }
  EXPECT_TRUE(client.closed());
}

TEST(Timeout, StalledUploadsFailTheRead) {
  TestServer server({.stall_timeout = 1s});
  TestClient client(server.port());
  client.send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(client.closed());
  Finished finished = server.handler.await_finished(0);
  EXPECT_EQ(finished.exchange.bytes_in, 3U);
  EXPECT_TRUE(finished.exchange.aborted);
}

TEST(Timeout, ClientsThatReadNothingAreClosed) {
  TestServer server({.stall_timeout = 1s});
  TestClient client(server.port(), false, 64 << 10);
  client.send("GET /big?50000000 HTTP/1.1\r\nHost: h\r\n\r\n");
  Finished finished = server.handler.await_finished(0);
  EXPECT_TRUE(finished.exchange.aborted);
  EXPECT_LT(finished.exchange.bytes_out, 50'000'000U);
  EXPECT_TRUE(server.metric_is("lakeside_http_protocol_errors_total{kind=\"stalled\"} 1"));
}

TEST(Timeout, AHandlerMayTakeItsTime) {
  TestServer server({.idle_timeout = 1s, .head_timeout = 1s, .stall_timeout = 1s});
  TestClient waits(server.port());
  waits.send("GET /gate HTTP/1.1\r\nHost: h\r\n\r\n");
  server.handler.gate.await_arrival();
  TestClient idle(server.port());
  EXPECT_TRUE(idle.closed());  // so a second has passed
  server.handler.gate.open();
  EXPECT_EQ(waits.receive()->body, "through");
}

}  // namespace
}  // namespace lakeside::http
