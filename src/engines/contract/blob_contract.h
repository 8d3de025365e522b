// What every BlobStore must do. An engine joins with
//   INSTANTIATE_TEST_SUITE_P(Name, BlobContract, testing::Values(BlobMaker(make_my_engine)));
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "engines/blob.h"
#include "engines/contract/blob_io.h"

namespace lakeside::engines::contract {

// An engine with its folder and its faults; see KvEngine.
class BlobEngine {
 public:
  virtual ~BlobEngine() = default;
  virtual BlobStore& store() = 0;
  virtual bool reopen() { return false; }
  virtual bool break_writes(std::optional<ErrorCode>) { return false; }
  virtual bool has_power_switch() { return false; }
  virtual void cut_power() {}
  virtual void restore_power(std::uint64_t /*seed*/) {}
  // Whether nothing is left of unfinished blobs, at a moment without any call.
  virtual bool clean() { return true; }
};

using BlobMaker = std::function<std::unique_ptr<BlobEngine>()>;

class BlobContract : public testing::TestWithParam<BlobMaker> {
 protected:
  void SetUp() override;

  BlobStore& store() { return engine_->store(); }
  BlobEngine& engine() { return *engine_; }

  // Waited for.
  BlobId write(std::string_view data, std::string_view group = "g");
  std::string read(const BlobId& id, std::uint64_t offset, std::uint64_t length);
  std::optional<ErrorCode> open_error(const BlobId& id, std::uint64_t offset, std::uint64_t length);
  std::set<BlobId> list();

 private:
  std::unique_ptr<BlobEngine> engine_;
};

}  // namespace lakeside::engines::contract
