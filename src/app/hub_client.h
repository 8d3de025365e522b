// GET over HTTP and HTTPS, for pulling models: redirects within bounds, the environment's proxies,
// and the token to nobody but the hub.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "app/http_get.h"
#include "app/url.h"
#include "base/clock.h"
#include "base/result.h"

namespace lakeside::app {

// What an answer's head said that matters here.
struct HubHead {
  int status = 0;
  std::string etag;           // only where it is a strong one
  std::string content_range;  // of a 206
  std::string retry_after;
  std::string linked_sha256;  // X-Linked-Etag: Hugging Face's, on the redirect
  std::optional<std::uint64_t> linked_bytes;
  std::optional<std::uint64_t> length;
};

// Takes the body of a 2xx answer. What fails here ends the transfer with that error.
struct HubReceiver {
  std::function<Status(const HubHead&)> begin;
  std::function<Status(std::string_view)> data;
};

// How long to wait before the same is asked again, the `attempt`th time (from 0): where the hub has
// too much to do and says for how long (Retry-After, a number or a date), or says nothing. None:
// not worth it.
[[nodiscard]] std::optional<std::chrono::seconds> retry_after(const HubHead& head, int attempt,
                                                              Time now);

class HubClient {
 public:
  // Waits so long; false: it was stopped meanwhile.
  using Pause = std::function<bool(std::chrono::seconds)>;

  HubClient(Environment environment, Pause pause, std::stop_token stop)
      : environment_(std::move(environment)), pause_(std::move(pause)), stop_(std::move(stop)) {}

  // Shown to this origin alone, and over plain HTTP only on this machine.
  void set_token(const Url& hub, std::string token, bool as_cookie);

  // The last answer's head, whatever its status; the body of what is no 2xx is dropped. A hub that
  // has too much to do is asked again when it says. Errors: kInvalid (a redirect that may not be
  // followed, too many of them), kDisconnected, kTimeout, kUnavailable (stopped), and the
  // receiver's own.
  [[nodiscard]] Result<HubHead> get(const Url& url, const HttpFields& fields,
                                    const HubReceiver& receiver) const;
  // A small document.
  [[nodiscard]] Result<std::pair<HubHead, std::string>> get_text(const Url& url) const;

 private:
  [[nodiscard]] Result<HubHead> ask(Url url, const HttpFields& fields,
                                    const HubReceiver& receiver) const;
  [[nodiscard]] Result<std::string> hop(const Url& url, const HttpFields& fields,
                                        const HubReceiver& receiver, HubHead& head) const;

  const Environment environment_;
  const Pause pause_;
  const std::stop_token stop_;
  std::string token_origin_;
  std::string token_;
  bool token_as_cookie_ = false;
};

// What a refusal means, for the terminal; `what` was asked for.
[[nodiscard]] Error explain_refusal(const HubHead& head, const std::string& what,
                                    const std::string& token_name);

}  // namespace lakeside::app
