#include "services/modelstudio/wire/body.h"

#include <algorithm>

namespace lakeside::modelstudio::wire {
namespace {

// Nobody is left to read it, but for a client that frames its chunks wrongly.
WireError broken_body(Dialect dialect) {
  return to_wire(BadInput{"body", "The body of the request could not be read.", "invalid_body"},
                 dialect);
}

// Reads on without keeping it: a client that is cut off while it sends does not see the answer.
Task<void> discard(ByteSource& body) {
  constexpr std::uint64_t kMost = 256 << 20;
  std::string buffer(64 << 10, '\0');
  MutableBytes into{reinterpret_cast<std::byte*>(buffer.data()), buffer.size()};
  for (std::uint64_t done = 0; done < kMost;) {
    auto n = co_await body.read(into);
    if (!n || *n == 0) break;
    done += *n;
  }
}

}  // namespace

Task<std::expected<std::string, WireError>> read_body(ByteSource& body, Dialect dialect) {
  constexpr std::size_t kStep = 16 << 10;
  std::string text;
  std::size_t used = 0;
  while (body.length().value_or(0) <= kMaxBody && used <= kMaxBody) {
    text.resize(std::max(text.size(), used + kStep));
    MutableBytes into{reinterpret_cast<std::byte*>(text.data()) + used, text.size() - used};
    auto n = co_await body.read(into);
    if (!n) co_return std::unexpected(broken_body(dialect));
    used += *n;
    if (*n > 0) continue;
    text.resize(used);
    co_return text;
  }
  text = {};
  co_await discard(body);
  co_return std::unexpected(too_large(kMaxBody, dialect));
}

}  // namespace lakeside::modelstudio::wire
