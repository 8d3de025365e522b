#include "base/chunk.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <new>
#include <utility>

// Under a sanitizer a freed chunk is really freed, so that its use is seen.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LAKESIDE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || \
    __has_feature(memory_sanitizer)
#define LAKESIDE_SANITIZED 1
#endif
#endif

namespace lakeside {
namespace {

std::byte* system_allocate(std::size_t capacity) {
  return static_cast<std::byte*>(::operator new(capacity, std::align_val_t{kDirectIoAlignment}));
}

void system_free(std::byte* data) { ::operator delete(data, std::align_val_t{kDirectIoAlignment}); }

// A fresh chunk costs 256 page faults; a cached one costs a lock.
class Cache {
 public:
  // Never destroyed: threads may free chunks while the process exits.
  static Cache& instance() {
    static Cache& cache = *new Cache;
    return cache;
  }

  std::byte* take() {
    std::lock_guard lock(mutex_);
    return count_ == 0 ? nullptr : chunks_[--count_];
  }
  bool put(std::byte* data) {
    std::lock_guard lock(mutex_);
    if (count_ == chunks_.size()) return false;
    chunks_[count_++] = data;
    return true;
  }

 private:
  std::mutex mutex_;
  std::array<std::byte*, 32> chunks_{};
  std::size_t count_ = 0;
};

#ifdef LAKESIDE_SANITIZED
constexpr bool kUseCache = false;
#else
constexpr bool kUseCache = true;
#endif

}  // namespace

Chunk Chunk::allocate(std::size_t capacity) {
  Chunk chunk;
  chunk.capacity_ = (std::max<std::size_t>(capacity, 1) + kDirectIoAlignment - 1) /
                    kDirectIoAlignment * kDirectIoAlignment;
  if (kUseCache && chunk.capacity_ == kChunkSize) chunk.data_ = Cache::instance().take();
  if (!chunk.data_) chunk.data_ = system_allocate(chunk.capacity_);
  return chunk;
}

Chunk::Chunk(Chunk&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Chunk& Chunk::operator=(Chunk&& other) noexcept {
  Chunk taken(std::move(other));
  std::swap(data_, taken.data_);
  std::swap(size_, taken.size_);
  std::swap(capacity_, taken.capacity_);
  return *this;
}

Chunk::~Chunk() {
  if (!data_) return;
  if (kUseCache && capacity_ == kChunkSize && Cache::instance().put(data_)) return;
  system_free(data_);
}

}  // namespace lakeside
