#include "app/model_folder.h"

#include <fstream>

#include <gtest/gtest.h>
#include <stdlib.h>

namespace lakeside::app {
namespace {

class ModelFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "model-folder-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    data_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(data_); }

  std::filesystem::path file(const std::string& name, const std::string& content) {
    std::ofstream(data_ / name) << content;
    return data_ / name;
  }

  std::filesystem::path data_;
};

TEST_F(ModelFolderTest, ImportsListsAndRemoves) {
  ModelFolder folder(data_);
  EXPECT_TRUE(folder.list().empty());
  ASSERT_TRUE(folder.import(file("x.gguf", "GGUF first"), "b"));
  ASSERT_TRUE(folder.import(data_ / "x.gguf", "a"));
  ASSERT_TRUE(folder.import(file("y.gguf", "GGUF another"), "b"));
  auto models = folder.list();
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[0].name, "a");
  EXPECT_EQ(models[1].name, "b");
  EXPECT_EQ(models[1].bytes, 12u);
  EXPECT_EQ(folder.find("b")->path, models[1].path);

  ASSERT_TRUE(folder.remove("b"));
  EXPECT_EQ(folder.find("b").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(folder.remove("b").error().code, ErrorCode::kNotFound);
}

TEST_F(ModelFolderTest, RefusesWhatIsNoModel) {
  ModelFolder folder(data_);
  EXPECT_EQ(folder.import(file("x.gguf", "PK.."), "x").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(folder.import(file("e.gguf", ""), "x").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(folder.import(data_ / "none", "x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(folder.import(data_, "x").error().code, ErrorCode::kNotFound);
  auto good = file("g.gguf", "GGUF");
  for (const char* name : {"", ".x", "a/b", "../x", "a b", "\n"}) {
    EXPECT_EQ(folder.import(good, name).error().code, ErrorCode::kInvalid) << name;
  }
  EXPECT_TRUE(folder.list().empty());
  EXPECT_FALSE(folder.find("../g"));
}

TEST(ModelNames, ComeFromTheFile) {
  EXPECT_EQ(default_model_name("/x/SmolLM2-135M.Q4_1.gguf"), "SmolLM2-135M.Q4_1");
}

}  // namespace
}  // namespace lakeside::app
