#include "app/hub_client.h"

#include <algorithm>

#include "base/encoding.h"

namespace lakeside::app {
namespace {

constexpr int kMostRedirects = 8;
constexpr int kMostRetries = 5;
constexpr std::uint64_t kLongestWait = 120;  // seconds
constexpr std::size_t kMostText = 32 << 20;

std::unexpected<Error> stopped() { return fail(ErrorCode::kUnavailable, "it was stopped"); }

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

// On top of what an earlier hop said: X-Linked-… stands on the redirect alone.
void read_head(const HttpHead& answer, HubHead& head) {
  head.status = answer.status;
  head.etag = answer.field("ETag");
  if (!head.etag.starts_with('"')) head.etag.clear();  // If-Range compares strong ones only
  head.content_range = answer.field("Content-Range");
  head.retry_after = answer.field("Retry-After");
  head.length = parse_uint(answer.field("Content-Length"));
  std::string linked = to_lower_ascii(unquoted(answer.field("X-Linked-Etag")));
  if (linked.size() == 64 && hex_decode(linked)) head.linked_sha256 = linked;
  if (auto bytes = parse_uint(answer.field("X-Linked-Size"))) head.linked_bytes = bytes;
}

}  // namespace

void HubClient::set_token(const Url& hub, std::string token, bool as_cookie) {
  const bool safe = hub.secure() || is_loopback_host(hub.host);
  token_ = safe ? std::move(token) : "";
  token_origin_ = hub.origin;
  token_as_cookie_ = as_cookie;
}

// One request; where it redirects to, or nothing.
Result<std::string> HubClient::hop(const Url& url, const HttpFields& fields,
                                   const HubReceiver& receiver, HubHead& head) const {
  auto proxy = proxy_for(url, environment_);
  if (!proxy) return std::unexpected(proxy.error());
  HttpFields sent = fields;
  sent.emplace_back("Accept-Encoding", "identity");
  sent.emplace_back("User-Agent", "lakeside");
  if (!token_.empty() && url.origin == token_origin_) {
    sent.emplace_back("Authorization", "Bearer " + token_);
    // ModelScope's own client sends its token as this cookie.
    if (token_as_cookie_) sent.emplace_back("Cookie", "m_session_id=" + token_);
  }
  Status received;
  std::string location;
  HttpReceiver answer;
  answer.stop = stop_;
  answer.head = [&](const HttpHead& first) {
    read_head(first, head);
    if (is_redirect(head.status)) location = first.field("Location");
    if (head.status / 100 != 2) return false;  // its head is all that is wanted of it
    received = receiver.begin(head);
    return received.has_value();
  };
  answer.data = [&](std::string_view data) {
    received = receiver.data(data);
    return received.has_value();
  };
  Status got = http_get(url, sent, *proxy, answer);
  if (!received) return std::unexpected(received.error());
  if (!got) return std::unexpected(got.error());
  return location;
}

std::optional<std::chrono::seconds> retry_after(const HubHead& head, int attempt, Time now) {
  using std::chrono::seconds;
  const bool says = !head.retry_after.empty();
  if (head.status != 429 && (head.status != 503 || !says)) return std::nullopt;
  if (attempt >= kMostRetries) return std::nullopt;
  std::optional<seconds> wait;
  if (auto count = parse_uint(head.retry_after); count && *count <= kLongestWait) {
    wait = seconds(*count);
  } else if (auto date = parse_http_date(head.retry_after)) {
    wait = std::max(std::chrono::ceil<seconds>(*date - now), seconds(0));
  } else if (!says) {
    wait = seconds(1 << attempt);
  }
  return wait && *wait <= seconds(kLongestWait) ? wait : std::nullopt;
}

Result<HubHead> HubClient::get(const Url& url, const HttpFields& fields,
                               const HubReceiver& receiver) const {
  for (int attempt = 0;; ++attempt) {
    auto head = ask(url, fields, receiver);
    if (!head) return head;
    auto wait = retry_after(*head, attempt, system_clock().now());
    if (!wait) return head;
    if (!pause_(*wait)) return stopped();
  }
}

Result<HubHead> HubClient::ask(Url url, const HttpFields& fields,
                               const HubReceiver& receiver) const {
  HubHead head;
  for (int redirects = 0; redirects <= kMostRedirects; ++redirects) {
    head.status = 0;
    if (stop_.stop_requested()) return stopped();
    auto location = hop(url, fields, receiver, head);
    if (!location) return std::unexpected(location.error());
    if (location->empty()) return head;
    auto next = follow_location(url, *location);
    if (!next) return std::unexpected(next.error());
    url = std::move(*next);
  }
  return fail(ErrorCode::kInvalid,
              "the hub redirects more than " + std::to_string(kMostRedirects) + " times");
}

Result<std::pair<HubHead, std::string>> HubClient::get_text(const Url& url) const {
  std::string text;
  HubReceiver receiver;
  receiver.begin = [](const HubHead&) { return Status(); };
  receiver.data = [&text](std::string_view piece) -> Status {
    if (text.size() + piece.size() > kMostText) {
      return fail(ErrorCode::kTooLarge, "the hub's answer is too long");
    }
    text += piece;
    return {};
  };
  auto head = get(url, {{"Accept", "application/json"}}, receiver);
  if (!head) return std::unexpected(head.error());
  return std::pair(std::move(*head), std::move(text));
}

Error explain_refusal(const HubHead& head, const std::string& what, const std::string& token_name) {
  const std::string status = " (status " + std::to_string(head.status) + ")";
  switch (head.status) {
    case 401:
    case 403:
      return {ErrorCode::kNotFound, "the hub does not give " + what +
                                        " to everybody, or has none: set " + token_name +
                                        " if it is a private or gated model" + status};
    case 404:
      return {ErrorCode::kNotFound, "the hub has no " + what + status};
    case 429: {
      auto seconds = parse_uint(head.retry_after);
      return {ErrorCode::kUnavailable,
              "the hub has had too many requests; come again " +
                  (seconds ? "in " + std::to_string(*seconds) + " s" : std::string("later")) +
                  status};
    }
    default:
      return {ErrorCode::kUnavailable, "the hub could not give " + what + " now" + status};
  }
}

}  // namespace lakeside::app
