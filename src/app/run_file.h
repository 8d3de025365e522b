// A note that each running server leaves for `lakeside env`: where it answers and with which
// key. In a folder only its user can read, removed at exit.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace lakeside::app {

struct RunInfo {
  std::string url;
  std::string region;
  std::string access_key_id;
  std::string access_key_secret;
  int pid = 0;
  int port = 0;
  std::string data;  // its data folder
};

class RunFile {
 public:
  [[nodiscard]] static Result<RunFile> write(const RunInfo& info);
  ~RunFile();
  RunFile(RunFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  RunFile(const RunFile&) = delete;
  RunFile& operator=(const RunFile&) = delete;
  RunFile& operator=(RunFile&&) = delete;

 private:
  explicit RunFile(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// Those of this user whose process is alive; the notes of dead ones are removed.
[[nodiscard]] std::vector<RunInfo> running_servers();

}  // namespace lakeside::app
