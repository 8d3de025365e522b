// Which denied calls on data leave an event where the others leave none. A client that is denied
// asks again and again, and must not push everybody's events out of a trail of bounded size.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>

#include "base/audit.h"

namespace lakeside::actiontrail {

// The same call by the same caller once in a minute, and of each caller so many in an hour.
// Thread-safe.
class DenialFilter {
 public:
  static constexpr std::size_t kPerHour = 200;
  static constexpr std::size_t kCallers = 10'000;  // of an hour; what others are denied is left out

  [[nodiscard]] bool admit(const AuditEvent& event);

 private:
  struct Caller {
    std::size_t admitted = 0;
    std::map<std::string, Time> latest;  // by what was called, on what
  };

  std::mutex mutex_;
  Time hour_{};
  std::map<std::string, Caller> callers_;  // by account and access key
};

}  // namespace lakeside::actiontrail
