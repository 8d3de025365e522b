// An engine under contract whose disk fails and loses power when the test says so.
#pragma once

#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "engines/contract/temp_folder.h"
#include "engines/fault/simulated_disk.h"

namespace lakeside::engines::contract {

// `Engine` is KvEngine or BlobEngine. Who inherits opens in the constructor.
template <class Engine>
class OnSimulatedDisk : public Engine {
 public:
  bool reopen() override {
    close();
    open();
    return true;
  }
  bool break_writes(std::optional<ErrorCode> code) override {
    disk_.break_writes(to_errno(code));
    return true;
  }
  bool has_power_switch() override { return true; }
  void cut_power() override { disk_.cut_power(); }
  void restore_power(std::uint64_t seed) override {
    close();
    disk_.restore_power(seed);
    open();
  }

 protected:
  // Fails the test where it cannot.
  virtual void open() = 0;
  virtual void close() = 0;

  [[nodiscard]] const std::string& folder() const { return folder_.path(); }
  SimulatedDisk& disk() { return disk_; }

 private:
  static std::optional<int> to_errno(std::optional<ErrorCode> code) {
    if (!code) return std::nullopt;
    return *code == ErrorCode::kNoSpace ? ENOSPC : EIO;
  }

  TempFolder folder_;
  SimulatedDisk disk_{folder_.path() + "/graves"};
};

}  // namespace lakeside::engines::contract
