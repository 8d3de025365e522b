#include "app/master_key.h"

#include <sys/stat.h>

#include <filesystem>
#include <map>

#include <gtest/gtest.h>

#include "app/data_folder.h"

namespace lakeside::app {
namespace {

namespace fs = std::filesystem;

struct Place {
  Place() : folder(fs::path(testing::TempDir()) / ("master-key-" + SealingKey::random().hex())) {
    fs::create_directory(folder);
  }
  ~Place() { fs::remove_all(folder); }

  [[nodiscard]] Result<SealingKeys> load() const {
    return load_or_make_master_keys(folder / "master-key", [this](const std::string& name) {
      auto found = environment.find(name);
      return found == environment.end() ? nullptr : found->second.c_str();
    });
  }

  fs::path folder;
  std::map<std::string, std::string> environment;
};

TEST(MasterKey, IsMadeOnceForItsOwnerAlone) {
  Place place;
  auto made = place.load();
  ASSERT_TRUE(made);
  struct stat status{};
  ASSERT_EQ(::stat((place.folder / "master-key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  auto again = place.load();
  ASSERT_TRUE(again);
  EXPECT_EQ(*again->open(made->seal("x", "y"), "y"), "x");
}

TEST(MasterKey, AFileThatOthersMayReadIsRefused) {
  Place place;
  ASSERT_TRUE(place.load());
  ASSERT_EQ(::chmod((place.folder / "master-key").c_str(), 0640), 0);
  auto refused = place.load();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("chmod 600"), std::string::npos);
}

TEST(MasterKey, TheEnvironmentWinsOverTheFile) {
  Place place;
  const SealingKey first = SealingKey::random(), second = SealingKey::random();
  place.environment["LAKESIDE_MASTER_KEY"] = first.hex() + "," + second.hex();
  auto keys = place.load();
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->keys().size(), 2U);
  EXPECT_EQ(*first.open(keys->seal("x", "y"), "y"), "x");
  EXPECT_EQ(*keys->open(second.seal("x", "y"), "y"), "x");
  EXPECT_FALSE(fs::exists(place.folder / "master-key"));
  for (const char* wrong : {"", "abc", " , "}) {
    place.environment["LAKESIDE_MASTER_KEY"] = wrong;
    EXPECT_FALSE(place.load()) << wrong;
  }
}

TEST(MasterKey, ANamedFileAndACredentialAreRead) {
  Place place;
  const SealingKey key = SealingKey::random();
  ASSERT_TRUE(write_private_file(place.folder / "lakeside-master-key", key.hex() + "\n"));
  place.environment["CREDENTIALS_DIRECTORY"] = place.folder.string();
  auto credential = place.load();
  ASSERT_TRUE(credential);
  EXPECT_EQ(*credential->open(key.seal("x", "y"), "y"), "x");
  place.environment["LAKESIDE_MASTER_KEY_FILE"] = (place.folder / "elsewhere").string();
  EXPECT_FALSE(place.load());
}

TEST(MasterKey, ANewOneComesFirstAndTheOthersStillOpen) {
  Place place;
  auto old = place.load();
  ASSERT_TRUE(old);
  const std::string sealed = old->seal("x", "y");
  ASSERT_TRUE(add_master_key(place.folder / "master-key"));
  auto keys = place.load();
  ASSERT_TRUE(keys);
  EXPECT_EQ(keys->keys().size(), 2U);
  EXPECT_EQ(*keys->open(sealed, "y"), "x");
  EXPECT_FALSE(old->open(keys->seal("x", "y"), "y"));
  for (std::size_t i = 2; i < kMostMasterKeys; ++i) {
    ASSERT_TRUE(add_master_key(place.folder / "master-key"));
  }
  EXPECT_FALSE(add_master_key(place.folder / "master-key"));
}

}  // namespace
}  // namespace lakeside::app
