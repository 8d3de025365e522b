#include "app/console_service.h"

#include <array>

#include "base/crypto.h"
#include "base/encoding.h"
#include "gateway/auth/authenticate.h"
#include "services/oss/wire/addressing.h"

namespace lakeside::app {
namespace {

using gateway::Action;
using gateway::Call;
using gateway::OperationInfo;
using gateway::Step;

constexpr std::array<OperationInfo, 1> kOperations = {
    {{"GetConsole", "lakeside:GetConsole", "lakeside", true}}};
constexpr std::string_view kAssets = "/_lakeside/console/";
constexpr std::size_t kNonceLength = 32;

http::Response refusal(int status, std::string text, std::string error_code) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(text);
  response.error_code = std::move(error_code);
  return response;
}

// Writes `value` wherever `place` is in the page.
void fill_in(std::string& page, std::string_view place, std::string_view value) {
  for (std::size_t at = page.find(place); at != std::string::npos;
       at = page.find(place, at + value.size())) {
    page.replace(at, place.size(), value);
  }
}

// Nothing from elsewhere, no script but the page's own, in no frame. Objects are at this origin,
// too: 'self' would let them be scripts. Ant Design writes its styles when they are needed.
std::string content_policy(std::string_view nonce) {
  const std::string own = "'nonce-" + std::string(nonce) + "'";
  return "default-src 'none'; script-src " + own + "; style-src " + own +
         "; img-src 'self' blob:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; "
         "frame-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

void add_common_headers(http::HeaderBlock& headers) {
  headers.add("X-Content-Type-Options", "nosniff");
  headers.add("Referrer-Policy", "no-referrer");
  headers.add("Cross-Origin-Resource-Policy", "same-origin");
}

// Whether "gzip, br;q=0.9" names `coding` and does not rule it out.
bool accepts(const http::RequestHead& head, std::string_view coding) {
  std::string_view list = head.header("Accept-Encoding").value_or("");
  while (!list.empty()) {
    std::string_view item = list.substr(0, list.find(','));
    list.remove_prefix(std::min(item.size() + 1, list.size()));
    std::string_view weight;
    if (std::size_t at = item.find(';'); at != std::string_view::npos) {
      weight = trim(item.substr(at + 1));
      item = item.substr(0, at);
    }
    item = trim(item);
    if (item != coding && item != "*") continue;
    return weight.empty() || weight.find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

bool has_etag(const http::RequestHead& head, std::string_view etag) {
  return head.header("If-None-Match").value_or("").find(etag) != std::string_view::npos;
}

class ConsoleService final : public gateway::Service {
 public:
  ConsoleService(ConsoleFiles files, ConsoleOptions options)
      : files_(files), options_(std::move(options)) {}

  [[nodiscard]] std::string_view name() const override { return "console"; }
  [[nodiscard]] std::span<const OperationInfo> operations() const override { return kOperations; }

  std::unique_ptr<Call> begin(http::Request& request) override {
    return std::make_unique<Call>(request);
  }

  Step route(Call& call) override {
    const http::RequestHead& head = call.request.head;
    if (head.method != "GET" && head.method != "HEAD") {
      return std::unexpected(
          refusal(405, "This method is not allowed here.\n", "MethodNotAllowed"));
    }
    if (head.raw_path != "/" && find(head.raw_path) == nullptr) {
      // An old page asks for what an update has taken away.
      return std::unexpected(refusal(404, "There is nothing here.\n", "NotFound"));
    }
    call.operation = kOperations.data();
    return {};
  }

  // What is here is the same for everybody.
  std::expected<auth::Identity, auth::AuthError> authenticate(
      Call&, const gateway::Credentials&) override {
    return auth::Identity{};
  }
  http::Response reject(Call&, const auth::AuthError& error) override {
    return refusal(403, error.message + "\n", "AccessDenied");
  }
  Task<http::Response> preflight(Call&) override {
    co_return refusal(403, "No other site may use this.\n", "AccessForbidden");
  }
  Task<std::expected<std::unique_ptr<Action>, http::Response>> decode(Call& call) override;
  Task<Step> authorise(Call&, const Action&) override { co_return Step{}; }
  void finish(const Call&, http::Response&) override {}

  [[nodiscard]] const ConsoleAsset* find(std::string_view path) const {
    for (const ConsoleAsset& asset : files_.assets) {
      if (asset.path == path) return &asset;
    }
    return nullptr;
  }
  [[nodiscard]] http::Response page() const;
  [[nodiscard]] static http::Response asset(const ConsoleAsset& asset,
                                            const http::RequestHead& head);

 private:
  const ConsoleFiles files_;
  const ConsoleOptions options_;
};

// Small, and never the same twice: not kept by anybody.
http::Response ConsoleService::page() const {
  const std::string nonce = random_alphanumeric(kNonceLength);
  std::string text(files_.page);
  fill_in(text, "__NONCE__", nonce);
  fill_in(text, "__REGION__", options_.region);
  fill_in(text, "__VERSION__", options_.version);
  http::Response response;
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.headers.add("Cache-Control", "no-store");
  response.headers.add("Content-Security-Policy", content_policy(nonce));
  response.headers.add("X-Frame-Options", "DENY");
  response.headers.add("Cross-Origin-Opener-Policy", "same-origin");
  response.headers.add("Vary", "Accept, Authorization");
  add_common_headers(response.headers);
  response.content_length = text.size();
  response.body = std::move(text);
  return response;
}

http::Response ConsoleService::asset(const ConsoleAsset& asset, const http::RequestHead& head) {
  http::Response response;
  response.headers.add("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.add("ETag", "\"" + std::string(asset.etag) + "\"");
  response.headers.add("Vary", "Accept-Encoding");
  add_common_headers(response.headers);
  if (has_etag(head, asset.etag)) {
    response.status = 304;
    return response;
  }
  const bool brotli = accepts(head, "br");
  if (!brotli && !accepts(head, "gzip")) {
    return refusal(406, "This is served as br or gzip only.\n", "NotAcceptable");
  }
  response.headers.add("Content-Type", asset.content_type);
  response.headers.add("Content-Encoding", brotli ? "br" : "gzip");
  std::string_view bytes = brotli ? asset.brotli : asset.gzip;
  response.content_length = bytes.size();
  response.body = SharedText(nullptr, bytes);
  return response;
}

class ConsoleAction final : public Action {
 public:
  explicit ConsoleAction(const ConsoleService& service) : service_(service) {}

  Task<http::Response> run(Call& call) override {
    const http::RequestHead& head = call.request.head;
    const ConsoleAsset* asset = service_.find(head.raw_path);
    if (asset == nullptr) co_return service_.page();
    co_return ConsoleService::asset(*asset, head);
  }

 private:
  const ConsoleService& service_;
};

Task<std::expected<std::unique_ptr<Action>, http::Response>> ConsoleService::decode(Call&) {
  co_return std::make_unique<ConsoleAction>(*this);
}

}  // namespace

std::unique_ptr<gateway::Service> make_console_service(ConsoleFiles files, ConsoleOptions options) {
  return std::make_unique<ConsoleService>(files, std::move(options));
}

bool is_console_origin(const http::RequestHead& head, const std::vector<std::string>& domains) {
  const std::string host = oss::wire::host_name(head.header("Host").value_or(""));
  return oss::wire::read_host(host, domains).bucket.empty();
}

bool is_console_request(const http::RequestHead& head, const std::vector<std::string>& domains) {
  if (head.raw_path.starts_with(kAssets)) return true;
  return head.raw_path == "/" && head.raw_query.empty() &&
         (head.method == "GET" || head.method == "HEAD") &&
         head.header("Accept").value_or("").find("text/html") != std::string_view::npos &&
         auth::claimed_scheme(head) == auth::Scheme::kAnonymous && is_console_origin(head, domains);
}

}  // namespace lakeside::app
