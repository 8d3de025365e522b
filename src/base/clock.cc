#include "base/clock.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace lakeside {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kWeekdays = "SunMonTueWedThuFriSat";

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

struct Civil {
  unsigned year, month, day, hour, minute, second, weekday;
};

Civil to_civil(sys_seconds t) {
  auto date = std::chrono::floor<days>(t);
  std::chrono::year_month_day ymd{date};
  auto second_of_day = static_cast<unsigned>((t - date).count());
  // The forms have four digits of year; nothing sensible lies outside.
  int year = std::clamp(static_cast<int>(ymd.year()), 0, 9999);
  return {.year = static_cast<unsigned>(year),
          .month = static_cast<unsigned>(ymd.month()),
          .day = static_cast<unsigned>(ymd.day()),
          .hour = second_of_day / 3600,
          .minute = second_of_day / 60 % 60,
          .second = second_of_day % 60,
          .weekday = std::chrono::weekday{date}.c_encoding()};
}

char* put2(char* out, unsigned value) {
  *out++ = static_cast<char>('0' + value / 10);
  *out++ = static_cast<char>('0' + value % 10);
  return out;
}

char* put4(char* out, unsigned value) { return put2(put2(out, value / 100), value % 100); }

char* put_text(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// The separator stands between two parts; it may be empty.
char* put_date(char* out, const Civil& c, std::string_view separator) {
  out = put_text(put4(out, c.year), separator);
  out = put_text(put2(out, c.month), separator);
  return put2(out, c.day);
}

char* put_time(char* out, const Civil& c, std::string_view separator) {
  out = put_text(put2(out, c.hour), separator);
  out = put_text(put2(out, c.minute), separator);
  return put2(out, c.second);
}

// Reads a form from the left; after the first mismatch everything fails.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  unsigned digits(std::size_t count) {
    unsigned value = 0;
    if (rest_.size() < count) ok_ = false;
    for (std::size_t i = 0; ok_ && i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') {
        ok_ = false;
      } else {
        value = value * 10 + static_cast<unsigned>(rest_[i] - '0');
      }
    }
    if (ok_) rest_.remove_prefix(count);
    return value;
  }
  void literal(std::string_view expected) {
    if (rest_.starts_with(expected)) {
      rest_.remove_prefix(expected.size());
    } else {
      ok_ = false;
    }
  }
  // The index of the next three characters in a list of three-letter names.
  unsigned name(std::string_view names) {
    std::string_view word = rest_.substr(0, 3);
    for (std::size_t i = 0; word.size() == 3 && i < names.size(); i += 3) {
      if (names.substr(i, 3) == word) {
        rest_.remove_prefix(3);
        return static_cast<unsigned>(i / 3);
      }
    }
    ok_ = false;
    return 0;
  }
  void date(Civil& c, std::string_view separator) {
    c.year = digits(4);
    literal(separator);
    c.month = digits(2);
    literal(separator);
    c.day = digits(2);
  }
  void time(Civil& c, std::string_view separator) {
    c.hour = digits(2);
    literal(separator);
    c.minute = digits(2);
    literal(separator);
    c.second = digits(2);
  }
  // `.123456…` as microseconds, rounded down; nothing there is 0.
  unsigned fraction() {
    if (!rest_.starts_with('.')) return 0;
    rest_.remove_prefix(1);
    unsigned micros = 0;
    std::size_t count = 0;
    while (count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') {
      if (count < 6) micros = micros * 10 + static_cast<unsigned>(rest_[count] - '0');
      ++count;
    }
    if (count == 0) ok_ = false;
    for (std::size_t i = count; i < 6; ++i) micros *= 10;
    rest_.remove_prefix(count);
    return micros;
  }
  [[nodiscard]] bool ended_well() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

std::optional<Time> from_civil(const Civil& c, unsigned micros) {
  std::chrono::year_month_day date{std::chrono::year(static_cast<int>(c.year)),
                                   std::chrono::month(c.month), std::chrono::day(c.day)};
  if (!date.ok() || c.hour > 23 || c.minute > 59 || c.second > 59) return std::nullopt;
  return sys_days{date} + std::chrono::hours(c.hour) + std::chrono::minutes(c.minute) +
         seconds(c.second) + std::chrono::microseconds(micros);
}

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

std::string format_iso8601_millis(Time t) {
  Civil c = to_civil(std::chrono::floor<seconds>(t));
  std::string text(24, '\0');
  char* out = put_date(text.data(), c, "-");
  *out++ = 'T';
  out = put_time(out, c, ":");
  put_text(out, ".000Z");
  return text;
}

std::string format_log_time(Time t) {
  std::string text = format_iso8601_millis(t);
  auto millis = std::chrono::floor<std::chrono::milliseconds>(t).time_since_epoch().count() % 1000;
  // The APIs leave the milliseconds at zero; a log needs them. `ddd` stands before the Z.
  for (std::size_t i = 2; i <= 4; ++i, millis /= 10) {
    text[text.size() - i] = static_cast<char>('0' + millis % 10);
  }
  return text;
}

std::string format_iso8601_basic(Time t) {
  Civil c = to_civil(std::chrono::floor<seconds>(t));
  std::string text(16, '\0');
  char* out = put_date(text.data(), c, "");
  *out++ = 'T';
  out = put_time(out, c, "");
  *out = 'Z';
  return text;
}

std::string format_http_date(Time t) {
  // Every response carries a Date: most calls ask for the second of the call before.
  struct Last {
    sys_seconds second = sys_seconds::min();
    std::array<char, 29> text;
  };
  thread_local Last last;
  auto second = std::chrono::floor<seconds>(t);
  if (second != last.second) {
    Civil c = to_civil(second);
    char* out = last.text.data();
    out = put_text(out, kWeekdays.substr(c.weekday * 3, 3));
    out = put_text(out, ", ");
    out = put2(out, c.day);
    *out++ = ' ';
    out = put_text(out, kMonths.substr((c.month - 1) * 3, 3));
    *out++ = ' ';
    out = put4(out, c.year);
    *out++ = ' ';
    out = put_time(out, c, ":");
    put_text(out, " GMT");
    last.second = second;
  }
  return {last.text.data(), last.text.size()};
}

std::optional<Time> parse_iso8601(std::string_view text) {
  Reader in(text);
  Civil c{};
  in.date(c, "-");
  in.literal("T");
  in.time(c, ":");
  unsigned micros = in.fraction();
  in.literal("Z");
  if (!in.ended_well()) return std::nullopt;
  return from_civil(c, micros);
}

std::optional<Time> parse_iso8601_basic(std::string_view text) {
  Reader in(text);
  Civil c{};
  in.date(c, "");
  in.literal("T");
  in.time(c, "");
  in.literal("Z");
  if (!in.ended_well()) return std::nullopt;
  return from_civil(c, 0);
}

std::optional<Time> parse_http_date(std::string_view text) {
  Reader in(text);
  Civil c{};
  c.weekday = in.name(kWeekdays);  // not compared with the date: clients get it wrong
  in.literal(", ");
  c.day = in.digits(2);
  in.literal(" ");
  c.month = in.name(kMonths) + 1;
  in.literal(" ");
  c.year = in.digits(4);
  in.literal(" ");
  in.time(c, ":");
  in.literal(" GMT");
  if (!in.ended_well()) return std::nullopt;
  return from_civil(c, 0);
}

}  // namespace lakeside
