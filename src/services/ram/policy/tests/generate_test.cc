#include "services/ram/policy/generate.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/ram/policy/evaluate.h"

namespace lakeside::ram::policy {
namespace {

const Caller kAnn{Caller::Kind::kUser, "100", "2000", "ann"};

bool allows(const std::string& document, const AskedFor& call) {
  auto policy = *compile(document, Kind::kIdentity, 1 << 20);
  NamedPolicy named{"P", policy.get()};
  Grounds grounds;
  grounds.identity = {&named, 1};
  return evaluate(kAnn, {call.action, call.resource, "100"}, grounds).allowed;
}

std::string object(const std::string& name) { return "acs:oss:*:100:" + name; }

const std::vector<AskedFor> kSession = {
    {"oss:GetObject", object("photos/1")},     {"oss:GetObject", object("photos/2")},
    {"oss:PutObject", object("photos/1")},     {"oss:PutObject", object("photos/2")},
    {"oss:ListObjects", object("photos")},     {"oss:GetObject", object("photos/1")},
    {"oss:DeleteObject", object("photos/2")},  {"ram:GetUser", "acs:ram:*:100:user/ann"},
    {"sts:AssumeRole", "acs:ram:*:100:role/r"}};

TEST(Generate, AllowsJustTheRecordedCalls) {
  const std::string document = *generate(kSession, {});
  std::set<AskedFor> recorded(kSession.begin(), kSession.end());
  std::set<std::string> resources = {object("photos/3"), object("other/1"), object("other")};
  std::set<std::string> actions = {"oss:PutBucket", "ram:CreateUser"};
  for (const AskedFor& call : kSession) {
    resources.insert(call.resource);
    actions.insert(call.action);
  }
  for (const std::string& action : actions) {
    for (const std::string& resource : resources) {
      AskedFor call{action, resource};
      EXPECT_EQ(allows(document, call), recorded.contains(call)) << action << " " << resource;
    }
  }
}

TEST(Generate, MergesActionsOnTheSameResources) {
  auto document = nlohmann::json::parse(*generate(kSession, {}));
  EXPECT_EQ(document["Version"], "1");
  EXPECT_EQ(document["Statement"].size(), 5U);
  bool merged = false;
  for (const auto& statement : document["Statement"]) {
    merged = merged || statement["Action"] == nlohmann::json{"oss:GetObject", "oss:PutObject"};
  }
  EXPECT_TRUE(merged);
}

TEST(Generate, GeneralisesOnlyWhatAPatternCovers) {
  const std::vector<std::string> patterns = {"acs:oss:*:100:photos/*"};
  const std::string document = *generate(kSession, patterns);
  EXPECT_TRUE(allows(document, {"oss:GetObject", object("photos/3")}));
  EXPECT_TRUE(allows(document, {"oss:DeleteObject", object("photos/1")}));
  EXPECT_FALSE(allows(document, {"oss:GetObject", object("other/1")}));
  EXPECT_FALSE(allows(document, {"oss:ListObjects", object("photos/1")}));
}

TEST(Generate, AStarInANameIsNoWildcard) {
  const std::string document =
      *generate(std::vector<AskedFor>{{"oss:GetObject", object("b/a*")}}, {});
  EXPECT_TRUE(allows(document, {"oss:GetObject", object("b/a*")}));
  EXPECT_FALSE(allows(document, {"oss:GetObject", object("b/abc")}));
}

TEST(Generate, RefusesNothingAndTooMuch) {
  EXPECT_FALSE(generate({}, {}));
  std::vector<AskedFor> many;
  for (int i = 0; i < 1000; ++i)
    many.push_back({"oss:GetObject", object("b/" + std::to_string(i))});
  EXPECT_FALSE(generate(many, {}));
  const std::vector<std::string> patterns = {"acs:oss:*:100:b/*"};
  EXPECT_TRUE(generate(many, patterns));
}

}  // namespace
}  // namespace lakeside::ram::policy
