// The nonces of signed RPC requests, remembered as long as their signatures could be used again.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <unordered_set>

#include "base/clock.h"

namespace lakeside::auth {

// Thread-safe, and bounded: where there is no more room, requests are refused rather than nonces
// forgotten. Only whoever has a valid key comes so far.
class Nonces {
 public:
  // A signature is good from `skew` before its time until `skew` after it.
  explicit Nonces(std::chrono::seconds skew, std::size_t most = 1 << 18)
      : window_(2 * skew), most_(most) {}

  enum class Verdict { kNew, kUsed, kFull };
  [[nodiscard]] Verdict add(std::string_view access_key_id, std::string_view nonce, Time now);

 private:
  using Digest = std::array<std::uint64_t, 2>;
  struct Hash {
    std::size_t operator()(const Digest& digest) const { return digest[0]; }
  };
  using Set = std::unordered_set<Digest, Hash>;

  const std::chrono::seconds window_;
  const std::size_t most_;  // in each of the two
  std::mutex mutex_;
  Time began_{};
  Set current_;   // since began_
  Set previous_;  // of the window before
};

}  // namespace lakeside::auth
