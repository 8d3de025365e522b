#include "services/oss/core/chunk_hasher.h"

#include <utility>

namespace lakeside::oss {

ChunkHasher::ChunkHasher(ThreadPool& pool, DigestPlan plan)
    : pool_(pool), job_(std::make_shared<Job>(plan)) {}

void ChunkHasher::start(Chunk chunk, std::size_t skip) {
  job_->chunk = std::move(chunk);
  job_->home = &Executor::current();
  job_->waiter.store(nullptr, std::memory_order_relaxed);
  pool_.submit([job = job_, skip] {
    job->digests.update(job->chunk.view().subspan(skip));
    Executor& home = *job->home;
    void* waiter = job->waiter.exchange(&job->done, std::memory_order_acq_rel);
    if (waiter != nullptr) home.post(std::coroutine_handle<>::from_address(waiter));
  });
}

bool ChunkHasher::Join::await_ready() const noexcept {
  return job_.waiter.load(std::memory_order_acquire) == &job_.done;
}

bool ChunkHasher::Join::await_suspend(std::coroutine_handle<> awaiter) {
  void* expected = nullptr;
  return job_.waiter.compare_exchange_strong(expected, awaiter.address(),
                                             std::memory_order_acq_rel);
}

Chunk ChunkHasher::Join::await_resume() { return std::move(job_.chunk); }

Digests& ChunkHasher::digests() { return job_->digests; }

}  // namespace lakeside::oss
