// MD5 of many streams at once. One stream keeps a core busy at 0.7 GB/s, because each step
// waits for the one before it; the lanes of a vector register carry as many streams in the
// same time. ETags make every upload pay for an MD5, so this decides how fast uploads are.
#pragma once

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/executor.h"

namespace lakeside {

namespace detail {
class Md5Batch;
}

// The state of one running MD5. Copyable; one thread at a time.
class Md5Stream {
 public:
  // Hashes on the calling thread, at the speed of one stream.
  void update(ByteView data);
  // The stream is spent.
  [[nodiscard]] Md5Digest finish();

 private:
  friend class detail::Md5Batch;

  // Counts `data`, completes a block begun before, and returns what follows that block.
  ByteView begin(ByteView data);
  void whole_blocks(const std::byte* data, std::size_t blocks);
  // Keeps the last part of what begin() returned, less than a block.
  void keep(ByteView rest);

  std::array<std::uint32_t, 4> state_ = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  std::uint64_t length_ = 0;
  std::array<std::byte, 64> tail_;
};

struct Md5Job {
  Md5Stream* stream;  // in one job at a time
  ByteView data;      // still to be hashed
};

// Updates each stream with its data, several at a time, on the calling thread.
void md5_update_many(std::span<Md5Job> jobs);

// How many streams go at once on this machine: 16, 8 or 4.
[[nodiscard]] std::size_t md5_lanes();
// For tests of the narrower ones, while nothing is being hashed.
void limit_md5_lanes(std::size_t most);

// Threads that gather the updates of all streams of the process.
class Md5Service {
  struct Impl;

 public:
  explicit Md5Service(std::size_t threads = 1);
  // Completes what is waiting.
  ~Md5Service();
  Md5Service(const Md5Service&) = delete;
  Md5Service& operator=(const Md5Service&) = delete;

  // Below this, handing the data over costs more than hashing it in place.
  static constexpr std::size_t kInlineBytes = 8 << 10;

  class [[nodiscard]] Update : private Md5Job {
   public:
    bool await_ready();
    void await_suspend(std::coroutine_handle<> awaiting);
    void await_resume() const noexcept {}

   private:
    friend class Md5Service;
    Update(Impl& service, const Md5Job& job) : Md5Job(job), service_(service) {}

    Impl& service_;
    std::coroutine_handle<> awaiting_;
    Executor* home_ = nullptr;
  };

  // `co_await service.update(stream, data)`: resumes on the caller's executor when `stream`
  // has taken `data`. One update of a stream at a time; both must outlive it.
  Update update(Md5Stream& stream, ByteView data) { return {*impl_, {&stream, data}}; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace lakeside
