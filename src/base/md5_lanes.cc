#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/md5_lanes.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <immintrin.h>
#include <openssl/md5.h>
#include <pthread.h>

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 takes the undefined upper halves inside its own AVX-512 headers for a mistake.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace lakeside {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kBlock = 64;
constexpr std::size_t kMostLanes = 16;
// The four state words of up to 16 streams: states[word][lane].
using States = std::uint32_t[4][kMostLanes];

#define LAKESIDE_INLINE __attribute__((always_inline)) inline

// Four streams each in 128 bits: the first instruction set every x86-64 has.
namespace sse2 {
#define TARGET
#define OP LAKESIDE_INLINE
constexpr std::size_t kLanes = 4;
using Vec = __m128i;
OP Vec load(const std::uint32_t* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
OP void store(std::uint32_t* to, Vec v) { _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v); }
OP Vec add(Vec x, Vec y) { return _mm_add_epi32(x, y); }
OP Vec set(std::uint32_t value) { return _mm_set1_epi32(static_cast<int>(value)); }
template <int Bits>
OP Vec rotate(Vec x) {
  return _mm_or_si128(_mm_slli_epi32(x, Bits), _mm_srli_epi32(x, 32 - Bits));
}
OP Vec choose(Vec x, Vec y, Vec z) {
  return _mm_xor_si128(_mm_and_si128(_mm_xor_si128(y, z), x), z);
}
OP Vec parity(Vec x, Vec y, Vec z) { return _mm_xor_si128(_mm_xor_si128(y, z), x); }
OP Vec i_function(Vec x, Vec y, Vec z) {
  return _mm_xor_si128(y, _mm_or_si128(x, _mm_xor_si128(z, _mm_set1_epi32(-1))));
}
OP void load_words(const std::byte* const* data, std::size_t at, Vec* words) {
  auto row = [&](std::size_t lane) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(data[lane] + at));
  };
  Vec r0 = row(0), r1 = row(1), r2 = row(2), r3 = row(3);
  Vec low01 = _mm_unpacklo_epi32(r0, r1), low23 = _mm_unpacklo_epi32(r2, r3);
  Vec high01 = _mm_unpackhi_epi32(r0, r1), high23 = _mm_unpackhi_epi32(r2, r3);
  words[0] = _mm_unpacklo_epi64(low01, low23);
  words[1] = _mm_unpackhi_epi64(low01, low23);
  words[2] = _mm_unpacklo_epi64(high01, high23);
  words[3] = _mm_unpackhi_epi64(high01, high23);
}
#include "base/md5_kernel.inc"
#undef TARGET
#undef OP
}  // namespace sse2

namespace avx2 {
#define TARGET __attribute__((target("avx2")))
#define OP TARGET LAKESIDE_INLINE
constexpr std::size_t kLanes = 8;
using Vec = __m256i;
OP Vec load(const std::uint32_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
OP void store(std::uint32_t* to, Vec v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), v); }
OP Vec add(Vec x, Vec y) { return _mm256_add_epi32(x, y); }
OP Vec set(std::uint32_t value) { return _mm256_set1_epi32(static_cast<int>(value)); }
template <int Bits>
OP Vec rotate(Vec x) {
  return _mm256_or_si256(_mm256_slli_epi32(x, Bits), _mm256_srli_epi32(x, 32 - Bits));
}
OP Vec choose(Vec x, Vec y, Vec z) {
  return _mm256_xor_si256(_mm256_and_si256(_mm256_xor_si256(y, z), x), z);
}
OP Vec parity(Vec x, Vec y, Vec z) { return _mm256_xor_si256(_mm256_xor_si256(y, z), x); }
OP Vec i_function(Vec x, Vec y, Vec z) {
  return _mm256_xor_si256(y, _mm256_or_si256(x, _mm256_xor_si256(z, _mm256_set1_epi32(-1))));
}
// The streams `lane` and `lane` + 4.
OP Vec row(const std::byte* const* data, std::size_t at, std::size_t lane) {
  const auto* low = reinterpret_cast<const __m128i*>(data[lane] + at);
  const auto* high = reinterpret_cast<const __m128i*>(data[lane + 4] + at);
  return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(low)),
                                 _mm_loadu_si128(high), 1);
}
OP void load_words(const std::byte* const* data, std::size_t at, Vec* words) {
  Vec r0 = row(data, at, 0), r1 = row(data, at, 1), r2 = row(data, at, 2), r3 = row(data, at, 3);
  Vec low01 = _mm256_unpacklo_epi32(r0, r1), low23 = _mm256_unpacklo_epi32(r2, r3);
  Vec high01 = _mm256_unpackhi_epi32(r0, r1), high23 = _mm256_unpackhi_epi32(r2, r3);
  words[0] = _mm256_unpacklo_epi64(low01, low23);
  words[1] = _mm256_unpackhi_epi64(low01, low23);
  words[2] = _mm256_unpacklo_epi64(high01, high23);
  words[3] = _mm256_unpackhi_epi64(high01, high23);
}
#include "base/md5_kernel.inc"
#undef TARGET
#undef OP
}  // namespace avx2

