#include "services/ram/policy/document.h"

#include <gtest/gtest.h>

namespace lakeside::ram::policy {
namespace {

std::string wrap(std::string_view statement) {
  return R"({"Version":"1","Statement":[)" + std::string(statement) + "]}";
}

// The refusal in words; empty where the document is taken.
std::string refusal(const std::string& text, Kind kind = Kind::kIdentity) {
  auto document = parse(text, kind, kMaxIdentityPolicyLength);
  return document ? "" : document.error().text();
}

TEST(Document, AStatementIsReadWhole) {
  auto document = parse(wrap(R"({"Sid":"s","Effect":"Deny","NotAction":["a:b","c:*"],
      "Resource":"*","Condition":{"ForAnyValue:StringNotLikeIfExists":{"acs:TagKeys":["x","y"]},
      "NumericLessThan":{"oss:n":3},"Bool":{"acs:SecureTransport":true}}})"),
                        Kind::kIdentity, kMaxIdentityPolicyLength);
  ASSERT_TRUE(document) << document.error().text();
  ASSERT_EQ(document->statements.size(), 1U);
  const Statement& statement = document->statements[0];
  EXPECT_EQ(statement.sid, "s");
  EXPECT_EQ(statement.effect, Effect::kDeny);
  EXPECT_TRUE(statement.not_action);
  EXPECT_EQ(statement.actions, (std::vector<std::string>{"a:b", "c:*"}));
  EXPECT_FALSE(statement.not_resource);
  ASSERT_EQ(statement.conditions.size(), 3U);
  EXPECT_EQ(statement.conditions[0].op,
            (ConditionOperator{Comparison::kStringLike, true, true, Quantifier::kForAnyValue}));
  EXPECT_EQ(statement.conditions[1].values, std::vector<std::string>{"3"});
  EXPECT_EQ(statement.conditions[2].values, std::vector<std::string>{"true"});
}

TEST(Document, OneStatementNeedsNoList) {
  EXPECT_EQ(
      refusal(R"({"Version":"1","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})"), "");
  EXPECT_EQ(refusal(wrap(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{}})")), "");
}

TEST(Document, RefusalsNameThePlace) {
  struct Case {
    const char* text;
    const char* says;  // a part of it
  };
  const Case cases[] = {
      {"", "no JSON from character 1"},
      {R"({"Version":"1",)", "no JSON from character 16"},
      {"[]", "an object with Version and Statement"},
      {R"({"Statement":[]})", "Version: it is the text \"1\""},
      {R"({"Version":1,"Statement":[]})", "Version: it is the text \"1\""},
      {R"({"Version":"1"})", "Statement: it is missing"},
      {R"({"Version":"1","Statement":[]})", "Statement: it is a list"},
      {R"({"Version":"1","Statement":[3]})", "Statement[0]: a statement is an object"},
      {R"({"Version":"1","Id":"x","Statement":[]})", "Id: unknown element"},
      {R"({"Version":"1","Version":"1","Statement":[]})", "Version: it is there twice"},
  };
  for (const Case& each : cases) {
    EXPECT_NE(refusal(each.text).find(each.says), std::string::npos)
        << each.text << " → " << refusal(each.text);
  }
}

TEST(Document, RefusalsWithinAStatement) {
  struct Case {
    const char* statement;
    const char* says;
  };
  const Case cases[] = {
      {R"({"Action":"*","Resource":"*"})", "Statement[0].Effect: it is \"Allow\" or \"Deny\""},
      {R"({"Effect":"allow","Action":"*","Resource":"*"})", "Statement[0].Effect"},
      {R"({"Effect":"Allow","Resource":"*"})", "Statement[0].Action: a statement has either"},
      {R"({"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"})",
       "either it or NotAction"},
      {R"({"Effect":"Allow","Action":[],"Resource":"*"})", "Statement[0].Action: it is a text or"},
      {R"({"Effect":"Allow","Action":[1],"Resource":"*"})", "Statement[0].Action: its values are"},
      {R"({"Effect":"Allow","Action":"GetObject","Resource":"*"})",
       "not of the form service:operation"},
      {R"({"Effect":"Allow","Action":"oss:","Resource":"*"})", "not of the form service:operation"},
      {R"({"Effect":"Allow","Action":"*"})", "Statement[0].Resource: a statement has either"},
      {R"({"Effect":"Allow","Action":"*","Resource":"b/k"})", "not of the form acs:"},
      {R"({"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"})",
       "Principal: unknown element"},
      {R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":[]})",
       "Condition: it is an object"},
      {R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringIs":{"a:b":"c"}}})",
       "Statement[0].Condition.StringIs: unknown operator; there are: StringEquals, "},
      {R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":"yes"}}})",
       "Statement[0].Condition.Bool.a:b: \"yes\" is no \"true\" or \"false\""},
      {R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"a:b":"10.0.0"}}})",
       "is no IP address"},
      {R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateLessThan":{"a:b":"soon"}}})",
       "is no date"},
      {R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericEquals":{"a:b":"x"}}})",
       "is no number"},
      {R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":[]}}})",
       "it has no value"},
      {R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"key":"c"}}})",
       "a key is of the form service:name"},
      {R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a:b":{}}}})",
       "its values are texts"},
  };
  for (const Case& each : cases) {
    EXPECT_NE(refusal(wrap(each.statement)).find(each.says), std::string::npos)
        << each.statement << " → " << refusal(wrap(each.statement));
  }
}

