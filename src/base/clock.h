// Wall-clock time as a dependency, so that tests can set it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lakeside {

// UTC with microseconds: what goes into records. The wire forms round down.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
};

// The machine's clock. Static lifetime, thread-safe.
[[nodiscard]] const Clock& system_clock();

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time now) : now_(now) {}
  [[nodiscard]] Time now() const override { return now_; }
  void set(Time now) { now_ = now; }

 private:
  Time now_;
};

// The forms in which the APIs write times, all GMT. Formatting never allocates more than
// the result; parsing takes exactly the form and nothing around it.
[[nodiscard]] std::string format_iso8601_millis(
    Time t);  // 2026-11-21T23:15:09.000Z, millis always 000
[[nodiscard]] std::string format_iso8601_basic(Time t);  // 20261121T231509Z
[[nodiscard]] std::string format_http_date(Time t);      // Sat, 21 Nov 2026 23:15:09 GMT
[[nodiscard]] std::string format_log_time(Time t);       // 2026-11-21T23:15:09.123Z, for logs alone
[[nodiscard]] std::optional<Time> parse_iso8601(std::string_view text);  // any fraction, Z
[[nodiscard]] std::optional<Time> parse_iso8601_basic(std::string_view text);
[[nodiscard]] std::optional<Time> parse_http_date(std::string_view text);

}  // namespace lakeside