// Rotation and any function of three inputs are one instruction each.
namespace avx512 {
// Without ASan's own frames: those that g++ 12 makes for detect_stack_use_after_return are not
// aligned to the 64 bytes of a vector (gcc bug 110027).
#define TARGET __attribute__((target("avx512f"), no_sanitize("address")))
#define OP TARGET LAKESIDE_INLINE
constexpr std::size_t kLanes = 16;
using Vec = __m512i;
OP Vec load(const std::uint32_t* from) { return _mm512_loadu_si512(from); }
OP void store(std::uint32_t* to, Vec v) { _mm512_storeu_si512(to, v); }
OP Vec add(Vec x, Vec y) { return _mm512_add_epi32(x, y); }
OP Vec set(std::uint32_t value) { return _mm512_set1_epi32(static_cast<int>(value)); }
template <int Bits>
OP Vec rotate(Vec x) {
  return _mm512_rol_epi32(x, Bits);
}
// The last argument is the truth table.
OP Vec choose(Vec x, Vec y, Vec z) { return _mm512_ternarylogic_epi32(x, y, z, 0xCA); }
OP Vec parity(Vec x, Vec y, Vec z) { return _mm512_ternarylogic_epi32(x, y, z, 0x96); }
OP Vec i_function(Vec x, Vec y, Vec z) { return _mm512_ternarylogic_epi32(x, y, z, 0x39); }
// The streams `lane`, `lane` + 4, `lane` + 8 and `lane` + 12.
OP Vec row(const std::byte* const* data, std::size_t at, std::size_t lane) {
  const auto* p0 = reinterpret_cast<const __m128i*>(data[lane] + at);
  const auto* p1 = reinterpret_cast<const __m128i*>(data[lane + 4] + at);
  const auto* p2 = reinterpret_cast<const __m128i*>(data[lane + 8] + at);
  const auto* p3 = reinterpret_cast<const __m128i*>(data[lane + 12] + at);
  Vec v = _mm512_castsi128_si512(_mm_loadu_si128(p0));
  v = _mm512_inserti32x4(v, _mm_loadu_si128(p1), 1);
  v = _mm512_inserti32x4(v, _mm_loadu_si128(p2), 2);
  return _mm512_inserti32x4(v, _mm_loadu_si128(p3), 3);
}
OP void load_words(const std::byte* const* data, std::size_t at, Vec* words) {
  Vec r0 = row(data, at, 0), r1 = row(data, at, 1), r2 = row(data, at, 2), r3 = row(data, at, 3);
  Vec low01 = _mm512_unpacklo_epi32(r0, r1), low23 = _mm512_unpacklo_epi32(r2, r3);
  Vec high01 = _mm512_unpackhi_epi32(r0, r1), high23 = _mm512_unpackhi_epi32(r2, r3);
  words[0] = _mm512_unpacklo_epi64(low01, low23);
  words[1] = _mm512_unpackhi_epi64(low01, low23);
  words[2] = _mm512_unpacklo_epi64(high01, high23);
  words[3] = _mm512_unpackhi_epi64(high01, high23);
}
#include "base/md5_kernel.inc"
#undef TARGET
#undef OP
}  // namespace avx512

