// One GET over HTTP/1.1 or HTTPS, directly or through a proxy; blocking.
//
// cpp-httplib 0.11, which asks the local server (server_client.h), decodes the escapes of every
// header's value, and so spoils the signed addresses that hubs redirect to.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/url.h"
#include "base/result.h"

namespace lakeside::app {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpHead {
  int status = 0;
  HttpFields fields;
  // The first of that name, in any case; "" if there is none.
  [[nodiscard]] std::string_view field(std::string_view name) const;
};

// Each may end the transfer by returning false, which is no error.
struct HttpReceiver {
  std::function<bool(const HttpHead&)> head;
  std::function<bool(std::string_view)> data;
  // Ends it from another thread, whatever it waits for but for a name to be resolved; it then fails
  // with kDisconnected.
  std::stop_token stop = {};
};

// Errors: kDisconnected (no connection, no certificate to trust, cut off, no HTTP), kTimeout.
[[nodiscard]] Status http_get(const Url& url, const HttpFields& fields,
                              const std::optional<Proxy>& proxy, const HttpReceiver& receiver);

}  // namespace lakeside::app
