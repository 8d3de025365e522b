#include <memory>
#include <utility>

#include "engines/contract/kv_contract.h"
#include "engines/contract/on_simulated_disk.h"
#include "engines/fault/fault_rocksdb_fs.h"
#include "engines/rocksdb/rocksdb_kv.h"

namespace lakeside::engines::contract {
namespace {

class RocksdbKvEngine final : public OnSimulatedDisk<KvEngine> {
 public:
  RocksdbKvEngine() { open(); }
  Kv& kv() override { return *kv_; }

 private:
  void open() override {
    RocksdbOptions options;
    options.path = folder() + "/kv";
    options.write_buffer_bytes = 256 << 10;  // so that tests see flushes and compactions
    options.file_system = make_fault_rocksdb_fs(disk());
    auto kv = open_rocksdb_kv(options);
    ASSERT_TRUE(kv) << kv.error().detail;
    kv_ = std::move(*kv);
  }
  void close() override { kv_.reset(); }

  std::unique_ptr<Kv> kv_;
};

INSTANTIATE_TEST_SUITE_P(Rocksdb, KvContract, testing::Values(KvMaker([] {
                           return std::make_unique<RocksdbKvEngine>();
                         })));

}  // namespace
}  // namespace lakeside::engines::contract
