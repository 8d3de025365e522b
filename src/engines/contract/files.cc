#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "engines/contract/blob_contract.h"
#include "engines/contract/on_simulated_disk.h"
#include "engines/fault/fault_file_system.h"
#include "engines/files/file_blob_store.h"

namespace lakeside::engines::contract {
namespace {

class FileBlobEngine final : public OnSimulatedDisk<BlobEngine> {
 public:
  FileBlobEngine() { open(); }
  BlobStore& store() override { return *store_; }
  bool clean() override { return std::filesystem::is_empty(path() + "/TMP"); }

 private:
  std::string path() const { return folder() + "/blobs"; }
  void open() override {
    FileBlobOptions options;
    options.path = path();
    options.file_system = file_system_.get();
    auto store = open_file_blob_store(options);
    ASSERT_TRUE(store) << store.error().detail;
    store_ = std::move(*store);
  }
  void close() override { store_.reset(); }

  std::unique_ptr<FileSystem> file_system_ = make_fault_file_system(disk());
  std::unique_ptr<BlobStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Files, BlobContract, testing::Values(BlobMaker([] {
                           return std::make_unique<FileBlobEngine>();
                         })));

}  // namespace
}  // namespace lakeside::engines::contract
