// How far a long transfer is, on standard error: a bar on a terminal, else a line now and then.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace lakeside::app {

class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void moved(std::uint64_t done, std::uint64_t total);
  // A line of its own, beside the bar.
  void say(const std::string& line);

 private:
  using Steady = std::chrono::steady_clock;
  void draw(std::uint64_t done, std::uint64_t total, Steady::time_point now);
  void end_bar();

  const bool terminal_;
  bool drawn_ = false;
  bool begun_ = false;
  std::uint64_t first_ = 0;
  std::uint64_t tenths_ = 0;
  Steady::time_point start_;
  Steady::time_point last_;
};

// "1.4 GiB"
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

}  // namespace lakeside::app
