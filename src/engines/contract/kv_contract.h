// What every Kv must do. An engine joins with
//   INSTANTIATE_TEST_SUITE_P(Name, KvContract, testing::Values(KvMaker(make_my_engine)));
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engines/kv.h"

namespace lakeside::engines::contract {

// An engine with its folder and its faults.
class KvEngine {
 public:
  virtual ~KvEngine() = default;
  virtual Kv& kv() = 0;

  // What an engine that keeps nothing cannot do answers false; the test is then skipped.

  // Closes the engine orderly and opens it again.
  virtual bool reopen() { return false; }
  // Lets every write fail with `code` (kIo or kNoSpace), or be well again.
  virtual bool break_writes(std::optional<ErrorCode>) { return false; }
  virtual bool has_power_switch() { return false; }
  // From now on nothing reaches the disk any more, as when the power goes.
  virtual void cut_power() {}
  // After cut_power and the end of all calls: opens what the disk has kept. With seed 0
  // nothing that was not synced is kept, else a random choice of it.
  virtual void restore_power(std::uint64_t /*seed*/) {}
};

using KvMaker = std::function<std::unique_ptr<KvEngine>()>;

class KvContract : public testing::TestWithParam<KvMaker> {
 protected:
  void SetUp() override;

  using Pairs = std::vector<std::pair<std::string, std::string>>;

  Kv& kv() { return engine_->kv(); }
  KvEngine& engine() { return *engine_; }

  // The methods of Kv, waited for.
  std::optional<std::string> get(const std::string& key);
  Status commit(const Batch& batch);
  Status commit(const Partition& partition, const Batch& batch);
  void put(const std::string& key, const std::string& value);
  Pairs scan(const Partition& partition, std::string_view from = {});

  const Partition partition_{"p"};

 private:
  std::unique_ptr<KvEngine> engine_;
};

}  // namespace lakeside::engines::contract
