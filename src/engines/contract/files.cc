#include <filesystem>
#include <memory>
#include <optional>

#include "engines/contract/blob_contract.h"
#include "engines/contract/errors.h"
#include "engines/contract/temp_folder.h"
#include "engines/fault/fault_file_system.h"
#include "engines/fault/simulated_disk.h"
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
  bool break_writes(std::optional<ErrorCode> code) override {
    disk_.break_writes(to_errno(code));
    return true;
  }
  bool has_power_switch() override { return true; }
  void cut_power() override { disk_.cut_power(); }
  void restore_power(std::uint64_t seed) override {
    store_.reset();
    disk_.restore_power(seed);
    open();
  }
  bool clean() override { return std::filesystem::is_empty(path() + "/TMP"); }

 private:
  std::string path() const { return folder_.path() + "/blobs"; }
  void open() {
    store_.reset();
    FileBlobOptions options;
    options.path = path();
    options.file_system = file_system_.get();
    auto store = open_file_blob_store(options);
    ASSERT_TRUE(store) << store.error().detail;
    store_ = std::move(*store);
  }

  TempFolder folder_;
  SimulatedDisk disk_{folder_.path() + "/graves"};
  std::unique_ptr<FileSystem> file_system_ = make_fault_file_system(disk_);
  std::unique_ptr<BlobStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Files, BlobContract, testing::Values(BlobMaker([] {
                           return std::make_unique<FileBlobEngine>();
                         })));

}  // namespace
}  // namespace lakeside::engines::contract
