#include <filesystem>
#include <memory>

#include "engines/contract/blob_contract.h"
#include "engines/contract/temp_folder.h"
#include "engines/files/file_blob_store.h"

namespace lakeside::engines::contract {
namespace {

class FileBlobEngine final : public BlobEngine {
 public:
  FileBlobEngine() { open(); }
  BlobStore& store() override { return *store_; }
  bool reopen() override {
    open();
    return true;
  }
  bool clean() override { return std::filesystem::is_empty(path() + "/TMP"); }

 private:
  std::string path() const { return folder_.path() + "/blobs"; }
  void open() {
    store_.reset();
    FileBlobOptions options;
    options.path = path();
    auto store = open_file_blob_store(options);
    ASSERT_TRUE(store) << store.error().detail;
    store_ = std::move(*store);
  }

  TempFolder folder_;
  std::unique_ptr<BlobStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Files, BlobContract, testing::Values(BlobMaker([] {
                           return std::make_unique<FileBlobEngine>();
                         })));

}  // namespace
}  // namespace lakeside::engines::contract
