#include "app/model_folder.h"

#include <fstream>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "serving/llamacpp/tests/gguf_builder.h"

namespace lakeside::app {
namespace {

// A model as small as one can be.
std::string gguf(std::size_t more = 0) {
  return serving::GgufBuilder().text("general.architecture", "llama").build(more);
}

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
  ASSERT_TRUE(folder.import(file("x.gguf", gguf()), "b"));
  ASSERT_TRUE(folder.import(data_ / "x.gguf", "a"));
  ASSERT_TRUE(folder.import(file("y.gguf", gguf(64)), "b"));
  auto models = folder.list();
  ASSERT_EQ(models.size(), 2u);
  EXPECT_EQ(models[0].name, "a");
  EXPECT_EQ(models[1].name, "b");
  EXPECT_EQ(models[1].bytes, gguf(64).size());
  EXPECT_EQ(folder.find("b")->path, models[1].path);

  ASSERT_TRUE(folder.remove("b"));
  EXPECT_EQ(folder.find("b").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(folder.remove("b").error().code, ErrorCode::kNotFound);
}

TEST_F(ModelFolderTest, RefusesWhatIsNoModel) {
  ModelFolder folder(data_);
  EXPECT_EQ(folder.import(file("x.gguf", "PK.."), "x").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(folder.import(file("m.gguf", "GGUF and more"), "x").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(folder.import(file("e.gguf", ""), "x").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(folder.import(data_ / "none", "x").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(folder.import(data_, "x").error().code, ErrorCode::kNotFound);
  auto good = file("g.gguf", gguf());
  for (const char* name : {"", ".x", "a/b", "../x", "a b", "\n"}) {
    EXPECT_EQ(folder.import(good, name).error().code, ErrorCode::kInvalid) << name;
  }
  EXPECT_TRUE(folder.list().empty());
  EXPECT_FALSE(folder.find("../g"));
}

TEST_F(ModelFolderTest, PublishesWhatWasFetched) {
  ModelFolder folder(data_);
  auto part = folder.part_of("a");
  ASSERT_TRUE(part);
  std::ofstream(*part) << gguf();
  EXPECT_TRUE(folder.list().empty());
  ModelOrigin origin{"oss://b/k", "etag"};
  ASSERT_TRUE(folder.publish(*part, "a", origin));
  EXPECT_EQ(folder.origin("a"), origin);
  std::ofstream(*part) << "no model";
  EXPECT_EQ(folder.publish(*part, "a", std::nullopt).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(folder.origin("a"), origin) << "the old one is untouched";
  ASSERT_TRUE(folder.import(file("x.gguf", gguf()), "a"));
  EXPECT_FALSE(folder.origin("a")) << "it is another model now";
  ASSERT_TRUE(folder.remove("a"));
  EXPECT_FALSE(std::filesystem::exists(*part));
}

TEST_F(ModelFolderTest, Pins) {
  ModelFolder folder(data_);
  EXPECT_EQ(folder.pin("a", true).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(folder.import(file("x.gguf", gguf()), "a"));
  ASSERT_TRUE(folder.pin("a", true));
  EXPECT_TRUE(folder.find("a")->pinned);
  EXPECT_TRUE(folder.list()[0].pinned);
  ASSERT_TRUE(folder.pin("a", false));
  EXPECT_FALSE(folder.find("a")->pinned);
  ASSERT_TRUE(folder.pin("a", true));
  ASSERT_TRUE(folder.remove("a"));
  ASSERT_TRUE(folder.import(data_ / "x.gguf", "a"));
  EXPECT_FALSE(folder.find("a")->pinned) << "a pin goes with its model";
}

TEST(ModelNames, ComeFromTheFile) {
  EXPECT_EQ(default_model_name("/x/SmolLM2-135M.Q4_1.gguf"), "SmolLM2-135M.Q4_1");
}

}  // namespace
}  // namespace lakeside::app
