#include "app/progress.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace lakeside::app {
namespace {

constexpr std::chrono::milliseconds kBetween{200};
constexpr int kWidth = 30;

}  // namespace

std::string format_bytes(std::uint64_t bytes) {
  const bool large = bytes >= (1ULL << 30);
  char text[32];
  const double unit = large ? 1ULL << 30 : 1ULL << 20;
  std::snprintf(text, sizeof text, "%.1f %s", static_cast<double>(bytes) / unit,
                large ? "GiB" : "MiB");
  return text;
}

Progress::Progress() : terminal_(::isatty(STDERR_FILENO) == 1) {}
Progress::~Progress() { end_bar(); }

void Progress::end_bar() {
  if (drawn_) std::fputc('\n', stderr);
  drawn_ = false;
}

void Progress::say(const std::string& line) {
  end_bar();
  std::fprintf(stderr, "%s\n", line.c_str());
}

void Progress::moved(std::uint64_t done, std::uint64_t total) {
  const auto now = Steady::now();
  if (!begun_) {
    begun_ = true;
    start_ = now;
    first_ = done;
    tenths_ = total == 0 ? 0 : done * 10 / total;
  }
  if (terminal_) {
    if (done < total && now - last_ < kBetween) return;
    last_ = now;
    return draw(done, total, now);
  }
  const std::uint64_t tenths = total == 0 ? 10 : done * 10 / total;
  if (tenths == tenths_) return;
  tenths_ = tenths;
  std::fprintf(stderr, "%s of %s\n", format_bytes(done).c_str(), format_bytes(total).c_str());
}

void Progress::draw(std::uint64_t done, std::uint64_t total, Steady::time_point now) {
  const double part = total == 0 ? 1 : static_cast<double>(done) / static_cast<double>(total);
  const auto full = static_cast<std::size_t>(std::clamp(part, 0.0, 1.0) * kWidth);
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double rate =
      seconds > 0 ? static_cast<double>(done - std::min(first_, done)) / seconds : 0;
  std::string bar = std::string(full, '#') + std::string(kWidth - full, ' ');
  std::fprintf(stderr, "\r[%s] %3.0f%%  %s of %s  %.1f MiB/s ", bar.c_str(), part * 100,
               format_bytes(done).c_str(), format_bytes(total).c_str(), rate / (1 << 20));
  drawn_ = true;
}

}  // namespace lakeside::app
