// Addresses of http and https, as far as a downloader needs them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace lakeside::app {

struct Url {
  std::string origin;  // "https://host:8443", in lower case, without a default port
  std::string host;    // without port and brackets
  int port = 0;
  std::string target = "/";  // path and query, as they travel

  [[nodiscard]] bool secure() const { return origin.starts_with("https://"); }
  [[nodiscard]] std::string text() const { return origin + target; }
};

// Errors: kInvalid, also for an address that carries a user or a password.
[[nodiscard]] Result<Url> parse_url(std::string_view text);
// Where a redirect from `base` leads. kInvalid also for one that leaves https.
[[nodiscard]] Result<Url> follow_location(const Url& base, std::string_view location);
// This machine itself.
[[nodiscard]] bool is_loopback_host(std::string_view host);

struct Proxy {
  std::string host;
  int port = 0;
  std::string user;
  std::string password;
};
using Environment = std::function<const char*(const std::string&)>;
// As curl reads http_proxy, https_proxy, all_proxy and no_proxy; nothing where there is none to
// use. Errors: kInvalid for one that is no http proxy.
[[nodiscard]] Result<std::optional<Proxy>> proxy_for(const Url& url,
                                                     const Environment& environment);

}  // namespace lakeside::app
