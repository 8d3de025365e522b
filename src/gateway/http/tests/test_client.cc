#include "gateway/http/tests/test_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/encoding.h"

namespace lakeside::http {
namespace {

constexpr int kPatience = 30'000;  // ms; only a broken server makes a test wait that long

bool wait_for(int fd, short events) {
  pollfd poller{fd, events, 0};
  return poll(&poller, 1, kPatience) == 1;
}

}  // namespace

TestClient::TestClient(std::uint16_t port, bool v6, int receive_buffer)
    : fd_(socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (receive_buffer > 0) {
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
  }
  int on = 1;
  setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(port);
  six.sin6_addr = in6addr_loopback;
  int result = v6 ? connect(fd_.get(), reinterpret_cast<sockaddr*>(&six), sizeof(six))
                  : connect(fd_.get(), reinterpret_cast<sockaddr*>(&v4), sizeof(v4));
  EXPECT_EQ(result, 0) << "cannot connect to port " << port;
}

void TestClient::send(std::string_view bytes) { EXPECT_TRUE(try_send(bytes)); }

bool TestClient::try_send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_for(fd_.get(), POLLOUT)) return false;
    ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

void TestClient::shutdown_write() { ::shutdown(fd_.get(), SHUT_WR); }

void TestClient::reset() {
  linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  fd_ = Fd();
}

bool TestClient::fill() {
  std::array<char, 64 << 10> bytes;
  if (!wait_for(fd_.get(), POLLIN)) {
    ADD_FAILURE() << "nothing came from the server";
    return false;
  }
  ssize_t n = recv(fd_.get(), bytes.data(), bytes.size(), 0);
  if (n <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(n));
  return true;
}

std::optional<std::string> TestClient::line() {
  std::size_t end;
  while ((end = buffer_.find("\r\n")) == std::string::npos) {
    if (!fill()) return std::nullopt;
  }
  std::string text = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return text;
}

std::string TestClient::receive_bytes(std::size_t n) {
  while (buffer_.size() < n && fill()) {
  }
  std::string bytes = buffer_.substr(0, n);
  buffer_.erase(0, bytes.size());
  return bytes;
}

std::string TestClient::receive_all() {
  while (fill()) {
  }
  return std::move(buffer_);
}

bool TestClient::closed() { return buffer_.empty() && !fill(); }

std::optional<ClientResponse> TestClient::get(std::string_view target) {
  send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n");
  return receive();
}

std::optional<ClientResponse> TestClient::receive(bool head_request) {
  auto status_line = line();
  if (!status_line || !status_line->starts_with("HTTP/1.1 ")) return std::nullopt;
  ClientResponse response;
  response.status = std::atoi(status_line->c_str() + 9);
  while (true) {
    auto header = line();
    if (!header) return std::nullopt;
    if (header->empty()) break;
    std::size_t colon = header->find(": ");
    response.headers[to_lower_ascii(header->substr(0, colon))] = header->substr(colon + 2);
  }
  bool bodiless = head_request || response.status == 204 || response.status == 304 ||
                  response.status / 100 == 1;
  if (!bodiless) receive_body(response);
  return response;
}

void TestClient::receive_body(ClientResponse& response) {
  if (auto length = response.headers.find("content-length"); length != response.headers.end()) {
    std::size_t size = std::strtoull(length->second.c_str(), nullptr, 10);
    response.body = receive_bytes(size);
    complete_ = response.body.size() == size;
  } else if (response.headers.contains("transfer-encoding")) {
    receive_chunks(response.body);
  } else {
    response.body = receive_all();
  }
}

void TestClient::receive_chunks(std::string& body) {
  complete_ = false;
  while (auto size_line = line()) {
    std::size_t size = std::strtoull(size_line->c_str(), nullptr, 16);
    body += receive_bytes(size);
    if (receive_bytes(2) != "\r\n") return;
    if (size == 0) {
      complete_ = true;
      return;
    }
  }
}

}  // namespace lakeside::http
