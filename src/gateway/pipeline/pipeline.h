// The one way from a request to its response: route → authenticate → decode → authorise →
// run → encode → log and meter. No operation can skip a step.
#pragma once

#include <functional>
#include <memory>

#include "base/clock.h"
#include "base/metrics.h"
#include "gateway/auth/authenticate.h"
#include "gateway/http/message.h"
#include "gateway/pipeline/service.h"
#include "gateway/route/router.h"

namespace lakeside::gateway {

struct PipelineOptions {
  auth::AuthOptions auth;
  bool access_log = true;
};

class Pipeline final : public http::Handler {
 public:
  // Everything referred to outlives the pipeline.
  Pipeline(const Router& router, const auth::KeySource& keys, const Clock& clock, Metrics& metrics,
           PipelineOptions options);
  ~Pipeline() override;

  Task<http::Response> handle(http::Request& request) override;
  void finished(const http::Request& request, const http::Response& response,
                const http::Exchange& exchange) override;

 private:
  struct Meters;
  Task<http::Response> process(Service& service, Call& call);

  const Router& router_;
  const auth::KeySource& keys_;
  const Clock& clock_;
  PipelineOptions options_;
  std::unique_ptr<Meters> meters_;
};

}  // namespace lakeside::gateway
