#include "services/ram/core/sign_in_limiter.h"

#include <algorithm>

#include "base/crypto.h"
#include "services/ram/policy/values.h"

namespace lakeside::ram {
namespace {

std::uint32_t minute_of(Time time) {
  return static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::minutes>(time).time_since_epoch().count());
}

// Of IPv6 the network of 64 bits: one customer has all of its addresses.
std::string network_of(std::string_view address) {
  auto ip = policy::parse_ip(address);
  return ip && ip->v6 ? std::to_string(ip->bits[0]) : std::string(address);
}

}  // namespace

SignInLimiter::SignInLimiter()
    : key_(random_alphanumeric(32)),
      users_(std::make_unique<Places>()),
      addresses_(std::make_unique<Places>()) {}

SignInLimiter::Place& SignInLimiter::place_of(Places& places, std::string_view name) const {
  Sha256Digest hash = hmac_sha256(as_bytes(key_), as_bytes(name));
  std::size_t at = 0;
  for (std::size_t i = 0; i < 4; ++i) at = at << 8 | std::to_integer<std::size_t>(hash[i]);
  return places[at % kPlaces];
}

bool SignInLimiter::admit(std::string_view user, std::string_view address, std::uint64_t most,
                          Time now) {
  const std::uint32_t minute = minute_of(now);
  constexpr auto kMinutes = static_cast<std::uint32_t>(std::chrono::minutes(kWindow).count());
  std::lock_guard lock(mutex_);
  Place& of_user = place_of(*users_, user);
  Place& of_address = place_of(*addresses_, network_of(address));
  for (Place* place : {&of_user, &of_address}) {
    if (minute - place->since >= kMinutes) *place = {minute, 0};
  }
  const std::uint64_t most_of_user = most == 0 ? kMostOfUser : std::min(most, kMostOfUser);
  if (of_user.count >= most_of_user || of_address.count >= kMostOfAddress) return false;
  ++of_user.count;
  ++of_address.count;
  return true;
}

void SignInLimiter::take_back(std::string_view user, std::string_view address) {
  std::lock_guard lock(mutex_);
  for (Place* place : {&place_of(*users_, user), &place_of(*addresses_, network_of(address))}) {
    if (place->count > 0) --place->count;
  }
}

void SignInLimiter::succeeded(std::string_view user, std::string_view address) {
  take_back(user, address);
  std::lock_guard lock(mutex_);
  place_of(*users_, user).count = 0;
}

}  // namespace lakeside::ram
