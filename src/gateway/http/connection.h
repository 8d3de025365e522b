// One client's connection: its requests, one after the other.
#pragma once

#include <memory>
#include <string>

#include "gateway/http/channel.h"
#include "gateway/http/head_parser.h"
#include "gateway/http/message.h"
#include "gateway/http/request_context.h"
#include "gateway/http/response_head.h"

namespace lakeside::http {

class Worker;
class ResponseWriter;

// Made and destroyed by its worker, on whose loop everything here runs. An idle one holds no
// buffer: that, and everything else a request needs, is lent by the worker.
class Connection final : private Departure {
 public:
  Connection(Worker& worker, int fd, std::string peer);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Ends when the connection may be destroyed.
  Task<void> run();

  void check_deadline() { channel_.check_deadline(); }
  // Ends at once what waits for the client. A handler that runs is not interrupted.
  void abort() { channel_.abort(); }
  // Waits for a request's first byte.
  [[nodiscard]] bool idle() const { return idle_; }

  Connection* next = nullptr;  // the worker's list
  Connection* previous = nullptr;

 private:
  void watch(std::move_only_function<void()> leave) override {
    channel_.when_ended(std::move(leave));
  }

  enum class HeadState { kIncomplete, kComplete, kRefused };

  Task<bool> serve_one();
  Io receive_head();
  HeadState advance_head();
  HeadState refused(Refusal refusal);
  void note_head_timeout();
  void begin_request();

  Task<bool> respond(Response& response);
  // Decides also whether the connection is kept.
  BodyPlan plan_response(const Response& response);
  static std::string_view text_body(const Response& response, const BodyPlan& plan);
  void make_head(const Response& response, const BodyPlan& plan);
  Task<bool> send_source(ResponseWriter& writer, Response& response, BodyPlan plan);
  void log_failure(const Error& error);
  void finish(const Response& response, std::uint64_t bytes_out, bool aborted);
  void count_bytes();

  Response refusal_response(Refusal refusal, std::string_view id);
  Task<void> refuse(Refusal refusal);
  Task<void> linger();

  Worker& worker_;
  Channel channel_;
  std::string peer_;
  std::unique_ptr<RequestContext> context_;
  bool idle_ = false;
};

}  // namespace lakeside::http
