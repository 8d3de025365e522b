#include "gateway/http/server.h"

#include <algorithm>
#include <csignal>
#include <thread>

#include "gateway/http/listener.h"
#include "gateway/http/shared.h"
#include "gateway/http/worker.h"

namespace lakeside::http {
namespace {

class LoopServer final : public Server {
 public:
  LoopServer(ServerOptions options, Handler& handler, Metrics& metrics)
      : shared_(std::move(options), handler, metrics) {}
  ~LoopServer() override { stop(std::chrono::milliseconds(0)); }

  Status start() {
    if (Status tls = load_tls(); !tls) return tls;
    auto bound = bind_listeners(shared_.options.listen, thread_count());
    if (!bound) return std::unexpected(bound.error());
    endpoints_ = std::move(bound->endpoints);
    for (auto& listeners : bound->per_loop) {
      workers_.push_back(std::make_unique<Worker>(shared_, std::move(listeners)));
    }
    for (auto& worker : workers_) worker->start(workers_);
    return {};
  }

  [[nodiscard]] std::vector<Endpoint> endpoints() const override { return endpoints_; }

  void stop(std::chrono::milliseconds drain) override {
    for (auto& worker : workers_) worker->stop(drain);
    for (auto& worker : workers_) worker->join();
    workers_.clear();
  }

 private:
  [[nodiscard]] std::size_t thread_count() const {
    std::size_t wanted = shared_.options.threads;
    return wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
  }

  Status load_tls() {
    const std::string& certificate = shared_.options.tls_certificate_file;
    const std::string& key = shared_.options.tls_key_file;
    if (certificate.empty() && key.empty()) return {};
    if (certificate.empty() || key.empty()) {
      return fail(ErrorCode::kInvalid, "TLS needs both a certificate and a key");
    }
    auto context = TlsContext::load(certificate, key);
    if (!context) return std::unexpected(context.error());
    shared_.tls.emplace(std::move(*context));
    return {};
  }

  Shared shared_;
  std::vector<Endpoint> endpoints_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace

Counters::Counters(Metrics& metrics)
    : connections(metrics.gauge("lakeside_http_connections", "Open client connections")),
      connections_total(
          metrics.counter("lakeside_http_connections_total", "Client connections accepted")),
      connections_refused(metrics.counter("lakeside_http_connections_refused_total",
                                          "Connections closed because there were too many")),
      accept_failures(
          metrics.counter("lakeside_http_accept_failures_total",
                          "Times that the process had no descriptor or memory for a connection")),
      bytes_in(metrics.counter("lakeside_http_bytes_in_total", "Bytes received from clients")),
      bytes_out(metrics.counter("lakeside_http_bytes_out_total", "Bytes sent to clients")),
      refusals{},
      handshake_failures(metrics.counter("lakeside_http_protocol_errors_total",
                                         "Requests that the front door refused",
                                         "kind=\"tls_handshake\"")),
      stalls(metrics.counter("lakeside_http_protocol_errors_total",
                             "Requests that the front door refused", "kind=\"stalled\"")) {
  for (int i = 0; i < kRefusalCount; ++i) {
    std::string label = "kind=\"";
    label += describe(static_cast<Refusal>(i)).kind;
    label += '"';
    refusals[static_cast<std::size_t>(i)] = &metrics.counter(
        "lakeside_http_protocol_errors_total", "Requests that the front door refused", label);
  }
}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler& handler,
                                              Metrics& metrics) {
  // OpenSSL writes without MSG_NOSIGNAL; a client that left must not end the process.
  std::signal(SIGPIPE, SIG_IGN);
  auto server = std::make_unique<LoopServer>(std::move(options), handler, metrics);
  if (Status status = server->start(); !status) return std::unexpected(status.error());
  return server;
}

}  // namespace lakeside::http