struct Kernel {
  std::size_t lanes;
  std::size_t fewest;  // streams; with less, one after the other is faster
  void (*advance)(States& states, const std::byte* const* data, std::size_t blocks);
};

Kernel widest_kernel(std::size_t most_lanes) {
  if (most_lanes >= avx512::kLanes && __builtin_cpu_supports("avx512f")) {
    return {avx512::kLanes, 2, avx512::advance};
  }
  if (most_lanes >= avx2::kLanes && __builtin_cpu_supports("avx2")) {
    return {avx2::kLanes, 2, avx2::advance};
  }
  return {sse2::kLanes, 4, sse2::advance};
}

Kernel& kernel() {
  static Kernel chosen = widest_kernel(kMostLanes);
  return chosen;
}

}  // namespace

void Md5Stream::whole_blocks(const std::byte* data, std::size_t blocks) {
  // OpenSSL's assembler is as fast as one stream gets.
  MD5_CTX context{};
  context.A = state_[0];
  context.B = state_[1];
  context.C = state_[2];
  context.D = state_[3];
  MD5_Update(&context, data, blocks * kBlock);
  state_ = {context.A, context.B, context.C, context.D};
}

ByteView Md5Stream::begin(ByteView data) {
  const std::size_t used = length_ % kBlock;
  length_ += data.size();
  if (used == 0) return data;
  ByteView missing = data.first(std::min(kBlock - used, data.size()));
  std::ranges::copy(missing, tail_.begin() + used);
  if (used + missing.size() == kBlock) whole_blocks(tail_.data(), 1);
  return data.subspan(missing.size());
}

void Md5Stream::keep(ByteView rest) { std::ranges::copy(rest, tail_.begin()); }

void Md5Stream::update(ByteView data) {
  data = begin(data);
  const std::size_t blocks = data.size() / kBlock;
  if (blocks > 0) whole_blocks(data.data(), blocks);
  keep(data.subspan(blocks * kBlock));
}

Md5Digest Md5Stream::finish() {
  const std::uint64_t bits = length_ * 8;
  std::size_t used = length_ % kBlock;
  tail_[used++] = std::byte{0x80};
  if (used > kBlock - sizeof bits) {
    std::fill(tail_.begin() + used, tail_.end(), std::byte{0});
    whole_blocks(tail_.data(), 1);
    used = 0;
  }
  std::fill(tail_.begin() + used, tail_.end(), std::byte{0});
  std::memcpy(tail_.data() + kBlock - sizeof bits, &bits, sizeof bits);
  whole_blocks(tail_.data(), 1);
  return std::bit_cast<Md5Digest>(state_);
}

namespace detail {

// The jobs that are in lanes now, each with at least a block to go.
class Md5Batch {
 public:
  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t room() const { return kernel().lanes - count_; }

  // False if there was not a block of work: the job is done.
  [[nodiscard]] bool add(Md5Job& job) {
    job.data = job.stream->begin(job.data);
    if (is_done(job)) return false;
    jobs_[count_++] = &job;
    return true;
  }

  // Advances all jobs by the same number of blocks; calls done(job) for those that are.
  template <class Done>
  void advance(std::size_t most_blocks, Done done) {
    std::size_t blocks = most_blocks;
    for (std::size_t i = 0; i < count_; ++i) {
      blocks = std::min(blocks, jobs_[i]->data.size() / kBlock);
    }
    if (count_ >= kernel().fewest) {
      in_lanes(blocks);
    } else {
      for (std::size_t i = 0; i < count_; ++i) {
        jobs_[i]->stream->whole_blocks(jobs_[i]->data.data(), blocks);
      }
    }
    std::size_t left = 0;
    for (std::size_t i = 0; i < count_; ++i) {
      Md5Job& job = *jobs_[i];
      job.data = job.data.subspan(blocks * kBlock);
      if (is_done(job)) {
        done(job);
      } else {
        jobs_[left++] = &job;
      }
    }
    count_ = left;
  }