TEST(Document, TrustPolicies) {
  auto trust = [](const std::string& principal) {
    return refusal(
        wrap(R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":)" + principal + "}"),
        Kind::kTrust);
  };
  EXPECT_EQ(trust(R"({"RAM":["acs:ram::100:root"],"Service":"ecs.aliyuncs.com"})"), "");
  EXPECT_EQ(trust(R"({"Federated":["acs:ram::100:oidc-provider/p"]})"), "");
  EXPECT_NE(trust(R"("*")"), "");
  EXPECT_NE(trust(R"({"RAM":"*"})"), "");
  EXPECT_NE(trust(R"({"RAM":"acs:ram::*:root"})"), "");
  EXPECT_NE(trust(R"({"RAM":"acs:ram::100:group/g"})"), "");
  EXPECT_NE(trust(R"({"Service":"*.aliyuncs.com"})"), "");
  EXPECT_NE(trust(R"({})"), "");
  EXPECT_NE(refusal(wrap(R"({"Effect":"Allow","Action":"sts:AssumeRole"})"), Kind::kTrust), "");
  EXPECT_NE(refusal(wrap(R"({"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*",
                             "Principal":{"RAM":"acs:ram::100:root"}})"),
                    Kind::kTrust),
            "");
}

TEST(Document, BucketPolicies) {
  auto bucket = [](const std::string& principal) {
    return refusal(
        wrap(R"({"Effect":"Allow","Action":"oss:*","Resource":"*","Principal":)" + principal + "}"),
        Kind::kResource);
  };
  EXPECT_EQ(bucket(R"("*")"), "");
  EXPECT_EQ(bucket(R"(["27737962156157","arn:sts::100:assumed-role/r/*","arn:sts::*:*/*/*"])"), "");
  EXPECT_NE(bucket(R"({"RAM":["acs:ram::100:root"]})"), "");
  EXPECT_NE(bucket(R"(["ann"])"), "");
  EXPECT_NE(bucket(R"(["arn:sts::100:user/r"])"), "");
  EXPECT_NE(bucket("[]"), "");
}

TEST(Document, Limits) {
  std::string text = wrap(R"({"Effect":"Allow","Action":"*","Resource":"*"})");
  EXPECT_TRUE(parse(text, Kind::kIdentity, text.size()));
  auto longer = parse(text, Kind::kIdentity, text.size() - 1);
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().fault, Malformed::Fault::kTooLong);
  // Characters count, not bytes.
  std::string umlauts = wrap(R"({"Effect":"Allow","Action":"*","Resource":"*ä"})");
  EXPECT_TRUE(parse(umlauts, Kind::kIdentity, umlauts.size() - 1));
  auto deep = parse(std::string(6000, '['), Kind::kIdentity, kMaxIdentityPolicyLength);
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().fault, Malformed::Fault::kGrammar);
}

}  // namespace
}  // namespace lakeside::ram::policy
