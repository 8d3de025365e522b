#include "app/oidc_issuers.h"

#include <cstdlib>

#include <nlohmann/json.hpp>

#include "app/data_folder.h"
#include "app/http_get.h"
#include "base/log.h"
#include "services/ram/core/jwt.h"

namespace lakeside::app {
namespace {

// Long enough to spare the issuer, short enough for a key that was taken back.
constexpr std::chrono::minutes kFresh{10};
// Whoever sends tokens with invented keys makes us ask no more often.
constexpr std::chrono::seconds kBetweenAsks{30};

Result<std::string> get_text(const std::string& address) {
  auto url = parse_url(address);
  if (!url) return std::unexpected(url.error());
  auto environment = [](const std::string& name) -> const char* {
    return std::getenv(name.c_str());
  };
  auto proxy = proxy_for(*url, environment);
  if (!proxy) return std::unexpected(proxy.error());
  std::string text;
  int status = 0;
  HttpReceiver receiver;
  receiver.head = [&](const HttpHead& head) {
    status = head.status;
    return status == 200;  // no redirect is followed
  };
  receiver.data = [&](std::string_view piece) {
    text += piece;
    return text.size() <= ram::kMaxKeySet;
  };
  Status got = http_get(*url, {{"Accept", "application/json"}}, *proxy, receiver);
  if (!got) return std::unexpected(got.error());
  if (status != 200) {
    return fail(ErrorCode::kUnavailable, address + " answered " + std::to_string(status));
  }
  if (text.size() > ram::kMaxKeySet) {
    return fail(ErrorCode::kTooLarge, address + " answered more than 1 MiB");
  }
  return text;
}

// Where the issuer says that its keys are.
Result<std::string> discover(const std::string& issuer) {
  const std::string base = issuer.ends_with('/') ? issuer.substr(0, issuer.size() - 1) : issuer;
  auto text = get_text(base + "/.well-known/openid-configuration");
  if (!text) return text;
  auto json = nlohmann::json::parse(*text, nullptr, false);
  auto member = [&](const char* name) {
    auto found = json.is_object() ? json.find(name) : json.end();
    bool there = json.is_object() && found != json.end() && found->is_string();
    return there ? found->get<std::string>() : std::string();
  };
  // OpenID Connect Discovery 1.0, 4.3: the document must be the issuer's own.
  if (member("issuer") != issuer || !member("jwks_uri").starts_with("https://")) {
    return fail(ErrorCode::kUnavailable, issuer + " publishes no configuration of its own");
  }
  return member("jwks_uri");
}

}  // namespace

OidcIssuers::OidcIssuers(OidcKeySources sources) : sources_(std::move(sources)) {}

std::optional<Result<std::string>> OidcIssuers::at_hand(const std::string& issuer, bool again) {
  std::lock_guard lock(mutex_);
  auto found = held_.find(issuer);
  if (found == held_.end()) return std::nullopt;
  const bool wanting = again || !found->second.keys;
  if (Steady::now() - found->second.since >= (wanting ? Steady::duration(kBetweenAsks) : kFresh)) {
    return std::nullopt;
  }
  return found->second.keys;
}

Task<Result<std::string>> OidcIssuers::key_set(std::string_view issuer_view, bool again) {
  const std::string issuer(issuer_view);
  if (auto keys = at_hand(issuer, again)) co_return std::move(*keys);
  auto ask = [&]() -> Result<std::string> {
    // Another one may have asked while this one waited for the thread.
    if (auto keys = at_hand(issuer, again)) return std::move(*keys);
    auto keys = fetch(issuer);
    if (!keys) {
      log(LogLevel::kWarn, "no keys of an OIDC issuer",
          {{"issuer", issuer}, {"why", keys.error().detail}});
    }
    std::lock_guard lock(mutex_);
    held_.insert_or_assign(issuer, Held{keys, Steady::now()});
    return keys;
  };
  auto asking = run_on(pool_, ask);
  auto keys = co_await asking;
  co_return keys;
}

Result<std::string> OidcIssuers::fetch(const std::string& issuer) const {
  auto configured = sources_.find(issuer);
  std::string source;
  if (configured == sources_.end()) {
    auto found = discover(issuer);
    if (!found) return found;
    source = std::move(*found);
  } else {
    source = configured->second;
  }
  if (source.starts_with("http://") || source.starts_with("https://")) return get_text(source);
  return read_small_file(source);
}

}  // namespace lakeside::app
