#include "gateway/http/connection.h"

#include <cassert>

#include "base/log.h"
#include "gateway/http/response_writer.h"
#include "gateway/http/worker.h"

namespace lakeside::http {
namespace {

// Room behind a head for the framing of a chunked body.
constexpr std::size_t kFramingSpace = 4 << 10;
// A pipelining client that never lets the loop wait counts as busy after 64 requests.
constexpr std::size_t kRequestCharge = 64 << 10;
// A client that is refused may still be sending; what it sends is read for this long so
// that the response is not lost in a reset.
constexpr std::chrono::seconds kLingerTime{5};
constexpr std::uint64_t kLingerLimit = 16 << 20;

std::chrono::microseconds since(RequestContext::Instant then, RequestContext::Instant now) {
  return std::chrono::duration_cast<std::chrono::microseconds>(now - then);
}

}  // namespace

Connection::Connection(Worker& worker, int fd, std::string peer)
    : worker_(worker),
      channel_(worker.loop(), fd, worker.ticks(),
               worker.shared().tls ? &*worker.shared().tls : nullptr),
      peer_(std::move(peer)) {}

Connection::~Connection() = default;

Task<void> Connection::run() {
  const Limits& limits = worker_.shared().options.limits;
  channel_.set_deadline(limits.head_timeout);
  for (Io io = channel_.handshake(); !io.done(); io = channel_.handshake()) {
    if (!io.blocked()) {
      worker_.shared().counters.handshake_failures.add();
      co_return;
    }
    co_await channel_.ready(io);
  }
  bool open = true;
  while (open) {
    if (!context_ && !channel_.has_pending()) {
      if (worker_.stopping()) break;
      channel_.set_deadline(limits.idle_timeout);
      idle_ = true;
      co_await channel_.readable();
      idle_ = false;
      if (channel_.aborted()) break;
    }
    open = co_await serve_one();
    context_->buffer.reset();
    if (context_->buffer.empty()) worker_.take_back(std::move(context_));
    co_await channel_.fair();
  }
}

Task<bool> Connection::serve_one() {
  if (!context_) context_ = worker_.lend();
  context_->scanner = {};
  channel_.charge(kRequestCharge);
  channel_.set_deadline(worker_.shared().options.limits.head_timeout);
  HeadState state = advance_head();
  while (state == HeadState::kIncomplete) {
    Io io = receive_head();
    if (io.done()) {
      state = advance_head();
    } else if (io.blocked()) {
      if (context_->buffer.empty()) co_return true;  // nothing came after all
      co_await channel_.ready(io);
    } else {
      note_head_timeout();
      co_return false;
    }
  }
  channel_.clear_deadline();
  if (state == HeadState::kRefused) {
    co_await refuse(context_->refusal);
    co_return false;
  }
  begin_request();
  Response response = co_await worker_.shared().handler.handle(context_->request);
  bool open = co_await respond(response);
  channel_.when_ended(nullptr);
  co_return open;
}

// --- the head ---------------------------------------------------------------------------

Io Connection::receive_head() {
  ReadBuffer& buffer = context_->buffer;
  if (buffer.space().empty()) buffer.reserve(2 * buffer.capacity());
  Io io = channel_.read(buffer.space());
  if (io.done()) buffer.filled(io.bytes);
  return io;
}

Connection::HeadState Connection::advance_head() {
  const Limits& limits = worker_.shared().options.limits;
  RequestContext& c = *context_;
  std::string_view bytes = c.buffer.unread();
  HeadScanner::Outcome outcome = c.scanner.scan(bytes);
  if (outcome == HeadScanner::Outcome::kMalformed) return refused(Refusal::kMalformed);
  bool complete = outcome == HeadScanner::Outcome::kComplete;
  if ((complete ? c.scanner.end() : bytes.size()) > limits.head_bytes) {
    return refused(Refusal::kHeadTooLarge);
  }
  if (!complete) return HeadState::kIncomplete;

  c.buffer.reserve(bytes.size() + kFramingSpace);  // from here on views point into it
  std::string_view head =
      c.buffer.unread().substr(c.scanner.begin(), c.scanner.end() - c.scanner.begin());
  c.buffer.pin(c.scanner.end());
  auto framing = parse_head(head, {limits.header_count, limits.body_bytes}, c.request.head);
  if (!framing) return refused(framing.error());
  c.framing = *framing;
  return HeadState::kComplete;
}

Connection::HeadState Connection::refused(Refusal refusal) {
  context_->refusal = refusal;
  return HeadState::kRefused;
}

void Connection::note_head_timeout() {
  if (!channel_.expired()) return;
  worker_.shared().counters.refusals[static_cast<std::size_t>(Refusal::kHeadTimeout)]->add();
}

void Connection::begin_request() {
  RequestContext& c = *context_;
  const Limits& limits = worker_.shared().options.limits;
  c.started = std::chrono::steady_clock::now();
  c.answered.reset();
  c.body.emplace(channel_, c.buffer, c.framing,
                 BodyLimits{limits.body_bytes, limits.stall_timeout});
  c.request.id = worker_.request_ids().next();
  c.request.peer = peer_;
  c.request.tls = channel_.encrypted();
  c.request.received = system_clock().now();
  c.request.body = &*c.body;
  c.request.departure = this;
}

// --- the response -----------------------------------------------------------------------

Task<bool> Connection::respond(Response& response) {
  RequestContext& c = *context_;
  if (c.body->owes_continue()) co_await c.body->send_continue();
  ResponseWriter writer(channel_, worker_.shared().options.limits.stall_timeout);
  auto* source = std::get_if<std::unique_ptr<SegmentSource>>(&response.body);
  BodyPlan plan = plan_response(response);
  bool sent = false;
  if (source && plan.send_body) {
    sent = co_await send_source(writer, response, plan);
  } else {
    make_head(response, plan);
    sent = co_await writer.send_text(c.head_out, text_body(response, plan));
  }
  if (channel_.expired()) worker_.shared().counters.stalls.add();
  finish(response, writer.body_bytes(), !sent);
  if (!sent) {
    channel_.abort();
    co_return false;
  }
  if (c.keep_alive) {
    bool at_next_request = c.body->complete();
    if (!at_next_request) at_next_request = co_await c.body->drain();
    co_return at_next_request;
  }
  if (!c.body->complete() || !c.buffer.empty()) {
    co_await linger();
  } else {
    channel_.close_write();
  }
  co_return false;
}

BodyPlan Connection::plan_response(const Response& response) {
  RequestContext& c = *context_;
  BodyPlan plan = plan_body(response, c.request.head.method == "HEAD", c.framing.http10);
  c.keep_alive = c.framing.keep_alive && !response.close && !worker_.stopping() &&
                 plan.coding != BodyPlan::Coding::kUntilClose &&
                 (c.body->complete() || c.body->drainable());
  return plan;
}

std::string_view Connection::text_body(const Response& response, const BodyPlan& plan) {
  return plan.send_body ? response.text().value_or(std::string_view()) : std::string_view();
}

void Connection::make_head(const Response& response, const BodyPlan& plan) {
  RequestContext& c = *context_;
  HeadContext context{.server_name = worker_.shared().options.server_name,
                      .date = worker_.date(c.request.received),
                      .http10 = c.framing.http10,
                      .keep_alive = c.keep_alive};
  write_response_head(c.head_out, response, plan, context);
}

// The first piece is fetched before the head goes out: head and a small body then share a
// packet, and a body that fails at once can still be answered with an error.
Task<bool> Connection::send_source(ResponseWriter& writer, Response& response, BodyPlan plan) {
  auto source = std::move(std::get<std::unique_ptr<SegmentSource>>(response.body));
  Result<std::optional<Segment>> first = co_await source->next();
  if (!first) {
    log_failure(first.error());
    response = refusal_response(Refusal::kHandlerFailed, context_->request.id);
    plan = plan_response(response);
    make_head(response, plan);
    co_return co_await writer.send_text(context_->head_out, text_body(response, plan));
  }
  make_head(response, plan);
  context_->answered = std::chrono::steady_clock::now();
  Status sent = co_await writer.send_stream(context_->head_out, std::move(*first), *source, plan);
  if (!sent) log_failure(sent.error());
  co_return sent.has_value();
}

void Connection::log_failure(const Error& error) {
  bool clients_doing = error.code == ErrorCode::kDisconnected || error.code == ErrorCode::kTimeout;
  log(clients_doing ? LogLevel::kDebug : LogLevel::kWarn, "response cut short",
      {{"request_id", context_->request.id},
       {"error", std::string(to_string(error.code))},
       {"detail", error.detail}});
}

void Connection::finish(const Response& response, std::uint64_t bytes_out, bool aborted) {
  RequestContext& c = *context_;
  RequestContext::Instant now = std::chrono::steady_clock::now();
  Exchange exchange{.status = response.status,
                    .bytes_in = c.body->bytes(),
                    .bytes_out = bytes_out,
                    .first_byte = since(c.started, c.answered.value_or(now)),
                    .total = since(c.started, now),
                    .aborted = aborted};
  count_bytes();
  worker_.shared().handler.finished(c.request, response, exchange);
}

void Connection::count_bytes() {
  Counters& counters = worker_.shared().counters;
  counters.bytes_in.add(channel_.take_bytes_in());
  counters.bytes_out.add(channel_.take_bytes_out());
}

// --- refusing ---------------------------------------------------------------------------

Response Connection::refusal_response(Refusal refusal, std::string_view id) {
  worker_.shared().counters.refusals[static_cast<std::size_t>(refusal)]->add();
  Response response;
  response.status = describe(refusal).status;
  response.headers.add("Content-Type", "application/xml");
  response.body = refusal_body(refusal, id);
  response.error_code = describe(refusal).code;
  response.close = true;
  return response;
}

Task<void> Connection::refuse(Refusal refusal) {
  RequestContext& c = *context_;
  c.keep_alive = false;
  c.request.received = system_clock().now();
  Response response = refusal_response(refusal, worker_.request_ids().next());
  BodyPlan plan = plan_body(response, false, false);
  make_head(response, plan);
  ResponseWriter writer(channel_, worker_.shared().options.limits.stall_timeout);
  bool sent = co_await writer.send_text(c.head_out, text_body(response, plan));
  count_bytes();
  if (sent) co_await linger();
}

Task<void> Connection::linger() {
  channel_.close_write();
  channel_.set_deadline(kLingerTime);
  std::uint64_t discarded = 0;
  while (discarded < kLingerLimit) {
    Io io = channel_.discard();
    if (io.blocked()) {
      co_await channel_.ready(io);
    } else if (!io.done()) {
      break;
    }
    discarded += io.bytes;
    co_await channel_.fair();
  }
  channel_.clear_deadline();
}

}  // namespace lakeside::http
