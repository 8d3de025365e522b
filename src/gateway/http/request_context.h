// What a connection needs while it has a request, lent to it by its worker.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "gateway/http/body_reader.h"
#include "gateway/http/head_parser.h"
#include "gateway/http/message.h"
#include "gateway/http/read_buffer.h"

namespace lakeside::http {

struct RequestContext {
  using Instant = std::chrono::steady_clock::time_point;

  ReadBuffer buffer;
  HeadScanner scanner;
  Refusal refusal{};
  Framing framing;
  Request request;
  std::optional<BodyReader> body;
  std::string head_out;
  bool keep_alive = false;
  Instant started;
  std::optional<Instant> answered;  // where head and body do not go out together
};

}  // namespace lakeside::http
