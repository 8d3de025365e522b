// Says when something in a folder has changed.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <thread>

#include "base/result.h"

namespace lakeside::app {

class FolderWatch {
 public:
  // Makes the folder if it is not there. `changed` runs on a thread of its own, after a file came,
  // was replaced or went. Errors: kIo.
  [[nodiscard]] static Result<std::unique_ptr<FolderWatch>> start(
      const std::filesystem::path& folder, std::function<void()> changed);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

 private:
  FolderWatch(int events, int stop, std::function<void()> changed);
  void run();

  const int events_;
  const int stop_;
  const std::function<void()> changed_;
  std::thread thread_;
};

}  // namespace lakeside::app
