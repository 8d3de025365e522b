// What the contract cannot ask of every engine: files on the disk that are not as they were.
#include "engines/files/file_blob_store.h"

#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/checksum.h"
#include "engines/contract/blob_io.h"
#include "engines/contract/temp_folder.h"
#include "engines/files/blob_format.h"

namespace lakeside::engines {
namespace {

namespace fs = std::filesystem;
using contract::read_blob;
using contract::test_data;
using contract::write_blob;

class FileBlobStore : public testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    store_.reset();
    FileBlobOptions options;
    options.path = folder_.path();
    auto store = open_file_blob_store(options);
    ASSERT_TRUE(store) << store.error().detail;
    store_ = std::move(*store);
  }

  BlobId write(const std::string& data) {
    auto id = run_blocking(write_blob(*store_, "g", data));
    EXPECT_TRUE(id);
    return *id;
  }

  std::string path(const BlobId& id) const {
    std::string unique = id.value.substr(2);
    return folder_.path() + "/g/" + unique.substr(0, 2) + "/" + unique;
  }

  void change(const BlobId& id, std::uint64_t at, const std::string& bytes) {
    std::fstream file(path(id), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file << bytes;
  }

  std::optional<ErrorCode> read_error(const BlobId& id, std::uint64_t offset,
                                      std::uint64_t length) {
    auto data = run_blocking(read_blob(*store_, id, offset, length));
    return data ? std::nullopt : std::optional(data.error().code);
  }
  std::optional<ErrorCode> verify_error(const BlobId& id) {
    Status status = run_blocking(store_->verify(id));
    return status ? std::nullopt : std::optional(status.error().code);
  }

  contract::TempFolder folder_;
  std::unique_ptr<BlobStore> store_;
};

TEST_F(FileBlobStore, AChangedByteIsNeverHandedOut) {
  const std::string data = test_data(3'000'000, 1);
  for (std::uint64_t at : {0UL, 65'535UL, 65'536UL, 1'500'000UL, 2'999'999UL}) {
    BlobId id = write(data);
    change(id, at, std::string(1, static_cast<char>(data[at] ^ 1)));
    EXPECT_EQ(read_error(id, 0, data.size()), ErrorCode::kCorrupt) << at;
    EXPECT_EQ(read_error(id, at, 1), ErrorCode::kCorrupt) << at;
    EXPECT_EQ(verify_error(id), ErrorCode::kCorrupt) << at;
    // Blocks apart from it are as good as ever.
    std::uint64_t other = at < 1'000'000 ? 2'000'000 : 0;
    EXPECT_EQ(read_error(id, other, 65'536), std::nullopt) << at;
  }
}

TEST_F(FileBlobStore, AVerifiedBlobIsVerifiedAgainByTheScrub) {
  const std::string data = test_data(300'000, 2);
  BlobId id = write(data);
  EXPECT_EQ(read_error(id, 0, data.size()), std::nullopt);
  change(id, 100'000, "not this");
  EXPECT_EQ(verify_error(id), ErrorCode::kCorrupt);
}

TEST_F(FileBlobStore, ACutOrEmptyFileIsCorrupt) {
  for (std::uintmax_t size : {0UL, 100UL, 4096UL, 65'536UL}) {
    BlobId id = write(test_data(100'000, 3));
    fs::resize_file(path(id), size);
    EXPECT_EQ(read_error(id, 0, 1), ErrorCode::kCorrupt) << size;
    EXPECT_EQ(verify_error(id), ErrorCode::kCorrupt) << size;
  }
}

TEST_F(FileBlobStore, ACutFileIsNoticedWhileItIsOpen) {
  BlobId id = write(test_data(3'000'000, 3));
  EXPECT_EQ(read_error(id, 0, 100), std::nullopt);
  fs::resize_file(path(id), 1'500'000);
  EXPECT_EQ(read_error(id, 2'500'000, 100), ErrorCode::kCorrupt);
}

TEST_F(FileBlobStore, AnotherBlobsFileIsCorrupt) {
  BlobId a = write("a");
  BlobId b = write("b");
  fs::rename(path(b), path(a));
  EXPECT_EQ(read_error(a, 0, 1), ErrorCode::kCorrupt);
  EXPECT_EQ(read_error(b, 0, 1), ErrorCode::kNotFound);
}

TEST_F(FileBlobStore, ANewerVersionIsUnsupported) {
  BlobId id = write("x");
  std::string trailer(kBlobTrailerSize, '\0');
  std::fstream file(path(id), std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(-static_cast<std::streamoff>(kBlobTrailerSize), std::ios::end);
  file.read(trailer.data(), static_cast<std::streamsize>(trailer.size()));
  trailer[8] = 2;
  std::uint32_t crc = crc32c(0, as_bytes(trailer).first(60));
  trailer.replace(60, 4, reinterpret_cast<const char*>(&crc), 4);
  file.seekp(-static_cast<std::streamoff>(kBlobTrailerSize), std::ios::end);
  file << trailer;
  file.close();
  EXPECT_EQ(read_error(id, 0, 1), ErrorCode::kUnsupported);
}

TEST_F(FileBlobStore, ADamagedBlobIsListedAndCanBeRemoved) {
  BlobId id = write(test_data(100'000, 4));
  fs::resize_file(path(id), 70'000);
  int seen = 0;
  std::function<bool(const BlobInfo&)> visit = [&](const BlobInfo& info) {
    EXPECT_EQ(info.id, id);
    return ++seen > 0;
  };
  EXPECT_TRUE(run_blocking(store_->list(visit)));
  EXPECT_EQ(seen, 1);
  EXPECT_TRUE(run_blocking(store_->remove(id)));
  EXPECT_FALSE(fs::exists(path(id)));
}

TEST_F(FileBlobStore, IgnoresFilesOfOthers) {
  BlobId id = write("x");
  fs::create_directories(folder_.path() + "/lost+found/aa");
  std::ofstream(folder_.path() + "/README") << "hello";
  std::ofstream(folder_.path() + "/g/aa.txt") << "hello";
  std::ofstream(path(id) + ".bak") << "hello";
  int seen = 0;
  std::function<bool(const BlobInfo&)> visit = [&](const BlobInfo&) { return ++seen > 0; };
  Status listed = run_blocking(store_->list(visit));
  EXPECT_TRUE(listed) << listed.error().detail;
  EXPECT_EQ(seen, 1);
}

TEST_F(FileBlobStore, RemovesLeftoversAtOpen) {
  BlobId id = write("x");
  store_.reset();
  std::ofstream(folder_.path() + "/TMP/00112233445566778899aabbccddeeff") << "half a blob";
  open();
  EXPECT_TRUE(fs::is_empty(folder_.path() + "/TMP"));
  EXPECT_EQ(read_error(id, 0, 1), std::nullopt);
}

// More than stay open.
TEST_F(FileBlobStore, ReadsManyBlobs) {
  store_.reset();
  FileBlobOptions options;
  options.path = folder_.path();
  options.open_blobs = 4;
  store_ = *open_file_blob_store(options);
  std::vector<BlobId> ids;
  for (int i = 0; i < 20; ++i) ids.push_back(write(std::to_string(i)));
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 20; ++i) {
      std::string text = std::to_string(i);
      auto data = run_blocking(read_blob(*store_, ids[i], 0, text.size()));
      EXPECT_TRUE(data && *data == text);
    }
  }
}

}  // namespace
}  // namespace lakeside::engines
