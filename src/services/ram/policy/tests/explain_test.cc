#include "services/ram/policy/explain.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/encoding.h"

namespace lakeside::ram::policy {
namespace {

const Caller kAnn{Caller::Kind::kUser, "100", "1001", "ann"};
const Caller kRole{Caller::Kind::kRole, "100", "1009", "reader", "s1"};

struct Asked {
  explicit Asked(std::string_view effect, Kind kind = Kind::kIdentity) {
    std::string text = R"({"Version":"1","Statement":{"Effect":")" + std::string(effect) +
                       R"(","Action":"oss:*","Resource":"*")" +
                       (kind == Kind::kResource ? R"(,"Principal":"*")" : "") + "}}";
    compiled = compile(text, kind, kMaxIdentityPolicyLength).value();
    named = {"P", compiled.get(), "Custom", "v1", "RamUser"};
    if (kind == Kind::kResource) {
      grounds.resource = &named;
    } else {
      grounds.identity = {&named, 1};
    }
    Context context;
    context.add("acs:SourceIp", "10.0.0.1");
    source = FixedContext(std::move(context));
    request = {"oss:PutObject", "acs:oss:cn:100:b/k", "100", &source};
  }

  PolicyPtr compiled;
  NamedPolicy named;
  Grounds grounds;
  FixedContext source;
  Request request;
};

std::string member(const Decision& decision, const Caller& caller, const Request& request,
                   std::string_view name) {
  for (const auto& [key, value] : access_denied_detail(decision, caller, request)) {
    if (key == name) return value;
  }
  return "";
}

nlohmann::json decoded(const Decision& decision, const Caller& caller, const Request& request) {
  return nlohmann::json::parse(
      base64_decode(member(decision, caller, request, "EncodedDiagnosticMessage")).value());
}

TEST(Explain, TheDetailOfAnExplicitDeny) {
  Asked asked("Deny");
  Decision decision = evaluate(kAnn, asked.request, asked.grounds);
  EXPECT_EQ(explain(decision), "denied by statement 1 of the policy P");
  EXPECT_EQ(member(decision, kAnn, asked.request, "PolicyType"), "AccountLevelIdentityBasedPolicy");
  EXPECT_EQ(member(decision, kAnn, asked.request, "AuthPrincipalOwnerId"), "100");
  EXPECT_EQ(member(decision, kAnn, asked.request, "AuthPrincipalType"), "SubUser");
  EXPECT_EQ(member(decision, kAnn, asked.request, "AuthPrincipalDisplayName"), "1001");
  EXPECT_EQ(member(decision, kAnn, asked.request, "NoPermissionType"), "ExplicitDeny");
  EXPECT_EQ(member(decision, kAnn, asked.request, "AuthAction"), "oss:PutObject");
  nlohmann::json message = decoded(decision, kAnn, asked.request);
  EXPECT_EQ(message["ExplicitDeny"], true);
  EXPECT_EQ(message["AuthResource"], "acs:oss:cn:100:b/k");
  EXPECT_EQ(message["AuthConditions"][0]["ConditionValues"][0], "10.0.0.1");
  EXPECT_EQ(message["MatchedPolicies"][0]["PolicyIdentifier"], "P");
  EXPECT_EQ(message["MatchedPolicies"][0]["PolicyVersion"], "v1");
  EXPECT_EQ(message["MatchedPolicies"][0]["Statement"], 0);
}

TEST(Explain, TheDetailOfAnImplicitDeny) {
  Asked asked("Allow");
  asked.request.action = "ram:GetUser";
  Decision decision = evaluate(kRole, asked.request, asked.grounds);
  EXPECT_EQ(member(decision, kRole, asked.request, "NoPermissionType"), "ImplicitDeny");
  EXPECT_EQ(member(decision, kRole, asked.request, "AuthPrincipalType"), "AssumedRoleUser");
  EXPECT_EQ(member(decision, kRole, asked.request, "AuthPrincipalDisplayName"), "reader:s1");
  EXPECT_TRUE(decoded(decision, kRole, asked.request)["MatchedPolicies"].empty());
}

TEST(Explain, StrangersLearnNothingOfThePolicy) {
  Asked asked("Deny", Kind::kResource);
  Caller stranger{Caller::Kind::kRoot, "200"};
  Decision decision = evaluate(stranger, asked.request, asked.grounds);
  EXPECT_EQ(member(decision, stranger, asked.request, "PolicyType"), "ResourceBasedPolicy");
  EXPECT_TRUE(decoded(decision, stranger, asked.request)["MatchedPolicies"].empty());
  EXPECT_FALSE(
      decoded(evaluate(kAnn, asked.request, asked.grounds), kAnn, asked.request)["MatchedPolicies"]
          .empty());
  EXPECT_TRUE(access_denied_detail(decision, Caller{}, asked.request).empty());
}

TEST(Explain, ATraceShowsTheWay) {
  Asked asked("Allow");
  asked.grounds.blocked.access_list = true;
  EXPECT_EQ(trace(kAnn, asked.request, asked.grounds),
            "principal: acs:ram::100:user/ann\n"
            "action: oss:PutObject\n"
            "resource: acs:oss:cn:100:b/k\n"
            "context: acs:sourceip = \"10.0.0.1\"\n"
            "verdict: allowed: allowed by statement 1 of the policy P\n"
            "- policy P (RamUser): statement 1 allows\n"
            "    statement 1 (Allow): applies\n"
            "- PublicAccessBlock is on\n");
}

TEST(Explain, ATraceSaysOfEachStatementWhatDoesNotFit) {
  auto policy = *compile(R"({"Version":"1","Statement":[
      {"Effect":"Allow","Action":"oss:GetObject","Resource":"*"},
      {"Effect":"Deny","Action":"oss:*","Resource":"acs:oss:*:*:other/*"},
      {"Sid":"Office","Effect":"Allow","Action":"oss:Put*","Resource":"*",
       "Condition":{"IpAddress":{"acs:SourceIp":"10.0.0.0/8"}}}]})",
                         Kind::kIdentity, kMaxIdentityPolicyLength);
  NamedPolicy named{"P", policy.get(), "Custom", "v1", "RamGroup"};
  Grounds grounds;
  grounds.identity = {&named, 1};
  Request request{"oss:PutObject", "acs:oss:*:100:b/k", "100"};
  std::string text = trace(kAnn, request, grounds);
  EXPECT_NE(
      text.find("- policy P (RamGroup): no statement applies\n"
                "    statement 1 (Allow): another action\n"
                "    statement 2 (Deny): another resource\n"
                "    statement 3 (Allow \"Office\"): a condition does not hold: acs:sourceip\n"),
      text.npos)
      << text;
  auto document = nlohmann::json::parse(trace_document(kAnn, request, grounds));
  EXPECT_EQ(document["allowed"], false);
  EXPECT_EQ(document["policies"][0]["statements"][2]["condition"], "acs:sourceip");
  EXPECT_EQ(document["accessDeniedDetail"]["AuthAction"], "oss:PutObject");
}

TEST(Explain, BytesThatAreNoTextDoNotStopIt) {
  Asked asked("Deny");
  asked.request.resource = "acs:oss:cn:100:b/\xff";
  Decision decision = evaluate(kAnn, asked.request, asked.grounds);
  EXPECT_EQ(decoded(decision, kAnn, asked.request)["AuthResource"],
            "acs:oss:cn:100:b/\xef\xbf\xbd");
}

}  // namespace
}  // namespace lakeside::ram::policy
