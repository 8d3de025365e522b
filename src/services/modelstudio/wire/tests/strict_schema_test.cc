#include "services/modelstudio/wire/strict_schema.h"

#include <gtest/gtest.h>

namespace lakeside::modelstudio::wire {
namespace {

std::string unkept(std::string_view schema) {
  auto found = unkept_keyword(Json::parse(schema));
  return found ? found->place + "|" + found->keyword : "";
}

TEST(StrictSchema, TakesWhatGrammarsKeep) {
  EXPECT_EQ(unkept(R"({"$defs":{"a":{"type":"number","minimum":0}},"type":"object",
      "properties":{"a":{"$ref":"#/$defs/a"},"b":{"anyOf":[{"type":"null"},{"const":{"not":1}}]},
                    "c":{"type":"array","items":{"enum":[1]},"maxItems":3,"uniqueItems":false},
                    "d":{"type":"object","propertyNames":{"type":"string"}}},
      "required":["a","b"],"additionalProperties":false})"),
            "");
}

TEST(StrictSchema, FindsWhatTheyDoNot) {
  EXPECT_EQ(unkept(R"({"not":{}})"), "|not");
  EXPECT_EQ(unkept(R"({"properties":{"tags":{"type":"array","uniqueItems":true}}})"),
            "properties.tags|uniqueItems");
  EXPECT_EQ(unkept(R"({"anyOf":[{},{"items":{"multipleOf":2}}]})"), "anyOf[1].items|multipleOf");
  EXPECT_EQ(unkept(R"({"$defs":{"a":{"if":{}}}})"), "$defs.a|if");
  EXPECT_EQ(unkept(R"({"properties":{"a":{}},"required":["a","b"]})"), "|required");
}

TEST(StrictSchema, PatternsThatAGrammarCanSay) {
  auto kept = [](const char* pattern) {
    return !unkept_keyword(Json{{"type", "string"}, {"pattern", pattern}});
  };
  for (const char* good : {"^[A-Z]{3}-[0-9]{2}$", "^(?:a|b)+$", R"(^[$^(?]\$\^$)", "^$"}) {
    EXPECT_TRUE(kept(good)) << good;
  }
  for (const char* bad :
       {"[0-9]+", "^a", "a$", "(", "^", "^(?=a)b$", "^(?<!a)b$", "^a$b$", R"(^\ba$)"}) {
    EXPECT_FALSE(kept(bad)) << bad;
  }
}

TEST(StrictSchema, PropertiesMayHaveAnyName) {
  EXPECT_EQ(unkept(R"({"properties":{"not":{"type":"string"},"enum":{"type":"null"}}})"), "");
  EXPECT_EQ(unkept(R"({"properties":{"enum":{"contains":{}}}})"), "properties.enum|contains");
}

}  // namespace
}  // namespace lakeside::modelstudio::wire
