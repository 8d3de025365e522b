#include <memory>
#include <optional>

#include "engines/contract/errors.h"
#include "engines/contract/kv_contract.h"
#include "engines/contract/temp_folder.h"
#include "engines/fault/fault_rocksdb_fs.h"
#include "engines/fault/simulated_disk.h"
#include "engines/rocksdb/rocksdb_kv.h"

namespace lakeside::engines::contract {
namespace {

class RocksdbKvEngine final : public KvEngine {
 public:
  RocksdbKvEngine() { open(); }
  Kv& kv() override { return *kv_; }
  bool reopen() override {
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
    kv_.reset();
    disk_.restore_power(seed);
    open();
  }

 private:
  void open() {
    kv_.reset();
    RocksdbOptions options;
    options.path = folder_.path() + "/kv";
    options.write_buffer_bytes = 256 << 10;  // so that tests see flushes and compactions
    options.file_system = make_fault_rocksdb_fs(disk_);
    auto kv = open_rocksdb_kv(options);
    ASSERT_TRUE(kv) << kv.error().detail;
    kv_ = std::move(*kv);
  }

  TempFolder folder_;
  SimulatedDisk disk_{folder_.path() + "/graves"};
  std::unique_ptr<Kv> kv_;
};

INSTANTIATE_TEST_SUITE_P(Rocksdb, KvContract, testing::Values(KvMaker([] {
                           return std::make_unique<RocksdbKvEngine>();
                         })));

}  // namespace
}  // namespace lakeside::engines::contract
