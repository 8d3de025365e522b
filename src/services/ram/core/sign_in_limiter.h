// How often somebody may fail to sign in: for each user and for each address, in memory that does
// not grow, whatever comes.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace lakeside::ram {

// Attempts are counted in a fixed number of places, found by a hash with a secret key: nobody can
// make one be forgotten by adding others. Two names at one place share its count, which locks
// somebody out by chance at one in tens of thousands.
class SignInLimiter {
 public:
  static constexpr std::uint64_t kMostOfUser = 32;  // where the account's policy has no limit
  static constexpr std::uint64_t kMostOfAddress = 100;
  static constexpr std::chrono::hours kWindow{1};

  SignInLimiter();

  // Counts an attempt as failed, before it is known: many at once are counted as many. False: there
  // were too many within the hour, and it must not be made.
  [[nodiscard]] bool admit(std::string_view user, std::string_view address, std::uint64_t most,
                           Time now);
  // It was neither failed nor complete: it does not count.
  void take_back(std::string_view user, std::string_view address);
  // It succeeded: the user's failures are forgotten.
  void succeeded(std::string_view user, std::string_view address);

 private:
  static constexpr std::size_t kPlaces = 1 << 16;
  struct Place {
    std::uint32_t since = 0;  // minutes since 1970
    std::uint32_t count = 0;
  };
  using Places = std::array<Place, kPlaces>;

  [[nodiscard]] Place& place_of(Places& places, std::string_view name) const;

  const std::string key_;
  std::mutex mutex_;
  std::unique_ptr<Places> users_;
  std::unique_ptr<Places> addresses_;
};

}  // namespace lakeside::ram
