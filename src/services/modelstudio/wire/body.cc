#include "services/modelstudio/wire/body.h"

#include <algorithm>

namespace lakeside::modelstudio::wire {
namespace {

// Nobody is left to read it, but for a client that frames its chunks wrongly.
WireError broken_body(Dialect dialect) {
  return to_wire(BadInput{"body", "The body of the request could not be read.", "invalid_body"},
                 dialect);
}

}  // namespace

Task<std::expected<std::string, WireError>> read_body(ByteSource& body, Dialect dialect) {
  constexpr std::size_t kStep = 16 << 10;
  std::uint64_t announced = body.length().value_or(0);
  if (announced > kMaxBody) co_return std::unexpected(too_large(kMaxBody, dialect));
  std::string text;
  std::size_t used = 0;
  while (true) {
    text.resize(std::max(text.size(), used + kStep));
    MutableBytes into{reinterpret_cast<std::byte*>(text.data()) + used, text.size() - used};
    auto n = co_await body.read(into);
    if (!n) co_return std::unexpected(broken_body(dialect));
    if (*n == 0) break;
    used += *n;
    if (used > kMaxBody) co_return std::unexpected(too_large(kMaxBody, dialect));
  }
  text.resize(used);
  co_return text;
}

}  // namespace lakeside::modelstudio::wire
