#include "serving/llamacpp/patterns.h"

#include <string>

#include <gtest/gtest.h>

namespace lakeside::serving {
namespace {

TEST(Patterns, ThatPeopleWrite) {
  for (const char* pattern :
       {"", "^a{0,5000}$", "^(a|b|c|d){1,5000}$", "^(a*)*$", "^([a-z]{1,20}-){1,20}[a-z]{1,20}$",
        "^[a-z]{1,64}@([a-z]{1,63}\\.){1,8}[a-z]{2,63}$", "^(\\d{1,3}\\.){3}\\d{1,3}$",
        "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", "^((a{0,10}){0,4}){0,10}$",
        "^(?:[A-Z][a-z]{0,30} ?){1,10}$", "^\\([0-9]{3}\\) [0-9]{3}-[0-9]{4}$", "^[)(]{2}$",
        "a)b"}) {
    EXPECT_TRUE(repeats_little(pattern)) << pattern;
  }
}

TEST(Patterns, ThatKeepAModelBusy) {
  for (const char* pattern :
       {"^((a{0,200}){0,200}){0,200}$", "^((a{0,20}){0,20}){0,20}$", "^((a{0,10}){0,10}){0,10}$",
        "^(a{1,200}){1,200}$", "^(a?){5000}$", "^(a|){5000}$", "^(()){0,5000}$",
        "^([ -~]{0,200},){0,200}$", "^([0-z]{0,200}:){0,200}$", "^(a{0,200}a){0,200}$",
        "^(.{0,200},){0,200}$", "^([^;]{0,200},){0,200}$", "^(a{0,99999999999}b?){0,9}$",
        "^(\\.{0,200}\\.){0,200}$", "^((a{0,200}){0,200}-){2}$"}) {
    EXPECT_FALSE(repeats_little(pattern)) << pattern;
  }
  EXPECT_FALSE(repeats_little(std::string(10'000, '(')));
}

}  // namespace
}  // namespace lakeside::serving
