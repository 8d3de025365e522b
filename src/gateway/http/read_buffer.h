// The bytes of one request's head and what was received behind it.
#pragma once

#include <algorithm>
#include <cassert>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/bytes.h"

namespace lakeside::http {

// [ pinned: the head, in use | consumed | unread | space ]
class ReadBuffer {
 public:
  static constexpr std::size_t kInitialSize = 16 << 10;

  [[nodiscard]] std::string_view unread() const { return {data_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

  [[nodiscard]] MutableBytes space() {
    return {reinterpret_cast<std::byte*>(data_.get()) + end_, capacity_ - end_};
  }
  void filled(std::size_t n) {
    assert(n <= capacity_ - end_);
    end_ += n;
  }
  void consume(std::size_t n) {
    assert(n <= end_ - begin_);
    begin_ += n;
    if (begin_ == end_) begin_ = end_ = pinned_;
  }

  // Consumes the first n bytes, which stay where they are until reset().
  void pin(std::size_t n) {
    assert(pinned_ == 0 && begin_ == 0 && n <= end_);
    pinned_ = begin_ = n;
  }
  // Forgets what is pinned; what is unread moves to the front.
  void reset() {
    std::size_t rest = end_ - begin_;
    if (begin_ > 0 && rest > 0) std::memmove(data_.get(), data_.get() + begin_, rest);
    pinned_ = begin_ = 0;
    end_ = rest;
  }
  // Makes the buffer at least `size` big. Moves all bytes, so not while views are in use.
  void reserve(std::size_t size) {
    if (size <= capacity_) return;
    auto bigger = std::make_unique_for_overwrite<char[]>(size);
    if (end_ > 0) std::memcpy(bigger.get(), data_.get(), end_);
    data_ = std::move(bigger);
    capacity_ = size;
  }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t pinned_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace lakeside::http
