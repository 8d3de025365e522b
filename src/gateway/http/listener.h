// Binding the listening sockets of all event loops.
#pragma once

#include <vector>

#include "base/result.h"
#include "gateway/http/fd.h"
#include "gateway/http/server.h"

namespace lakeside::http {

struct BoundListeners {
  std::vector<Endpoint> endpoints;        // with real port numbers
  std::vector<std::vector<Fd>> per_loop;  // one socket an endpoint for each loop
};

// Endpoints that ask for any free port all get the same one. A port in use is an error, also
// when its owner would share it.
[[nodiscard]] Result<BoundListeners> bind_listeners(const std::vector<Endpoint>& endpoints,
                                                    std::size_t loops);

}  // namespace lakeside::http
