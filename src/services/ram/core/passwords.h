// People's passwords: a memory-hard hash of them, and what an account demands of them.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "base/task.h"
#include "services/ram/core/types.h"

namespace lakeside::ram {

// What a hash costs: 128 * r * 2^log_n bytes, p times over.
struct ScryptCost {
  unsigned log_n = 15;  // 32 MiB with r = 8: what OWASP's cheat sheet on passwords has for p = 3
  unsigned r = 8;
  unsigned p = 3;
};

// "$scrypt$ln=15,r=8,p=3$SALT$HASH", so that what hashes cost may change.
[[nodiscard]] std::string hash_password(std::string_view password, const ScryptCost& cost);
// Timing tells nothing but the hash's cost.
[[nodiscard]] bool is_password(std::string_view password, std::string_view hash);

// Hashes on threads of its own: an event loop must not stop for a tenth of a second.
class PasswordHasher {
 public:
  explicit PasswordHasher(ScryptCost cost = {}, std::size_t threads = 2)
      : cost_(cost), pool_("password", threads) {}

  // Errors: kUnavailable, more than kMaxWaiting wait.
  Task<Result<std::string>> hash(std::string_view password);
  // Whether it is the password of one of them. Takes as long for an empty hash, which is nobody's,
  // as for a wrong password.
  Task<Result<bool>> matches(std::string_view password, std::vector<std::string> hashes);

 private:
  static constexpr int kMaxWaiting = 64;
  class Place;

  const ScryptCost cost_;
  std::atomic<int> waiting_{0};
  ThreadPool pool_;
};

inline constexpr std::size_t kMaxPasswordLength = 128;

// Whether a password is as the policy demands; its former ones are not looked at.
[[nodiscard]] bool is_strong(const PasswordPolicy& policy, std::string_view password,
                             std::string_view user_name);
// Whether it must be changed before it is of use.
[[nodiscard]] bool has_expired(const PasswordPolicy& policy, const LoginProfile& login, Time now);
// The hashes that a new password must not match.
[[nodiscard]] std::vector<std::string> barred(const PasswordPolicy& policy,
                                              const std::optional<LoginProfile>& login);
// Takes the new hash, and remembers the one before it.
void set_password(LoginProfile& login, std::string hash, Time now);

}  // namespace lakeside::ram
