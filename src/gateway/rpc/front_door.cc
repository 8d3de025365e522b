#include "gateway/rpc/front_door.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/encoding.h"
#include "base/log.h"
#include "gateway/auth/rpc.h"
#include "gateway/pipeline/audited.h"
#include "gateway/pipeline/denial_log.h"
#include "gateway/rpc/audit.h"
#include "gateway/rpc/render.h"

namespace lakeside::rpc {
namespace {

using gateway::OperationInfo;

constexpr std::size_t kMaxBody = 1 << 20;
constexpr std::size_t kMaxParameters = 2000;

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

bool has_form(const http::RequestHead& head) {
  std::string_view type = head.header("content-type").value_or("");
  return equals_ignore_case(trim(type.substr(0, type.find(';'))), kForm);
}

// The vendor's host of an RPC product, "ram.aliyuncs.com" or "sts.REGION.aliyuncs.com"; those of
// buckets are BUCKET.oss-REGION.aliyuncs.com.
std::string_view product_of_host(std::string_view host) {
  host = host.substr(0, host.find(':'));
  constexpr std::string_view kDomain = ".aliyuncs.com";
  if (!host.ends_with(kDomain)) return {};
  host.remove_suffix(kDomain.size());
  std::string_view product = host.substr(0, host.find('.'));
  bool bucket =
      host.find(".oss-") != host.npos || product.starts_with("oss") || product.starts_with("s3");
  return bucket ? std::string_view() : product;
}

struct RpcCall final : gateway::Call {
  using Call::Call;

  std::string body;
  std::vector<http::QueryParam> form;
  Parameters parameters;
  bool acs3 = false;
  std::string_view action;  // as it was asked for
  std::string_view version;
  Product* product = nullptr;
  std::size_t index = 0;  // of its operation
  Format format = Format::kJson;
  std::string fault;  // its message, where the request failed

  [[nodiscard]] const http::RequestHead& head() const { return request.head; }
  [[nodiscard]] Invocation invocation(Time now) const {
    return {request, parameters, identity, now};
  }
};

http::Response respond(const RpcCall& call, int status, std::string text) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", content_type(call.format));
  response.body = std::move(text);
  return response;
}

http::Response fault_response(RpcCall& call, const Fault& fault) {
  call.fault = fault.message;
  if (!fault.internal.empty()) {
    log(LogLevel::kError, "an RPC request failed",
        {{"operation", std::string(call.action)},
         {"request_id", call.request.id},
         {"why", fault.internal}});
  }
  // The message names the resource and says why.
  gateway::log_denial({call.request.id, {}, {}, fault.message, fault.access_denied});
  FaultContext context{call.product == nullptr ? std::string_view() : call.product->name(),
                       call.request.id, call.head().header("host").value_or("")};
  http::Response response = respond(call, fault.status, render_fault(call.format, context, fault));
  response.error_code = fault.code;
  return response;
}

std::unexpected<http::Response> refuse(RpcCall& call, const Fault& fault) {
  return std::unexpected(fault_response(call, fault));
}

class RpcAction final : public gateway::Action {
 public:
  explicit RpcAction(const Clock& clock) : clock_(clock) {}
  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<RpcCall&>(base);
    Invocation invocation = call.invocation(clock_.now());
    Answer answer = co_await call.product->run(call.index, invocation);
    if (!answer) co_return fault_response(call, answer.error());
    std::string text = render_answer(call.format, call.operation->name, call.request.id, *answer);
    co_return respond(call, 200, std::move(text));
  }

 private:
  const Clock& clock_;
};

// Reads a body of at most kMaxBody bytes.
Task<std::expected<std::string, Fault>> read_body(ByteSource& source) {
  constexpr std::size_t kStep = 16 << 10;
  std::string text;
  std::size_t used = 0;
  while (source.length().value_or(0) <= kMaxBody && used <= kMaxBody) {
    text.resize(std::max(text.size(), used + kStep));
    MutableBytes into{reinterpret_cast<std::byte*>(text.data()) + used, text.size() - used};
    auto n = co_await source.read(into);
    if (!n) {
      co_return std::unexpected(Fault{400, "InvalidBody", "The body could not be read."});
    }
    used += *n;
    if (*n > 0) continue;
    text.resize(used);
    co_return text;
  }
  co_return std::unexpected(
      Fault{413, "RequestTooLarge", "The body of the request is longer than 1 MiB."});
}

