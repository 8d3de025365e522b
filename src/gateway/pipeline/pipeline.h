// The one way from a request to its response: route → authenticate → decode → authorise →
// run → encode → log and meter. No operation can skip a step.
#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "base/audit.h"
#include "base/clock.h"
#include "base/metering.h"
#include "base/metrics.h"
#include "gateway/auth/authenticate.h"
#include "gateway/http/message.h"
#include "gateway/pipeline/service.h"
#include "gateway/route/router.h"

namespace lakeside::gateway {

class AccessLog;

class Pipeline final : public http::Handler {
 public:
  // Everything referred to outlives the pipeline.
  // `access_log`, `audit` and `meter` may be null.
  Pipeline(const Router& router, const auth::KeySource& keys, const Clock& clock,
           auth::AuthOptions auth_options, Metrics& metrics, AccessLog* access_log,
           AuditSink* audit = nullptr, MeterSink* meter = nullptr);
  ~Pipeline() override;

  // `noted` is told of each access key that was shown properly, and of whose operation it is for;
  // it must not block. Set before requests come.
  using KeyNoted =
      std::function<void(std::string_view access_key_id, Time now, std::string_view service)>;
  void note_keys(KeyNoted noted) { key_noted_ = std::move(noted); }

  Task<http::Response> handle(http::Request& request) override;
  void finished(const http::Request& request, const http::Response& response,
                const http::Exchange& exchange) override;

 private:
  struct Meters;
  Task<http::Response> process(Service& service, Call& call);
  void note_key(const Call& call, Time now, std::string_view service) const;

  const Router& router_;
  const auth::KeySource& keys_;
  const Clock& clock_;
  auth::AuthOptions auth_options_;
  AccessLog* access_log_;
  AuditSink* audit_;
  MeterSink* meter_;
  KeyNoted key_noted_;
  std::unique_ptr<Meters> meters_;
};

}  // namespace lakeside::gateway
