#include "services/modelstudio/core/part_chain.h"

#include "base/encoding.h"

namespace lakeside::modelstudio {

Task<Result<std::size_t>> PartChain::read(MutableBytes into) {
  while (true) {
    if (reader_) {
      auto n = co_await reader_->read(into);
      if (n && *n > 0 && hasher_) hasher_->update(into.first(*n));
      if (!n || *n > 0) co_return n;
      reader_.reset();
      stream_.reset();
    }
    if (next_ == names_.size()) co_return std::size_t{0};
    auto opened = co_await objects_.open(names_[next_], 0);
    if (!opened) co_return fail(ErrorCode::kNotFound, "a part: " + opened.error().internal);
    ++next_;
    stream_ = std::move(*opened);
    reader_.emplace(*stream_->data, stream_->bytes);
  }
}

std::string PartChain::md5() {
  if (!hasher_) return {};
  const std::string digest = hasher_->finish();
  return hex_lower(as_bytes(digest));
}

}  // namespace lakeside::modelstudio
