// A folder of the test's own, removed at its end.
#pragma once

#include <cassert>
#include <filesystem>
#include <string>
#include <system_error>

#include <stdlib.h>

namespace lakeside::engines::contract {

class TempFolder {
 public:
  TempFolder() {
    path_ = (std::filesystem::temp_directory_path() / "lakeside-test-XXXXXX").string();
    [[maybe_unused]] char* made = mkdtemp(path_.data());
    assert(made);
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace lakeside::engines::contract