class FrontDoor final : public gateway::Service, public gateway::Audited {
 public:
  FrontDoor(std::vector<Product*> products, const Clock& clock, std::chrono::seconds max_skew)
      : products_(std::move(products)), clock_(clock), nonces_(max_skew) {
    for (const Product* product : products_) {
      starts_.push_back(infos_.size());
      for (OperationInfo info : product->operations()) infos_.push_back(info);
    }
  }

  [[nodiscard]] std::string_view name() const override { return "openapi"; }
  [[nodiscard]] std::span<const OperationInfo> operations() const override { return infos_; }

  std::unique_ptr<gateway::Call> begin(http::Request& request) override {
    auto call = std::make_unique<RpcCall>(request);
    call->acs3 = auth::claims_acs3(request.head);
    return call;
  }

  [[nodiscard]] bool receives() const override { return true; }
  Task<gateway::Step> receive(gateway::Call& base) override {
    auto& call = static_cast<RpcCall&>(base);
    auto body = co_await read_body(*call.request.body);
    if (!body) co_return refuse(call, body.error());
    call.body = std::move(*body);
    if (has_form(call.head())) {
      auto form = http::parse_query(call.body);
      if (!form) {
        co_return refuse(call, {400, "InvalidBody", "The form of the request is malformed."});
      }
      call.form = std::move(*form);
    }
    if (call.head().query.size() + call.form.size() > kMaxParameters) {
      co_return refuse(call, {400, "InvalidParameter", "The request has too many parameters."});
    }
    call.parameters = Parameters(call.head().query, call.form);
    co_return gateway::Step{};
  }

  gateway::Step route(gateway::Call& base) override {
    auto& call = static_cast<RpcCall&>(base);
    choose_format(call);
    // Of a V1 request the headers are not signed: pop-core sends them, and they say nothing.
    call.action = named(call, "x-acs-action", "Action");
    call.version = named(call, "x-acs-version", "Version");
    if (call.action.empty()) return refuse(call, missing_parameter("Action"));
    if (call.version.empty()) return refuse(call, missing_parameter("Version"));
    if (auto fault = find_operation(call)) return refuse(call, *fault);
    std::vector<http::QueryParam> named;
    if (!call.product->is_at(call.index, call.head().method, call.head().raw_path, named)) {
      return refuse(call, {404, "InvalidAction.NotFound",
                           "Specified api is not found, please check your url and method."});
    }
    if (!named.empty()) {
      // What is in the path cannot be said again in the query.
      named.insert(named.end(), call.head().query.begin(), call.head().query.end());
      call.parameters = Parameters(named, call.form);
    }
    if (!call.body.empty() && !has_form(call.head())) {
      return refuse(call,
                    {415, "UnsupportedContentType",
                     "Parameters travel in the query or in a form: " + std::string(kForm) + "."});
    }
    return {};
  }

  std::expected<auth::Identity, auth::AuthError> authenticate(
      gateway::Call& base, const gateway::Credentials& credentials) override {
    auto& call = static_cast<RpcCall&>(base);
    auto identity = auth::authenticate_rpc({call.head(), call.form, call.body}, credentials.keys,
                                           nonces_, credentials.now, credentials.options);
    if (identity && identity->principal.kind == Principal::Kind::kAnonymous &&
        !call.product->open_to_all(call.index)) {
      auth::AuthError error{auth::AuthFault::kMalformed, {}};
      error.argument_name = "AccessKeyId";
      error.message = missing_parameter("AccessKeyId").message;
      return std::unexpected(std::move(error));
    }
    return identity;
  }

  http::Response reject(gateway::Call& base, const auth::AuthError& error) override {
    return fault_response(static_cast<RpcCall&>(base), to_fault(error));
  }

  Task<http::Response> preflight(gateway::Call& base) override {
    // An access key in a web page is everybody's key.
    co_return fault_response(static_cast<RpcCall&>(base),
                             {403, "Forbidden", "Web pages of other sites may not call this API."});
  }

