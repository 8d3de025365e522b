#include "app/part_file.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "base/encoding.h"

namespace lakeside::app {
namespace {

class PartFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "part-file-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  static Expected expected(std::string_view content) {
    return {"http://hub/x", content.size(), hex_lower(sha256(as_bytes(content))), ""};
  }
  std::unique_ptr<PartFile> open(const Expected& expected) {
    auto part = PartFile::open(folder_ / "x.part", expected);
    EXPECT_TRUE(part) << part.error().detail;
    return part ? std::move(*part) : nullptr;
  }
  std::string content() {
    std::ostringstream text;
    text << std::ifstream(folder_ / "x.part").rdbuf();
    return text.str();
  }

  std::filesystem::path folder_;
};

TEST_F(PartFileTest, GoesOnWhereItWas) {
  ASSERT_TRUE(open(expected("hello world"))->append("hello "));
  auto part = open(expected("hello world"));
  EXPECT_EQ(part->size(), 6U);
  ASSERT_TRUE(part->append("world"));
  ASSERT_TRUE(part->verify());
  EXPECT_EQ(content(), "hello world");
}

TEST_F(PartFileTest, BeginsAnewForAnotherFile) {
  ASSERT_TRUE(open(expected("hello world"))->append("hello "));
  EXPECT_EQ(open(expected("other words"))->size(), 0U);
  EXPECT_EQ(content(), "");
}

TEST_F(PartFileTest, WithoutAHashOnlyTheSameAnswerGoesOn) {
  Expected unknown{"http://hub/x", 11, "", "\"1\""};
  {
    auto part = open(unknown);
    ASSERT_TRUE(part->append("hello "));
  }
  EXPECT_EQ(open(unknown)->size(), 6U);
  unknown.source = "http://hub/y";
  EXPECT_EQ(open(unknown)->size(), 0U);
}

TEST_F(PartFileTest, WhatIsWrongIsRemoved) {
  auto part = open(expected("hello world"));
  ASSERT_TRUE(part->append("hello w"));
  EXPECT_EQ(part->append("orlds").error().code, ErrorCode::kTooLarge);
  ASSERT_TRUE(part->append("xxxx"));
  EXPECT_EQ(part->verify().error().code, ErrorCode::kCorrupt);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(PartFileTest, DamageInTheFirstPartIsFound) {
  ASSERT_TRUE(open(expected("hello world"))->append("hello "));
  std::ofstream(folder_ / "x.part") << "jello ";
  auto part = open(expected("hello world"));
  ASSERT_TRUE(part->append("world"));
  EXPECT_EQ(part->verify().error().code, ErrorCode::kCorrupt);
}

TEST_F(PartFileTest, OneProcessAtATime) {
  auto part = open(expected("hello"));
  auto second = PartFile::open(folder_ / "x.part", expected("hello"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace lakeside::app
