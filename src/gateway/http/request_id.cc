#include "gateway/http/request_id.h"

#include <atomic>
#include <random>

namespace lakeside::http {
namespace {

struct ProcessSeed {
  std::uint32_t prefix;
  std::uint64_t key;
};

const ProcessSeed& process_seed() {
  static const ProcessSeed seed = [] {
    std::random_device device;
    auto high = static_cast<std::uint64_t>(device());
    return ProcessSeed{device(), high << 32 | device()};
  }();
  return seed;
}

// The finaliser of splitmix64: a bijection, so different counters never meet.
std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

char* put_hex(char* out, std::uint64_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
    *out++ = "0123456789ABCDEF"[value >> shift & 0xf];
  }
  return out;
}

}  // namespace

RequestIds::RequestIds() {
  static std::atomic<std::uint64_t> next_range{0};
  counter_ = next_range.fetch_add(1) << 48;
  put_hex(text_.data(), process_seed().prefix, 8);
}

std::string_view RequestIds::next() {
  put_hex(text_.data() + 8, mix(++counter_ ^ process_seed().key), 16);
  return {text_.data(), text_.size()};
}

}  // namespace lakeside::http
