// The HTTP/1.1 server: one event loop per core, each with its own listening sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "base/result.h"
#include "gateway/http/message.h"

namespace lakeside::http {

struct Endpoint {
  std::string address;  // "127.0.0.1", "::1", "0.0.0.0"; literals only
  std::uint16_t port;   // 0: any free one
};

struct Limits {
  std::size_t head_bytes = 64 << 10;       // request line and headers → 431 above
  std::size_t header_count = 200;          // → 431 above
  std::uint64_t body_bytes = 5ULL << 30;   // announced or received → 413 above
  std::size_t connections = 65536;         // beyond: accepted and closed
  std::chrono::seconds idle_timeout{75};   // between requests
  std::chrono::seconds head_timeout{20};   // from a request's first byte to its head's end
  std::chrono::seconds stall_timeout{60};  // without progress on a body, either way
};

struct ServerOptions {
  std::vector<Endpoint> listen;
  std::size_t threads = 0;  // 0: one per core
  Limits limits;
  std::string tls_certificate_file;  // PEM; both empty: plain HTTP
  std::string tls_key_file;
  std::string server_name = "AliyunOSS";  // the Server header
};

class Server {
 public:
  // Binds and starts serving. `handler` and `metrics` outlive the server.
  // Errors: kInvalid (address, certificate), kIo (bind).
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(ServerOptions options,
                                                             Handler& handler, Metrics& metrics);
  // As `stop` with no time.
  virtual ~Server() = default;

  // The addresses in use, with real port numbers, in the order of options.listen.
  [[nodiscard]] virtual std::vector<Endpoint> endpoints() const = 0;

  // Stops accepting, closes idle connections, lets requests under way finish for at most
  // `drain`, then closes what is left. Blocks until every loop has ended.
  virtual void stop(std::chrono::milliseconds drain) = 0;
};

}  // namespace lakeside::http
