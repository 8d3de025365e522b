// Hashes chunks on the pool while the coroutine that reads and writes them goes on.
#pragma once

#include <atomic>
#include <coroutine>
#include <memory>

#include "base/chunk.h"
#include "base/executor.h"
#include "services/oss/core/digests.h"

namespace lakeside::oss {

// One chunk at a time: `start`, and `co_await join()` before the next. MD5 of a full chunk takes
// over a millisecond, which is why it must not run on an event loop. The job owns the chunk and
// the state, so that a coroutine which fails between may just return.
class ChunkHasher {
 public:
  ChunkHasher(ThreadPool& pool, DigestPlan plan);

  // Hashes the chunk from `skip` on.
  void start(Chunk chunk, std::size_t skip = 0);

 private:
  struct Job;

 public:
  class Join {
   public:
    explicit Join(Job& job) : job_(job) {}
    [[nodiscard]] bool await_ready() const noexcept;
    bool await_suspend(std::coroutine_handle<> awaiter);
    Chunk await_resume();  // the chunk, hashed

   private:
    Job& job_;
  };
  [[nodiscard]] Join join() { return Join(*job_); }

  // Between join and start.
  [[nodiscard]] Digests& digests();

 private:
  struct Job {
    explicit Job(DigestPlan plan) : digests(plan) {}
    Digests digests;
    Chunk chunk;
    Executor* home = nullptr;
    // Null while hashing, then &done; or the address of the coroutine that waits.
    std::atomic<void*> waiter{nullptr};
    char done = 0;
  };

  ThreadPool& pool_;
  std::shared_ptr<Job> job_;
};

}  // namespace lakeside::oss
