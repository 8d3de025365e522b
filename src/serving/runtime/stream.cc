#include "serving/runtime/stream.h"

#include <utility>

namespace lakeside::serving {

void Stream::push(Delta piece, const Usage& usage) {
  {
    std::lock_guard lock(mutex_);
    pieces_.push_back(std::move(piece));
    waiting_ = pieces_.size();
    usage_ = usage;
  }
  changed_.set();
}

void Stream::end(FinishReason reason, const Usage& usage) {
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
    reason_ = reason;
    usage_ = usage;
  }
  changed_.set();
}

void Stream::fail(ModelError error, const Usage& usage) {
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
    error_ = std::move(error);
    usage_ = usage;
  }
  changed_.set();
}

std::optional<ModelResult<std::optional<Delta>>> Stream::take() {
  std::lock_guard lock(mutex_);
  if (cancelled_) return std::optional<Delta>();
  if (!pieces_.empty()) {
    std::optional<Delta> piece = std::move(pieces_.front());
    pieces_.pop_front();
    // Decided under the lock: a reader that looked before the piece that filled the pipe came would
    // raise nothing, and the model would wait for ever.
    if (waiting_.exchange(pieces_.size()) >= kMaxPieces) signal_->raise();
    return piece;
  }
  if (!ended_) return std::nullopt;
  if (error_) return std::unexpected(*error_);
  return std::optional<Delta>();
}

Task<ModelResult<std::optional<Delta>>> Stream::next() {
  while (true) {
    auto taken = take();
    if (taken) co_return std::move(*taken);
    co_await changed_.wait();
  }
}

void Stream::cancel() {
  cancelled_ = true;
  signal_->raise();
  changed_.set();
}

FinishReason Stream::finish_reason() const {
  std::lock_guard lock(mutex_);
  return reason_;
}

Usage Stream::usage() const {
  std::lock_guard lock(mutex_);
  return usage_;
}

}  // namespace lakeside::serving
