// Hashes chunks beside the coroutine that reads and writes them.
#pragma once

#include <coroutine>
#include <utility>

#include "base/chunk.h"
#include "services/oss/core/digests.h"

namespace lakeside::oss {

// One chunk at a time: `start`, and `co_await join()` before the next start and before the end of
// this. All on one executor; the MD5 is computed on the service's threads.
class ChunkHasher {
 public:
  ChunkHasher(Md5Service& service, DigestPlan plan) : service_(service), digests_(plan) {}
  ChunkHasher(const ChunkHasher&) = delete;
  ChunkHasher& operator=(const ChunkHasher&) = delete;

  void start(Chunk chunk);

  class Join {
   public:
    explicit Join(ChunkHasher& hasher) : hasher_(hasher) {}
    [[nodiscard]] bool await_ready() const noexcept { return hasher_.done_; }
    void await_suspend(std::coroutine_handle<> awaiter) { hasher_.awaiter_ = awaiter; }
    Chunk await_resume() { return std::move(hasher_.chunk_); }

   private:
    ChunkHasher& hasher_;
  };
  [[nodiscard]] Join join() { return Join(*this); }  // gives the chunk back

  // After join.
  [[nodiscard]] Digests& digests() { return digests_; }

 private:
  Md5Service& service_;
  Digests digests_;
  Chunk chunk_;
  bool done_ = true;
  std::coroutine_handle<> awaiter_;
};

}  // namespace lakeside::oss
