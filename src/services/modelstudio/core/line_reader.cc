#include "services/modelstudio/core/line_reader.h"

#include <utility>

namespace lakeside::modelstudio {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;

std::string without_return(std::string line) {
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

}  // namespace

Task<Result<std::optional<std::string>>> LineReader::next() {
  std::size_t searched = at_;
  while (true) {
    std::size_t end = buffer_.find('\n', searched);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(at_, end - at_);
      at_ = end + 1;
      ++number_;
      co_return std::optional<std::string>(without_return(std::move(line)));
    }
    buffer_.erase(0, at_);
    at_ = 0;
    if (ended_) break;
    if (buffer_.size() > most_) co_return fail(ErrorCode::kTooLarge, "a line is too long");
    const std::size_t used = buffer_.size();
    searched = used;
    buffer_.resize(used + kReadBytes);
    MutableBytes into{reinterpret_cast<std::byte*>(buffer_.data()) + used, kReadBytes};
    auto n = co_await bytes_.read(into);
    buffer_.resize(used + n.value_or(0));
    if (!n) co_return std::unexpected(std::move(n.error()));
    if (*n == 0) ended_ = true;
  }
  if (buffer_.empty()) co_return std::optional<std::string>();
  ++number_;
  std::string line = std::exchange(buffer_, {});
  co_return std::optional<std::string>(without_return(std::move(line)));
}

}  // namespace lakeside::modelstudio
