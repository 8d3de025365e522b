// What a tenant may have at once and in a minute, over all models. Thread-safe.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "serving/model.h"

namespace lakeside::serving {

class Limits {
 public:
  explicit Limits(const Clock& clock) : clock_(clock) {}

  // A request of the tenant under way, until it is destroyed.
  class Ticket {
   public:
    Ticket(Limits& limits, Tenant tenant) : limits_(limits), tenant_(std::move(tenant)) {}
    ~Ticket() { limits_.leave(tenant_); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    // These tokens were used.
    void charge(std::uint64_t tokens) { limits_.charge(tenant_, tokens); }

   private:
    Limits& limits_;
    const Tenant tenant_;
  };

  // Faults: kOverQuota, kRateLimited.
  ModelResult<std::unique_ptr<Ticket>> enter(const Tenant& tenant);

 private:
  struct Account {
    std::uint32_t running = 0;
    double used = 0;  // tokens, less what the time since `at` forgave
    Time at;
  };
  void forgive(Account& account, const Tenant& tenant) const;
  void leave(const Tenant& tenant);
  void charge(const Tenant& tenant, std::uint64_t tokens);

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Account> accounts_;
};

}  // namespace lakeside::serving
