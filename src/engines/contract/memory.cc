#include <memory>

#include "engines/contract/blob_contract.h"
#include "engines/contract/kv_contract.h"
#include "engines/memory/memory_blob.h"
#include "engines/memory/memory_kv.h"

namespace lakeside::engines::contract {
namespace {

class MemoryKvEngine final : public KvEngine {
 public:
  Kv& kv() override { return *kv_; }

 private:
  std::unique_ptr<Kv> kv_ = make_memory_kv();
};

class MemoryBlobEngine final : public BlobEngine {
 public:
  BlobStore& store() override { return *store_; }

 private:
  std::unique_ptr<BlobStore> store_ = make_memory_blob_store();
};

INSTANTIATE_TEST_SUITE_P(Memory, KvContract, testing::Values(KvMaker([] {
                           return std::make_unique<MemoryKvEngine>();
                         })));
INSTANTIATE_TEST_SUITE_P(Memory, BlobContract, testing::Values(BlobMaker([] {
                           return std::make_unique<MemoryBlobEngine>();
                         })));

}  // namespace
}  // namespace lakeside::engines::contract
