// The pipe of a reply from the model's thread to the coroutine that reads it.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "base/task.h"
#include "serving/model.h"
#include "serving/runtime/event.h"
#include "serving/runtime/signal.h"

namespace lakeside::serving {

class Stream {
 public:
  // Raises `signal` when there is room again and when the reader left.
  explicit Stream(std::shared_ptr<Signal> signal) : signal_(std::move(signal)) {}

  // ---- the model's thread ---------------------------------------------------------------
  // The reader is behind: its stream has to wait.
  [[nodiscard]] bool full() const { return waiting_ >= kMaxPieces; }
  [[nodiscard]] bool cancelled() const { return cancelled_; }
  void push(Delta piece, const Usage& usage);
  void end(FinishReason reason, const Usage& usage);
  void fail(ModelError error, const Usage& usage);

  // ---- the reader -----------------------------------------------------------------------
  Task<ModelResult<std::optional<Delta>>> next();
  // A pending next() returns the end.
  void cancel();
  [[nodiscard]] FinishReason finish_reason() const;
  [[nodiscard]] Usage usage() const;

 private:
  static constexpr std::size_t kMaxPieces = 64;
  // What next() returns; nothing where it must wait.
  std::optional<ModelResult<std::optional<Delta>>> take();

  const std::shared_ptr<Signal> signal_;
  std::atomic<std::size_t> waiting_{0};  // pieces_.size()
  std::atomic<bool> cancelled_{false};
  Event changed_;
  mutable std::mutex mutex_;
  std::deque<Delta> pieces_;
  bool ended_ = false;
  FinishReason reason_ = FinishReason::kStop;
  std::optional<ModelError> error_;
  Usage usage_;
};

}  // namespace lakeside::serving
