#include "gateway/pipeline/pipeline.h"

#include <array>
#include <chrono>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/encoding.h"
#include "base/session_key.h"
#include "gateway/pipeline/access_log.h"
#include "gateway/pipeline/audited.h"
#include "gateway/pipeline/metered.h"

namespace lakeside::gateway {
namespace {

// What `finished` needs to know of a request that `handle` took.
struct Record {
  Service* service = nullptr;
  std::unique_ptr<Call> call;
};

// Who is not known has no trail: what strangers try, and are refused, is in the access log alone,
// so that nobody can push the calls of others out of a trail of bounded size.
bool leaves_event(const Call& call, int status) {
  return call.identity.principal.kind != Principal::Kind::kAnonymous || status < 400;
}

AuditEvent event_of(const Call& call, const http::Response& response, Time now) {
  const http::RequestHead& head = call.request.head;
  AuditEvent event;
  event.at = now;
  event.request_id = call.request.id;
  event.source = head.header("host").value_or("");
  event.name = call.operation->name;
  event.write = !is_read(event.name);
  event.caller = call.identity.principal;
  event.caller.grants = nullptr;
  event.account_id = event.caller.account_id;
  event.peer = call.request.peer;
  event.user_agent = head.header("user-agent").value_or("");
  event.tls = call.request.tls;
  event.error_code = response.error_code;
  return event;
}

bool is_preflight(const http::RequestHead& head) {
  return head.method == "OPTIONS" && head.header("Origin") &&
         head.header("Access-Control-Request-Method");
}

// Sessions are as many as somebody likes, and each would be a series of its own; whose they are,
// the caller's id says.
std::string_view metered_key(const Principal& caller) {
  if (is_session_key(caller.access_key_id)) return kSessionKeys;
  return caller.access_key_id;
}

// By default: the caller's, on nothing in particular.
MeteredCall metered_call(const Call& call, const http::Exchange& exchange, Time now) {
  const Principal& caller = call.identity.principal;
  std::string_view method = call.request.head.method;
  return {.at = now,
          .account_id = caller.account_id,
          .access_key_id = metered_key(caller),
          .caller_id = caller.id,
          .write = method != "GET" && method != "HEAD",
          .failed = exchange.status >= 400,
          .received = exchange.bytes_in,
          .sent = exchange.bytes_out};
}

std::string_view service_name(const Service& service, const OperationInfo* operation) {
  bool named = operation != nullptr && !operation->service.empty();
  return named ? operation->service : service.name();
}

http::Response no_such_service() {
  http::Response response;
  response.status = 404;
  response.headers.add("Content-Type", "text/plain");
  response.body = std::string("No service of this cloud answers here.\n");
  response.error_code = "NoSuchService";
  return response;
}

}  // namespace

struct Pipeline::Meters {
  struct Operation {
    std::array<Counter*, 6> by_status{};  // [status / 100]
    Counter* bytes_in;
    Counter* bytes_out;
    Histogram* seconds;
    AuditKind audit = AuditKind::kNone;
    const Audited* audited = nullptr;
    const Metered* metered = nullptr;
  };

  Operation make(Metrics& metrics, std::string_view service, std::string_view operation) {
    std::string labels =
        "service=\"" + std::string(service) + "\",operation=\"" + std::string(operation) + "\"";
    Operation meters{};
    for (std::size_t i = 1; i < meters.by_status.size(); ++i) {
      meters.by_status[i] = &metrics.counter("lakeside_requests_total", "Requests answered.",
                                             labels + ",status=\"" + std::to_string(i) + "xx\"");
    }
    meters.bytes_in =
        &metrics.counter("lakeside_request_bytes_total", "Bytes of request bodies.", labels);
    meters.bytes_out =
        &metrics.counter("lakeside_response_bytes_total", "Bytes of response bodies.", labels);
    meters.seconds = &metrics.histogram("lakeside_request_seconds",
                                        "From a request's head to its response's end.", labels);
    return meters;
  }

