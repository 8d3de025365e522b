#include "services/modelstudio/ops/result_lines.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/encoding.h"
#include "services/modelstudio/ops/runner_context.h"

namespace lakeside::modelstudio::ops {

ResultLines::ResultLines(JobStore& jobs, const LineWork& work, const Job& job,
                         const std::map<std::uint32_t, bool>& done, Which which,
                         std::optional<ObjectStream> input)
    : jobs_(jobs), work_(work), job_(job), done_(done), which_(which), at_(done.begin()) {
  if (input) input_.emplace(std::move(*input), kMaxLineBytes);
}

bool ResultLines::wants(bool ok) const {
  return which_ == Which::kAll || (which_ == Which::kOk) == ok;
}

Task<Result<std::size_t>> ResultLines::read(MutableBytes into) {
  if (given_ == text_.size()) {
    auto line = co_await next();
    if (!line) co_return std::unexpected(std::move(line.error()));
    if (!*line) co_return std::size_t{0};
    text_ = std::move(**line);
    text_ += '\n';
    given_ = 0;
  }
  std::size_t n = std::min(into.size(), text_.size() - given_);
  std::memcpy(into.data(), text_.data() + given_, n);
  given_ += n;
  co_return n;
}

Task<Result<std::optional<std::string>>> ResultLines::next() {
  if (input_) co_return co_await next_of_input();
  while (at_ != done_.end() && !wants(at_->second)) ++at_;
  if (at_ == done_.end()) co_return std::optional<std::string>();
  const std::uint32_t number = (at_++)->first;
  co_return co_await stored(number);
}

Task<Result<std::optional<std::string>>> ResultLines::next_of_input() {
  while (true) {
    auto line = co_await input_->next();
    if (!line || !*line) co_return line;
    if (trim(**line).empty()) continue;
    auto found = done_.find(input_->number());
    if (found == done_.end()) {
      if (!wants(false)) continue;
      co_return std::optional<std::string>(work_.left_out(job_, input_->number(), **line).text);
    }
    if (wants(found->second)) co_return co_await stored(found->first);
  }
}

Task<Result<std::optional<std::string>>> ResultLines::stored(std::uint32_t number) {
  auto result = co_await jobs_.line(job_.id, number);
  if (!result) co_return std::unexpected(std::move(result.error()));
  if (!*result) co_return fail(ErrorCode::kCorrupt, "the result of a line is missing");
  co_return std::optional<std::string>(std::move((*result)->text));
}

}  // namespace lakeside::modelstudio::ops
