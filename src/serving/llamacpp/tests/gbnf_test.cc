#include "serving/llamacpp/gbnf.h"

#include <string>

#include <gtest/gtest.h>

namespace lakeside::serving {
namespace {

TEST(GbnfTest, RepetitionsThatSomethingFits) {
  for (const char* good :
       {"", "root ::= \"a\"", "root ::= [a]{3}", "root ::= [a]{0,}", "root ::= [a]{2,2}",
        "root ::= [a]{ 2 , 5 } \"b\"*", "root ::= \"{5,2}\"", "root ::= \"\\\"{5,2}\"",
        "root ::= [{5,2}\\]{5,2}]", "root ::= [a] # {5,2}\nb ::= [a]{1}",
        "root ::= <|\"|> [a]{1,2} !<{5,2}>"}) {
    EXPECT_TRUE(ordered_repetitions(good)) << good;
  }
}

TEST(GbnfTest, RepetitionsThatNothingFits) {
  for (const char* bad :
       {"root ::= [a]{5,2}", "root ::= \"{\" [a]{3,2} \"}\"", "root ::= [\\]]{1,0}",
        "root ::= [a] # comment\nb ::= (\"c\"){4,3}", "root ::= [a]{", "root ::= [a]{}",
        "root ::= [a]{,3}", "root ::= [a]{1,2,3}", "root ::= [a]{-1,2}",
        "root ::= [a]{0,18446744073709551616}"}) {
    EXPECT_FALSE(ordered_repetitions(bad)) << bad;
  }
}

TEST(GbnfTest, GroupsThatAreNestedDeep) {
  auto nested = [](std::size_t depth) { return std::string(depth, '(') + std::string(depth, ')'); };
  EXPECT_TRUE(shallow_groups(nested(200)));
  EXPECT_FALSE(shallow_groups(nested(201)));
}

}  // namespace
}  // namespace lakeside::serving