  std::unordered_map<const OperationInfo*, Operation> operations;
  Operation none;  // requests for which no implemented operation was found
};

Pipeline::Pipeline(const Router& router, const auth::KeySource& keys, const Clock& clock,
                   auth::AuthOptions auth_options, Metrics& metrics, AccessLog* access_log,
                   AuditSink* audit, MeterSink* meter)
    : router_(router),
      keys_(keys),
      clock_(clock),
      auth_options_(std::move(auth_options)),
      access_log_(access_log),
      audit_(audit),
      meter_(meter),
      meters_(std::make_unique<Meters>()) {
  for (const Route& route : router_.routes()) {
    const auto* audited = dynamic_cast<const Audited*>(route.service);
    for (const OperationInfo& operation : route.service->operations()) {
      if (!operation.implemented || meters_->operations.contains(&operation)) continue;
      auto meters =
          meters_->make(metrics, service_name(*route.service, &operation), operation.name);
      meters.audited = audited;
      if (audited != nullptr) meters.audit = audited->audit_kind(operation);
      meters.metered = dynamic_cast<const Metered*>(route.service);
      meters_->operations.emplace(&operation, meters);
    }
  }
  meters_->none = meters_->make(metrics, "none", "none");
}

Pipeline::~Pipeline() = default;

Task<http::Response> Pipeline::handle(http::Request& request) {
  Service* service = router_.find(request.head);
  if (service == nullptr) co_return no_such_service();

  auto record = std::make_shared<Record>();
  record->service = service;
  record->call = service->begin(request);
  request.context = record;

  http::Response response = co_await process(*service, *record->call);
  service->finish(*record->call, response);
  co_return response;
}

// The whole way of a request. Each step either goes on or answers.
Task<http::Response> Pipeline::process(Service& service, Call& call) {
  const http::RequestHead& head = call.request.head;
  if (is_preflight(head)) co_return co_await service.preflight(call);

  if (service.receives()) {
    Step received = co_await service.receive(call);
    if (!received) co_return std::move(received.error());
  }
  Step routed = service.route(call);
  if (!routed) co_return std::move(routed.error());

  const Time now = clock_.now();
  auto identity = service.authenticate(call, {keys_, now, auth_options_});
  if (!identity) co_return service.reject(call, identity.error());
  call.identity = std::move(*identity);
  if (key_noted_) note_key(call, now, service_name(service, call.operation));

  auto action = co_await service.decode(call);
  if (!action) co_return std::move(action.error());

  Step allowed = co_await service.authorise(call, **action);
  if (!allowed) co_return std::move(allowed.error());

  co_return co_await (*action)->run(call);
}

// Once a second for a key that calls one service again and again: nobody asks for a finer time.
void Pipeline::note_key(const Call& call, Time now, std::string_view service) const {
  struct Last {
    const Pipeline* pipeline = nullptr;
    std::chrono::sys_seconds second;
    std::string key;
    std::string service;
  };
  static thread_local Last last;
  const std::string& key = call.identity.principal.access_key_id;
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  if (key.empty() || (last.pipeline == this && last.second == second && last.key == key &&
                      last.service == service)) {
    return;
  }
  last.pipeline = this;
  last.second = second;
  last.key = key;
  last.service = service;
  key_noted_(key, now, service);
}

void Pipeline::finished(const http::Request& request, const http::Response& response,
                        const http::Exchange& exchange) {
  const auto* record = static_cast<const Record*>(request.context.get());
  const OperationInfo* operation = record != nullptr ? record->call->operation : nullptr;

  auto found = meters_->operations.find(operation);
  Meters::Operation& meters = found != meters_->operations.end() ? found->second : meters_->none;
  auto status_class = static_cast<std::size_t>(exchange.status) / 100;
  if (status_class >= 1 && status_class < meters.by_status.size()) {
    meters.by_status[status_class]->add();
  }
  meters.bytes_in->add(exchange.bytes_in);
  meters.bytes_out->add(exchange.bytes_out);
  meters.seconds->observe(std::chrono::duration<double>(exchange.total).count());

  const bool data = meters.audit == AuditKind::kData;
  if (audit_ != nullptr && meters.audit != AuditKind::kNone &&
      audit_->wants(data, meters.audited->denied(response)) &&
      leaves_event(*record->call, exchange.status)) {
    AuditEvent event = event_of(*record->call, response, clock_.now());
    event.data = data;
    meters.audited->describe(*record->call, response, event);
    const bool limited =
        event.caller.kind == Principal::Kind::kUser || event.caller.kind == Principal::Kind::kRole;
    event.by_anybody = (limited || data) && (exchange.status >= 400 || event.asked.empty());
    audit_->record(std::move(event));
  }

  if (meter_ != nullptr && record != nullptr && operation != nullptr) {
    MeteredCall call = metered_call(*record->call, exchange, clock_.now());
    call.service = service_name(*record->service, operation);
    if (meters.metered != nullptr) meters.metered->measure(*record->call, call);
    if (!call.account_id.empty()) meter_->record(call);
  }

  if (access_log_ == nullptr) return;
  AccessRecord access{};
  if (record != nullptr) {
    access.service = service_name(*record->service, operation);
    access.principal = record->call->identity.principal.name;
    access.access_key_id = record->call->identity.principal.access_key_id;
  }
  if (operation != nullptr) access.operation = operation->name;
  access_log_->add(request, response, exchange, access);
}

}  // namespace lakeside::gateway
