// The bytes of a request's head → RequestHead and the rules for its body. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string_view>

#include "gateway/http/message.h"
#include "gateway/http/refusal.h"

namespace lakeside::http {

// Finds where a head ends while its bytes arrive, looking at every byte once. It refuses at
// once what could be read in two ways: NUL, a CR or LF alone, a folded header line.
class HeadScanner {
 public:
  enum class Outcome { kIncomplete, kComplete, kMalformed };

  // `bytes`: everything since the head's first byte, so the same beginning each time.
  Outcome scan(std::string_view bytes);
  // When complete: the head without the empty lines before it, with the one behind it.
  [[nodiscard]] std::size_t begin() const { return begin_; }
  [[nodiscard]] std::size_t end() const { return line_; }

 private:
  std::size_t begin_ = 0;     // first byte of the request line
  std::size_t line_ = 0;      // first byte of the line that is being looked at
  std::size_t searched_ = 0;  // no line feed between line_ and here
};

// How the connection goes on behind the head.
struct Framing {
  enum class Body { kNone, kLength, kChunked };
  Body body = Body::kNone;
  std::uint64_t content_length = 0;
  bool http10 = false;
  bool keep_alive = true;
  bool expect_continue = false;
};

struct HeadLimits {
  std::size_t header_count;
  std::uint64_t body_bytes;
};

// `head`: what HeadScanner found; it must outlive `into`, whose old content is replaced.
[[nodiscard]] std::expected<Framing, Refusal> parse_head(std::string_view head,
                                                         const HeadLimits& limits,
                                                         RequestHead& into);

}  // namespace lakeside::http
