// Keeps what users store from running as the console. Objects are served from the console's origin:
// one that claims to be HTML or SVG would have that origin's rights when a browser opens it.
#pragma once

#include <functional>

#include "gateway/http/message.h"

namespace lakeside::app {

class BrowserGuard final : public http::Handler {
 public:
  // `next` outlives the guard. `guards` says of a request whether it is at the console's origin and
  // not for the console itself.
  BrowserGuard(http::Handler& next, std::function<bool(const http::RequestHead&)> guards)
      : next_(next), guards_(std::move(guards)) {}

  Task<http::Response> handle(http::Request& request) override;
  void finished(const http::Request& request, const http::Response& response,
                const http::Exchange& exchange) override {
    next_.finished(request, response, exchange);
  }

 private:
  Task<http::Response> handle_guarded(http::Request& request);

  http::Handler& next_;
  const std::function<bool(const http::RequestHead&)> guards_;
};

}  // namespace lakeside::app
