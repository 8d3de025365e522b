#include "services/modelstudio/core/object_url.h"

#include <gtest/gtest.h>

namespace lakeside::modelstudio {
namespace {

std::string resolve(std::string_view url, std::vector<std::string> buckets = {}) {
  ModelKey key;
  key.settings.workspace = "team";
  key.settings.buckets = std::move(buckets);
  auto name = object_of_url(key, url);
  if (name) return name->bucket + " " + name->key;
  return name.error() == UrlFault::kMalformed ? "malformed" : "forbidden";
}

TEST(ObjectUrl, OfABucket) {
  EXPECT_EQ(resolve("oss://data/a/b c", {"data"}), "data a/b c");
  EXPECT_EQ(resolve("oss://data/a", {"*"}), "data a");
  EXPECT_EQ(resolve("oss://data/a"), "forbidden");
  EXPECT_EQ(resolve("oss://data2/a", {"data"}), "forbidden");
}

TEST(ObjectUrl, WhatTheApisKeepIsTheWorkspaces) {
  EXPECT_EQ(resolve("oss://modelstudio/files/team/file-1/a"), "modelstudio files/team/file-1/a");
  EXPECT_EQ(resolve("oss://modelstudio/files/other/file-1/a", {"*"}), "forbidden");
  EXPECT_EQ(resolve("oss://modelstudio/files/team2/a", {"*"}), "forbidden");
  EXPECT_EQ(resolve("oss://modelstudio/files/team", {"modelstudio"}), "forbidden");
  EXPECT_EQ(resolve("oss://modelstudio/team/a", {"*"}), "forbidden");
}

TEST(ObjectUrl, OfAnUpload) {
  std::string folder = new_upload_folder("team");
  EXPECT_EQ(resolve("oss://" + folder + "/a.txt"), "modelstudio " + folder + "/a.txt");
  EXPECT_EQ(resolve("oss://" + new_upload_folder("other") + "/a.txt", {"*"}), "forbidden");
  EXPECT_NE(folder, new_upload_folder("team"));
}

TEST(ObjectUrl, Malformed) {
  for (std::string_view url : {"", "oss://", "oss://data", "oss://data/", "oss:///a", "http://a/b",
                               "OSS://data/a", "data/a"}) {
    EXPECT_EQ(resolve(url, {"*"}), "malformed") << url;
  }
}

}  // namespace
}  // namespace lakeside::modelstudio
