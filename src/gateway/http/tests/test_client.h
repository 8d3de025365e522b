// A raw HTTP client for tests: it can send any bytes, in any pieces, and be slow.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/fd.h"

namespace lakeside::http {

struct ClientResponse {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
};

// Blocking, with a limit on every wait so that a test cannot hang.
class TestClient {
 public:
  explicit TestClient(std::uint16_t port, bool v6 = false, int receive_buffer = 0);

  void send(std::string_view bytes);
  // As send; false where the server does not take all of it.
  bool try_send(std::string_view bytes);
  void shutdown_write();
  // The next response. Nothing if the connection ended before a whole head.
  std::optional<ClientResponse> receive(bool head_request = false);
  // Whole requests with one response each.
  std::optional<ClientResponse> get(std::string_view target);
  // Everything up to the connection's end.
  std::string receive_all();
  // Up to `n` bytes; fewer at the connection's end.
  std::string receive_bytes(std::size_t n);
  // Waits until the server has closed; false if more bytes come.
  bool closed();
  // A close that the server sees as a reset.
  void reset();
  [[nodiscard]] int fd() const { return fd_.get(); }
  // A chunked body came with its last chunk, a counted one in full.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  bool fill();
  std::optional<std::string> line();
  void receive_body(ClientResponse& response);
  void receive_chunks(std::string& body);

  Fd fd_;
  std::string buffer_;
  bool complete_ = true;
};

}  // namespace lakeside::http