  Task<std::expected<std::unique_ptr<gateway::Action>, http::Response>> decode(
      gateway::Call& base) override {
    auto& call = static_cast<RpcCall&>(base);
    if (!call.operation->implemented) {
      co_return refuse(call, {501, "NotImplemented",
                              std::string(call.operation->name) +
                                  " is an operation of this API that is not implemented here."});
    }
    co_return std::make_unique<RpcAction>(clock_);
  }

  Task<gateway::Step> authorise(gateway::Call& base, const gateway::Action&) override {
    auto& call = static_cast<RpcCall&>(base);
    auto denied = call.product->authorise(call.index, call.invocation(clock_.now()));
    if (denied) co_return refuse(call, *denied);
    co_return gateway::Step{};
  }

  void finish(const gateway::Call& base, http::Response& response) override {
    response.headers.add("x-acs-request-id", base.request.id);
  }

  [[nodiscard]] gateway::AuditKind audit_kind(const OperationInfo&) const override {
    return gateway::AuditKind::kManagement;
  }

  void describe(const gateway::Call& base, const http::Response&,
                AuditEvent& event) const override {
    const auto& call = static_cast<const RpcCall&>(base);
    event.service = call.product->name();
    event.api_version = call.product->version();
    event.parameters = audited_parameters(call.parameters);
    event.error_message = call.fault;
    event.asked = call.product->asked(call.index, call.invocation(event.at));
    if (event.asked.empty()) return;
    NamedResource named = resource_of(event.asked.front().second);
    event.resource_type = std::move(named.type);
    event.resource_name = std::move(named.name);
  }

 private:
  static std::string_view named(const RpcCall& call, std::string_view header,
                                std::string_view parameter) {
    std::string_view value = call.parameters.get(parameter);
    return call.acs3 ? call.head().header(header).value_or(value) : value;
  }

  // V1 answers XML unless it is told otherwise, V3 JSON.
  static void choose_format(RpcCall& call) {
    std::string_view wanted = call.parameters.get("Format");
    if (wanted.empty()) {
      call.format = call.acs3 ? Format::kJson : Format::kXml;
      if (call.acs3 && call.head().header("accept") == "application/xml") {
        call.format = Format::kXml;
      }
      return;
    }
    call.format = equals_ignore_case(wanted, "xml") ? Format::kXml : Format::kJson;
  }

  std::optional<Fault> find_operation(RpcCall& call) {
    std::string_view host = product_of_host(call.head().header("host").value_or(""));
    bool version_known = false;
    for (std::size_t i = 0; i < products_.size(); ++i) {
      Product& product = *products_[i];
      if (product.version() != call.version) continue;
      if (!host.empty() && !equals_ignore_case(host, product.name())) continue;
      version_known = true;
      call.product = &product;
      auto rows = product.operations();
      auto found = std::ranges::find(rows, call.action, &OperationInfo::name);
      if (found == rows.end()) continue;
      call.index = static_cast<std::size_t>(found - rows.begin());
      call.operation = &infos_[starts_[i] + call.index];
      return std::nullopt;
    }
    if (!version_known) {
      return Fault{400, "InvalidVersion", "Specified parameter Version is not valid."};
    }
    return Fault{404, "InvalidAction.NotFound",
                 "Specified api is not found, please check your url and method."};
  }

  const std::vector<Product*> products_;
  const Clock& clock_;
  auth::Nonces nonces_;
  std::vector<OperationInfo> infos_;  // of all products, one after another
  std::vector<std::size_t> starts_;
};

}  // namespace

bool is_rpc_request(const http::RequestHead& head) {
  if (auth::claims_acs3(head)) return true;
  if (head.raw_path != "/" || head.header("authorization")) return false;
  if (!product_of_host(head.header("host").value_or("")).empty()) return true;
  // V1. "Signature" alone is object storage's too, and so is any other parameter of a listing.
  if (head.has_param("OSSAccessKeyId") || head.has_param("AWSAccessKeyId")) return false;
  if (head.has_param("Action")) return head.has_param("Version") || head.has_param("AccessKeyId");
  // Object storage's forms are multipart/form-data, and what else is posted to it has a query.
  return head.method == "POST" && head.query.empty() && has_form(head);
}

std::unique_ptr<gateway::Service> make_front_door(std::vector<Product*> products,
                                                  const Clock& clock,
                                                  std::chrono::seconds max_skew) {
  return std::make_unique<FrontDoor>(std::move(products), clock, max_skew);
}

}  // namespace lakeside::rpc
