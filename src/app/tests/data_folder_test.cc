#include "app/data_folder.h"

#include <sys/stat.h>

#include <fstream>

#include <gtest/gtest.h>

namespace lakeside::app {
namespace {

namespace fs = std::filesystem;

class DataFolderTest : public testing::Test {
 protected:
  DataFolderTest() {
    std::string pattern = fs::temp_directory_path() / "lakeside-test-XXXXXX";
    base_ = ::mkdtemp(pattern.data());
  }
  ~DataFolderTest() override { fs::remove_all(base_); }

  static void write(const fs::path& file, std::string_view text) { std::ofstream(file) << text; }

  fs::path base_;
};

TEST_F(DataFolderTest, IsMadePrivateAndOpensAgain) {
  fs::path path = base_ / "a" / "b";
  {
    auto folder = DataFolder::open(path);
    ASSERT_TRUE(folder) << folder.error().detail;
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
  }
  EXPECT_TRUE(DataFolder::open(path));
}

TEST_F(DataFolderTest, HasOneOwnerAtATime) {
  auto first = DataFolder::open(base_);
  ASSERT_TRUE(first);
  auto second = DataFolder::open(base_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

TEST_F(DataFolderTest, RefusesANewerFormatAndForeignFolders) {
  write(base_ / "VERSION", "lakeside data folder, format 2\n");
  auto newer = DataFolder::open(base_);
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::kUnsupported);
  EXPECT_NE(newer.error().detail.find("newer Lakeside"), std::string::npos);

  fs::remove(base_ / "VERSION");
  write(base_ / "thesis.txt", "years of work");
  auto foreign = DataFolder::open(base_);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::kUnsupported);
}

TEST_F(DataFolderTest, TemporaryOnesVanish) {
  fs::path path;
  {
    auto folder = DataFolder::make_temporary();
    ASSERT_TRUE(folder);
    path = (*folder)->path();
    EXPECT_TRUE(fs::exists(path));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(DataFolderTest, RootKeyIsMadeOnceAndPrivate) {
  fs::path file = base_ / "root-key.json";
  auto made = load_or_make_root_key(file, "", "");
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->is_new);
  EXPECT_EQ(made->account_id.size(), 16U);
  EXPECT_TRUE(made->access_key_id.starts_with("LTAI"));
  EXPECT_EQ(made->access_key_secret.size(), 30U);
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);

  auto loaded = load_or_make_root_key(file, "", "");
  ASSERT_TRUE(loaded);
  EXPECT_FALSE(loaded->is_new);
  EXPECT_EQ(loaded->access_key_secret, made->access_key_secret);

  auto given = load_or_make_root_key(file, "mine", "secret");
  ASSERT_TRUE(given);
  EXPECT_EQ(given->access_key_id, "mine");
  EXPECT_EQ(given->account_id, made->account_id);
}

TEST_F(DataFolderTest, ADamagedRootKeyIsNotReplaced) {
  fs::path file = base_ / "root-key.json";
  for (std::string_view text : {"", "[]", "{\"account_id\":5}"}) {
    write(file, text);
    auto key = load_or_make_root_key(file, "", "");
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code, ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace lakeside::app
