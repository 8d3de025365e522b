#include "serving/runtime/prefix_tree.h"

#include <algorithm>
#include <map>
#include <random>
#include <string_view>

#include <gtest/gtest.h>

namespace lakeside::serving {
namespace {

using Match = PrefixTree::Match;

std::vector<Token> tokens(std::string_view text) { return {text.begin(), text.end()}; }

TEST(PrefixTree, FindsTheLongestFirst) {
  PrefixTree tree;
  tree.insert(1, tokens("abcdef"));
  tree.insert(2, tokens("abcxyz"));
  tree.insert(3, tokens("abc"));
  tree.insert(4, tokens("zzz"));
  auto found = tree.matches(tokens("abcxq"));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0], (Match{2, 4}));
  EXPECT_EQ(found[1].length, 3);
  EXPECT_EQ(found[2].length, 3);
  EXPECT_TRUE(tree.matches(tokens("q")).empty());
  EXPECT_TRUE(tree.matches({}).empty());
  EXPECT_EQ(tree.size(), 12U);  // abc, def, xyz, zzz
}

TEST(PrefixTree, ForgetsWhatWasRemoved) {
  PrefixTree tree;
  tree.insert(1, tokens("abcdef"));
  tree.insert(2, tokens("abcxyz"));
  tree.remove(1);
  tree.remove(7);  // was never there
  EXPECT_EQ(tree.matches(tokens("abcdef")), (std::vector<Match>{{2, 3}}));
  EXPECT_EQ(tree.size(), 6U);
  tree.insert(1, tokens("abcxyz"));
  EXPECT_EQ(tree.matches(tokens("abcxyz!")).size(), 2U);
  tree.remove(2);
  tree.remove(1);
  EXPECT_EQ(tree.size(), 0U);
}

std::int32_t common(const std::vector<Token>& a, const std::vector<Token>& b) {
  return static_cast<std::int32_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

// Against the plain way: compare with each.
TEST(PrefixTree, AgreesWithComparingEach) {
  std::mt19937 random(1);
  PrefixTree tree;
  std::map<SequenceId, std::vector<Token>> plain;
  auto text = [&] {
    std::vector<Token> made(random() % 12);
    for (Token& token : made) token = static_cast<Token>(random() % 2);
    return made;
  };
  for (int round = 0; round < 5000; ++round) {
    const auto id = static_cast<SequenceId>(random() % 16);
    tree.remove(id);
    plain.erase(id);
    if (random() % 3 != 0) {
      plain[id] = text();
      tree.insert(id, plain[id]);
    }
    const auto wanted = text();
    std::map<SequenceId, std::int32_t> expected;
    for (const auto& [other, held] : plain) {
      if (common(held, wanted) > 0) expected[other] = common(held, wanted);
    }
    std::map<SequenceId, std::int32_t> found;
    std::int32_t last = 1000;
    for (const Match& match : tree.matches(wanted)) {
      EXPECT_LE(match.length, last);
      last = match.length;
      found[match.sequence] = match.length;
    }
    ASSERT_EQ(found, expected);
  }
}

}  // namespace
}  // namespace lakeside::serving
