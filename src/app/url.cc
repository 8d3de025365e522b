#include "app/url.h"

#include <algorithm>

#include "base/encoding.h"

namespace lakeside::app {
namespace {

std::unexpected<Error> bad(std::string_view text) {
  return fail(ErrorCode::kInvalid, "\"" + std::string(text.substr(0, 200)) +
                                       "\" is not an address like https://host/path");
}

// Control characters and spaces would end the request's first line.
bool is_target(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c != 127; });
}

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= 253 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

// "host", "host:port", "[::1]:port".
bool read_authority(std::string_view text, Url& url) {
  std::string_view port;
  if (text.starts_with('[')) {
    auto end = text.find(']');
    if (end == std::string_view::npos) return false;
    url.host = text.substr(1, end - 1);
    if (url.host.find_first_not_of("0123456789abcdef:.") != std::string::npos) return false;
    port = text.substr(end + 1);
    if (!port.empty() && !port.starts_with(':')) return false;
  } else {
    auto colon = std::min(text.find(':'), text.size());
    url.host = text.substr(0, colon);
    if (!is_host(url.host)) return false;
    port = text.substr(colon);
  }
  if (port.empty()) return true;
  auto number = parse_uint(port.substr(1));
  if (!number || *number == 0 || *number > 65535) return false;
  url.port = static_cast<int>(*number);
  return true;
}

const char* first_of(const Environment& environment, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = environment(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return nullptr;
}

bool is_excepted(std::string_view host, std::string_view list) {
  while (!list.empty()) {
    auto comma = std::min(list.find(','), list.size());
    std::string entry = to_lower_ascii(trim(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (entry == "*" || entry == host) return true;
    if (entry.starts_with('.')) entry.erase(0, 1);
    if (!entry.empty() && (host == entry || host.ends_with("." + entry))) return true;
  }
  return false;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  Url url;
  const auto mark = text.find("://");
  if (mark == std::string_view::npos || !is_target(text)) return bad(text);
  const std::string scheme = to_lower_ascii(text.substr(0, mark));
  if (scheme != "http" && scheme != "https") return bad(text);
  std::string_view rest = text.substr(mark + 3);
  const auto slash = std::min(rest.find_first_of("/?#"), rest.size());
  if (rest.substr(0, slash).find('@') != std::string_view::npos) {
    return fail(ErrorCode::kInvalid, "an address must not carry a user or a password");
  }
  if (!read_authority(to_lower_ascii(rest.substr(0, slash)), url)) return bad(text);
  std::string_view target = rest.substr(slash);
  target = target.substr(0, target.find('#'));
  url.target = (target.starts_with('/') ? "" : "/") + std::string(target);

  const int usual = scheme == "https" ? 443 : 80;
  const bool v6 = url.host.find(':') != std::string::npos;
  url.origin = scheme + "://" + (v6 ? "[" + url.host + "]" : url.host);
  if (url.port == 0) url.port = usual;
  if (url.port != usual) url.origin += ":" + std::to_string(url.port);
  return url;
}

Result<Url> follow_location(const Url& base, std::string_view location) {
  if (location.starts_with("//")) {
    return parse_url((base.secure() ? "https:" : "http:") + std::string(location));
  }
  if (location.starts_with('/')) return parse_url(base.origin + std::string(location));
  auto url = parse_url(location);
  if (url && base.secure() && !url->secure()) {
    return fail(ErrorCode::kInvalid, base.origin + " redirects to an address without TLS");
  }
  return url;
}

bool is_loopback_host(std::string_view host) {
  return host == "localhost" || host == "::1" ||
         (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

Result<std::optional<Proxy>> proxy_for(const Url& url, const Environment& environment) {
  if (is_loopback_host(url.host)) return std::nullopt;
  // HTTP_PROXY in capitals is not read: curl's manual, "a CGI script's client could set it".
  const char* text = url.secure() ? first_of(environment, {"https_proxy", "HTTPS_PROXY"})
                                  : first_of(environment, {"http_proxy"});
  if (text == nullptr) text = first_of(environment, {"all_proxy", "ALL_PROXY"});
  if (text == nullptr) return std::nullopt;
  const char* except = first_of(environment, {"no_proxy", "NO_PROXY"});
  if (except != nullptr && is_excepted(url.host, except)) return std::nullopt;

  std::string address = text;
  if (address.find("://") == std::string::npos) address = "http://" + address;
  Proxy proxy;
  if (auto at = address.rfind('@'); at != std::string::npos) {
    const auto begin = address.find("://") + 3;
    std::string user = at >= begin ? address.substr(begin, at - begin) : "";
    address.erase(begin, at + 1 - begin);
    const auto colon = std::min(user.find(':'), user.size());
    auto name = percent_decode(user.substr(0, colon));
    auto password = percent_decode(user.substr(std::min(colon + 1, user.size())));
    if (!name || !password)
      return fail(ErrorCode::kInvalid, "the proxy's user is not an address's");
    proxy.user = *name;
    proxy.password = *password;
  }
  auto parsed = parse_url(address);
  if (!parsed || parsed->secure()) {
    return fail(ErrorCode::kInvalid, "the proxy in the environment is not like http://host:port");
  }
  proxy.host = parsed->host;
  proxy.port = parsed->port;
  return proxy;
}

}  // namespace lakeside::app
