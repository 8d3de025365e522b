#include "services/modelstudio/wire/routing.h"

#include <set>

#include <gtest/gtest.h>

#include "services/modelstudio/operations.h"

namespace lakeside::modelstudio::wire {
namespace {

TEST(Routing, MatchesWholeSegments) {
  EXPECT_EQ(match("/models", "/models"), "");
  EXPECT_EQ(match("/models", "/models/"), "");
  EXPECT_EQ(match("/models", "/modelsx"), std::nullopt);
  EXPECT_EQ(match("/files/{id}", "/files/a%20b"), "a b");
  EXPECT_EQ(match("/files/{id}", "/files"), std::nullopt);
  EXPECT_EQ(match("/files/{id}", "/files/a/content"), std::nullopt);
  EXPECT_EQ(match("/files/{id}/content", "/files/a/content"), "a");
  EXPECT_EQ(match("/models/{rest...}", "/models/org/name"), "org/name");
  EXPECT_EQ(match("/models/{rest...}", "/models"), "");
  EXPECT_EQ(match("/models/{rest...}", "/models/%zz"), std::nullopt);
}

TEST(Routing, KnowsTheDialectByThePrefix) {
  EXPECT_EQ(find_address("/v1/models")->path, "/models");
  EXPECT_EQ(find_address("/api/v1/models")->dialect, Dialect::kDashScope);
  EXPECT_EQ(find_address("/compatible-mode/v1/models")->dialect, Dialect::kOpenAi);
  EXPECT_FALSE(find_address("/v1"));
  EXPECT_FALSE(find_address("/v10/models"));
  EXPECT_FALSE(find_address("/bucket/v1/models"));
}

TEST(Routing, EveryRowIsFoundByItsOwnPath) {
  std::set<std::string_view> names;
  for (const Row& row : operations()) {
    EXPECT_TRUE(names.insert(row.info.name).second) << row.info.name;
    EXPECT_EQ(row.info.implemented, row.decode != nullptr);
    std::string path;
    for (char c : row.path) {
      if (c != '{' && c != '}') path += c;
    }
    Found found =
        find_row(operations(), {row.dialect, path}, row.method == "*" ? "POST" : row.method);
    ASSERT_NE(found.row, nullptr) << path;
    EXPECT_EQ(found.row->info.name, row.info.name) << path;
  }
}

}  // namespace
}  // namespace lakeside::modelstudio::wire
