// What all event loops of a server have in common.
#pragma once

#include <array>
#include <atomic>
#include <optional>

#include "base/metrics.h"
#include "gateway/http/message.h"
#include "gateway/http/refusal.h"
#include "gateway/http/server.h"
#include "gateway/http/tls.h"

namespace lakeside::http {

struct Counters {
  explicit Counters(Metrics& metrics);

  Gauge& connections;
  Counter& connections_total;
  Counter& connections_refused;
  Counter& accept_failures;
  Counter& bytes_in;
  Counter& bytes_out;
  std::array<Counter*, kRefusalCount> refusals;
  Counter& handshake_failures;
  Counter& stalls;
};

struct Shared {
  Shared(ServerOptions server_options, Handler& request_handler, Metrics& metrics)
      : options(std::move(server_options)), handler(request_handler), counters(metrics) {}

  ServerOptions options;
  std::optional<TlsContext> tls;
  Handler& handler;
  Counters counters;
  std::atomic<std::size_t> open_connections{0};
};

}  // namespace lakeside::http
