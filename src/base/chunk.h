// An owned piece of memory, aligned for direct I/O: the unit in which object data moves.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"

namespace lakeside {

inline constexpr std::size_t kDirectIoAlignment = 4096;
inline constexpr std::size_t kChunkSize = 1 << 20;

// Move-only. Filled from the front: `free_space()` is what is still to be filled,
// `extend(n)` says that n more bytes of it now hold data. Freed chunks of kChunkSize
// are kept in a small per-process cache; any thread may allocate or free one.
class Chunk {
 public:
  Chunk() = default;
  // `capacity` is rounded up to kDirectIoAlignment.
  [[nodiscard]] static Chunk allocate(std::size_t capacity = kChunkSize);

  Chunk(Chunk&& other) noexcept;
  Chunk& operator=(Chunk&& other) noexcept;
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;
  ~Chunk();

  [[nodiscard]] ByteView view() const { return {data_, size_}; }
  [[nodiscard]] MutableBytes mutable_view() { return {data_, size_}; }
  [[nodiscard]] MutableBytes free_space() { return {data_ + size_, capacity_ - size_}; }
  void extend(std::size_t n) { size_ += n; }
  void truncate(std::size_t size) { size_ = size; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] bool full() const { return size_ == capacity_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace lakeside
