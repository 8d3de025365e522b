// The bytes of a response's head, and the rules for its body. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/http/message.h"

namespace lakeside::http {

// How a response's body travels.
struct BodyPlan {
  enum class Coding { kNone, kLength, kChunked, kUntilClose };
  Coding coding = Coding::kNone;
  std::optional<std::uint64_t> announced;  // Content-Length
  bool send_body = false;                  // false: HEAD, 204, 304
};

// `http10`: the client cannot read chunks.
[[nodiscard]] BodyPlan plan_body(const Response& response, bool head_request, bool http10);

struct HeadContext {
  std::string_view server_name;
  std::string_view date;
  bool http10 = false;
  bool keep_alive = true;
};

// Replaces `out`.
void write_response_head(std::string& out, const Response& response, const BodyPlan& plan,
                         const HeadContext& context);

[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace lakeside::http
