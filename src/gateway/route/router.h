// Which service a request is for: an explicit table, first match wins.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "gateway/http/message.h"

namespace lakeside::gateway {

class Service;

struct Route {
  std::string_view why;  // for the reader and the log: "path /v1/"
  std::function<bool(const http::RequestHead&)> matches;
  Service* service;
};

class Router {
 public:
  explicit Router(std::vector<Route> routes) : routes_(std::move(routes)) {}

  // Null where nothing matches.
  [[nodiscard]] Service* find(const http::RequestHead& head) const {
    for (const Route& route : routes_) {
      if (route.matches(head)) return route.service;
    }
    return nullptr;
  }
  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace lakeside::gateway
