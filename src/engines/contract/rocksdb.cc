#include <memory>

#include "engines/contract/kv_contract.h"
#include "engines/contract/temp_folder.h"
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

 private:
  void open() {
    kv_.reset();
    auto kv = open_rocksdb_kv({.path = folder_.path() + "/kv", .file_system = nullptr});
    ASSERT_TRUE(kv) << kv.error().detail;
    kv_ = std::move(*kv);
  }

  TempFolder folder_;
  std::unique_ptr<Kv> kv_;
};

INSTANTIATE_TEST_SUITE_P(Rocksdb, KvContract, testing::Values(KvMaker([] {
                           return std::make_unique<RocksdbKvEngine>();
                         })));

}  // namespace
}  // namespace lakeside::engines::contract
