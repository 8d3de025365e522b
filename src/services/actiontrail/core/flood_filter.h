// Which of the events that anybody can cause are kept: of calls that were refused, or that take no
// permission. A client that makes them again and again must not push everybody's events out of a
// trail of bounded size.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/audit.h"

namespace lakeside::actiontrail {

// The same call by the same caller once in a minute, and of each caller so many in an hour; a
// caller is a user, a role or a model's key, however many sessions it has. Thread-safe.
class FloodFilter {
 public:
  static constexpr std::size_t kPerHour = 200;
  static constexpr std::size_t kCallers = 10'000;  // of an hour; the others count as one

  [[nodiscard]] bool admit(const AuditEvent& event);

 private:
  struct Caller {
    std::size_t admitted = 0;
    // When last, by the hash of what was called, on what, and how it ended.
    std::unordered_map<std::size_t, Time> latest;
  };
  Caller& caller_of(const AuditEvent& event);

  std::mutex mutex_;
  Time hour_{};
  std::unordered_map<std::string, Caller> callers_;
  Caller others_;
};

}  // namespace lakeside::actiontrail