 private:
  static bool is_done(Md5Job& job) {
    if (job.data.size() >= kBlock) return false;
    job.stream->keep(job.data);
    return true;
  }

  void in_lanes(std::size_t blocks) {
    alignas(64) States states{};
    const std::byte* data[kMostLanes];
    for (std::size_t i = 0; i < kMostLanes; ++i) {
      const Md5Job& job = *jobs_[i < count_ ? i : 0];  // an empty lane repeats the first
      data[i] = job.data.data();
      for (std::size_t word = 0; word < 4; ++word) states[word][i] = job.stream->state_[word];
    }
    kernel().advance(states, data, blocks);
    for (std::size_t i = 0; i < count_; ++i) {
      for (std::size_t word = 0; word < 4; ++word) {
        jobs_[i]->stream->state_[word] = states[word][i];
      }
    }
  }

  std::array<Md5Job*, kMostLanes> jobs_;
  std::size_t count_ = 0;
};

}  // namespace detail

std::size_t md5_lanes() { return kernel().lanes; }

void limit_md5_lanes(std::size_t most) { kernel() = widest_kernel(most); }

void md5_update_many(std::span<Md5Job> jobs) {
  detail::Md5Batch batch;
  while (!jobs.empty() || !batch.empty()) {
    for (; !jobs.empty() && batch.room() > 0; jobs = jobs.subspan(1)) {
      (void)batch.add(jobs.front());
    }
    if (!batch.empty()) batch.advance(SIZE_MAX, [](Md5Job&) {});
  }
}

struct Md5Service::Impl {
  // How much of each stream is hashed before new updates may join: 0.1 ms.
  static constexpr std::size_t kSlice = (64 << 10) / kBlock;

  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Update*> waiting;
  std::size_t idle = 0;  // threads
  std::size_t room = 0;  // free lanes of the threads that are not idle
  bool stopping = false;
  std::vector<std::thread> threads;

  void submit(Update& update) {
    bool wake_one = false;
    {
      std::lock_guard lock(mutex);
      waiting.push_back(&update);
      // One thread with all lanes full does as much as several with few.
      wake_one = idle > 0 && waiting.size() > room;
    }
    if (wake_one) wake.notify_one();
  }

  static void complete(Update& update) { update.home_->post(update.awaiting_); }

  void work() {
    detail::Md5Batch batch;
    std::vector<Update*> joining;
    std::size_t counted = 0;  // what of `room` is ours
    std::unique_lock lock(mutex);
    while (true) {
      room -= std::exchange(counted, 0);
      while (waiting.empty() && batch.empty()) {
        if (stopping) return;
        ++idle;
        wake.wait(lock);
        --idle;
      }
      while (!waiting.empty() && joining.size() < batch.room()) {
        joining.push_back(waiting.front());
        waiting.pop_front();
      }
      counted = batch.room() - joining.size();
      room += counted;
      lock.unlock();
      for (Update* update : joining) {
        if (!batch.add(*update)) complete(*update);
      }
      joining.clear();
      if (!batch.empty()) {
        batch.advance(kSlice, [](Md5Job& job) { complete(static_cast<Update&>(job)); });
      }
      lock.lock();
    }
  }
};

Md5Service::Md5Service(std::size_t threads) : impl_(std::make_unique<Impl>()) {
  assert(threads > 0);
  for (std::size_t i = 0; i < threads; ++i) {
    std::thread& thread = impl_->threads.emplace_back([impl = impl_.get()] { impl->work(); });
    pthread_setname_np(thread.native_handle(), ("md5-" + std::to_string(i)).substr(0, 15).c_str());
  }
}

Md5Service::~Md5Service() {
  {
    std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  for (std::thread& thread : impl_->threads) thread.join();
}

bool Md5Service::Update::await_ready() {
  if (data.size() >= kInlineBytes) return false;
  stream->update(data);
  return true;
}

void Md5Service::Update::await_suspend(std::coroutine_handle<> awaiting) {
  awaiting_ = awaiting;
  home_ = &Executor::current();
  service_.submit(*this);
}

}  // namespace lakeside
