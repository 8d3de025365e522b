#include "serving/llamacpp/schemas.h"

#include <gtest/gtest.h>

namespace lakeside::serving {
namespace {

using Json = nlohmann::ordered_json;

TEST(SchemasTest, ABoundedNumberStandsForARule) {
  auto made = grammar_schema(Json::parse(R"({"type":"object","properties":{
      "minimum":{"type":"number","minimum":0,"maximum":1},
      "count":{"type":"integer","minimum":0},
      "const":{"type":"array","items":{"type":"number","exclusiveMinimum":2}},
      "kind":{"const":{"type":"number","minimum":3}}}})"));
  ASSERT_TRUE(made);
  ASSERT_EQ(made->rules.size(), 2U);
  const Json& properties = made->schema["properties"];
  EXPECT_EQ(properties["minimum"], (Json{{"const", made->rules[0].first}}));
  EXPECT_EQ(properties["const"]["items"], (Json{{"const", made->rules[1].first}}));
  EXPECT_EQ(properties["count"]["minimum"], 0);
  EXPECT_EQ(properties["kind"]["const"]["minimum"], 3);
  const std::string grammar = R"(a ::= "\")" + made->rules[0].first + R"(\"" "x")";
  EXPECT_EQ(with_rules(grammar, *made), "a ::= " + made->rules[0].second + " \"x\"");
}

TEST(SchemasTest, EachOfSeveralTypesIsASchema) {
  auto made = grammar_schema(Json::parse(R"({"type":["number","null"],"minimum":0})"));
  ASSERT_TRUE(made);
  ASSERT_EQ(made->rules.size(), 1U);
  EXPECT_EQ(made->schema["anyOf"][0]["const"], made->rules[0].first);
  EXPECT_EQ(made->schema["anyOf"][1]["type"], "null");
}

TEST(SchemasTest, AnArrayThatEndsAfterItsPrefix) {
  auto made = grammar_schema(
      Json::parse(R"({"type":"array","prefixItems":[{"type":"null"}],"items":false})"));
  ASSERT_TRUE(made);
  EXPECT_FALSE(made->schema.contains("items"));
}

TEST(SchemasTest, BoundsThatLeaveNothingAreInvalid) {
  auto made =
      grammar_schema(Json::parse(R"({"anyOf":[{"type":"number","minimum":2,"maximum":1}]})"));
  EXPECT_EQ(made.error().code, ErrorCode::kInvalid);
}

TEST(SchemasTest, WholeNumbersNeedRoomBetweenTheirBounds) {
  auto code = [](const char* schema) {
    auto made = grammar_schema(Json::parse(schema));
    return made ? std::optional<ErrorCode>() : std::optional(made.error().code);
  };
  EXPECT_EQ(code(R"({"type":"integer","minimum":5,"maximum":3})"), ErrorCode::kInvalid);
  EXPECT_EQ(code(R"({"type":"integer","minimum":1.2,"maximum":1.8})"), ErrorCode::kInvalid);
  EXPECT_EQ(code(R"({"type":"integer","exclusiveMinimum":1,"exclusiveMaximum":2})"),
            ErrorCode::kInvalid);
  EXPECT_EQ(code(R"({"type":"integer","minimum":3,"maximum":3})"), std::nullopt);
  EXPECT_EQ(code(R"({"type":"integer","maximum":-3})"), std::nullopt);
}

TEST(SchemasTest, ReferencesMoveWithTheirSchema) {
  Json moved = moved_schema(
      Json::parse(R"({"$defs":{"a":{"$ref":"#"}},"properties":{"$ref":{"$ref":"#/$defs/a"}}})"),
      "#/anyOf/0");
  EXPECT_EQ(moved["$defs"]["a"]["$ref"], "#/anyOf/0");
  EXPECT_EQ(moved["properties"]["$ref"]["$ref"], "#/anyOf/0/$defs/a");
}

}  // namespace
}  // namespace lakeside::serving
