// What the vendor's pages say, as cases: docs/identity.md names the pages.
#include "services/ram/policy/evaluate.h"

#include <initializer_list>
#include <utility>

#include <gtest/gtest.h>

namespace lakeside::ram::policy {
namespace {

using Reason = Decision::Reason;
using Keys = std::initializer_list<std::pair<const char*, const char*>>;

const Caller kAnonymous{};
const Caller kRoot{Caller::Kind::kRoot, "100"};
const Caller kStranger{Caller::Kind::kRoot, "200"};
const Caller kAnn{Caller::Kind::kUser, "100", "1001", "ann"};
const Caller kBob{Caller::Kind::kUser, "200", "2001", "bob"};
const Caller kRole{Caller::Kind::kRole, "100", "1009", "reader", "s1"};

PolicyPtr policy(std::string_view statements, Kind kind = Kind::kIdentity) {
  std::string text = R"({"Version":"1","Statement":[)" + std::string(statements) + "]}";
  auto compiled = compile(text, kind, kMaxResourcePolicyLength);
  if (!compiled) ADD_FAILURE() << compiled.error().text();
  return compiled ? *compiled : nullptr;
}

// Grounds that own their policies.
struct Case {
  Caller caller = kAnn;
  PolicyPtr identity;
  PolicyPtr session;
  PolicyPtr resource;
  bool needs_both = false;
  bool granted_by_acl = false;
  bool public_access_blocked = false;

  [[nodiscard]] Decision ask(std::string_view action, std::string_view resource_name,
                             Keys keys = {}, std::string_view owner = "100") const {
    Context context;
    for (const auto& [key, value] : keys) context.add(key, value);
    FixedContext source(std::move(context));
    NamedPolicy i{"identity", identity.get()};
    NamedPolicy s{"session", session.get()};
    NamedPolicy r{"resource", resource.get()};
    Grounds grounds;
    if (identity) grounds.identity = {&i, 1};
    if (session) grounds.session = &s;
    if (resource) grounds.resource = &r;
    grounds.needs_both = needs_both;
    grounds.granted_by_acl = granted_by_acl;
    grounds.blocked = {public_access_blocked, public_access_blocked, false};
    return evaluate(caller, {action, resource_name, owner, &source}, grounds);
  }
};

TEST(Evaluate, NothingAllowsIsDenied) {
  Decision decision = Case{}.ask("oss:GetObject", "acs:oss:cn:100:b/k");
  EXPECT_FALSE(decision.allowed);
  EXPECT_EQ(decision.reason, Reason::kNoStatement);
  EXPECT_EQ(decision.type, PolicyType::kIdentity);
}

TEST(Evaluate, DenyGoesBeforeAllow) {
  Case c{.identity = policy(R"({"Effect":"Allow","Action":"oss:*","Resource":"*"},
                               {"Sid":"no","Effect":"Deny","Action":"oss:DeleteObject","Resource":"*"})")};
  EXPECT_TRUE(c.ask("oss:GetObject", "acs:oss:cn:100:b/k").allowed);
  Decision denied = c.ask("oss:DeleteObject", "acs:oss:cn:100:b/k");
  EXPECT_FALSE(denied.allowed);
  EXPECT_EQ(denied.reason, Reason::kExplicitDeny);
  EXPECT_EQ(denied.policy, "identity");
  EXPECT_EQ(denied.statement, 1U);
  EXPECT_EQ(denied.sid, "no");
}

TEST(Evaluate, ActionsDoNotKnowCase) {
  Case c{.identity = policy(
             R"({"Effect":"Allow","Action":["OSS:getobject","ecs:Describe*"],"Resource":"*"})")};
  EXPECT_TRUE(c.ask("oss:GetObject", "x").allowed);
  EXPECT_TRUE(c.ask("ecs:DescribeInstances", "x").allowed);
  EXPECT_FALSE(c.ask("ecs:StopInstance", "x").allowed);
}

// "allows all operations except for those in RAM"
TEST(Evaluate, NotActionIsAllButThose) {
  Case c{.identity = policy(R"({"Effect":"Allow","NotAction":"ram:*","Resource":"*"})")};
  EXPECT_TRUE(c.ask("oss:GetObject", "*").allowed);
  EXPECT_FALSE(c.ask("ram:GetUser", "*").allowed);
}

TEST(Evaluate, ResourcesByTheirParts) {
  Case c{.identity = policy(R"({"Effect":"Allow","Action":"*","Resource":
      ["acs:oss:*:*:mybucket","acs:oss:*:*:mybucket/dir/*","acs:ram::100:user/ann"]})")};
  EXPECT_TRUE(c.ask("a:b", "acs:oss:oss-cn-hangzhou:100:mybucket").allowed);
  EXPECT_TRUE(c.ask("a:b", "acs:oss:oss-cn-hangzhou:100:mybucket/dir/a:b").allowed);
  EXPECT_TRUE(c.ask("a:b", "acs:oss:*:100:mybucket/dir/").allowed);
  EXPECT_TRUE(c.ask("a:b", "acs:ram:*:100:user/ann").allowed);
  EXPECT_FALSE(c.ask("a:b", "acs:oss:oss-cn-hangzhou:100:mybucket2").allowed);
  EXPECT_FALSE(c.ask("a:b", "acs:oss:oss-cn-hangzhou:100:mybucket/Dir/x").allowed);
  EXPECT_FALSE(c.ask("a:b", "*").allowed);  // an operation on no resource needs "*"
  // A star for the account does not reach into the key.
  Case star{.identity = policy(R"({"Effect":"Allow","Action":"*","Resource":"acs:oss:*:1*0:b"})")};
  EXPECT_FALSE(star.ask("a:b", "acs:oss:cn:1:x:0:b").allowed);
}

// "Example: list only the objects of a folder", conditional-operator page.
TEST(Evaluate, PrefixAndDelimiter) {
  Case c{.identity = policy(
             R"({"Effect":"Allow","Action":"oss:ListObjects","Resource":"acs:oss:*:*:myphotos",
      "Condition":{"StringLike":{"oss:Delimiter":"/","oss:Prefix":["","hangzhou/","hangzhou/2015/*"]}}})")};
  auto list = [&](const char* prefix, const char* delimiter) {
    return c
        .ask("oss:ListObjects", "acs:oss:cn:100:myphotos",
             {{"oss:Prefix", prefix}, {"oss:Delimiter", delimiter}})
        .allowed;
  };
  EXPECT_TRUE(list("", "/"));
  EXPECT_TRUE(list("hangzhou/", "/"));
  EXPECT_TRUE(list("hangzhou/2015/01/", "/"));
  EXPECT_FALSE(list("hangzhou/2014/", "/"));
  EXPECT_FALSE(list("hangzhou/", ""));
  EXPECT_FALSE(c.ask("oss:ListObjects", "acs:oss:cn:100:myphotos", {{"oss:prefix", ""}}).allowed);
}

// "access OSS through an IP address"
TEST(Evaluate, SourceIp) {
  Case c{.identity = policy(R"({"Effect":"Allow","Action":"oss:*","Resource":"*"},
      {"Effect":"Deny","Action":"oss:*","Resource":"*",
       "Condition":{"NotIpAddress":{"acs:SourceIp":["192.168.0.0/16","172.16.0.0/12"]}}})")};
  EXPECT_TRUE(c.ask("oss:GetObject", "x", {{"acs:SourceIp", "172.20.1.1"}}).allowed);
  EXPECT_FALSE(c.ask("oss:GetObject", "x", {{"acs:SourceIp", "8.8.8.8"}}).allowed);
  EXPECT_FALSE(c.ask("oss:GetObject", "x").allowed);  // a key that is missing is none of them
}

TEST(Evaluate, TimeAndTransport) {
  Case c{.identity = policy(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{
      "DateLessThan":{"acs:CurrentTime":"2026-11-22T18:00:00+08:00"},
      "Bool":{"acs:SecureTransport":"true"}}})")};
  auto at = [&](const char* time, const char* secure) {
    return c.ask("a:b", "x", {{"acs:CurrentTime", time}, {"acs:SecureTransport", secure}}).allowed;
  };
  EXPECT_TRUE(at("2026-11-22T09:59:59Z", "true"));
  EXPECT_FALSE(at("2026-11-22T10:00:00Z", "true"));
  EXPECT_FALSE(at("2026-11-22T09:59:59Z", "false"));
}

TEST(Evaluate, SeveralValuesOfAKey) {
  auto tags = [](const char* op, Keys keys) {
    Case c{.identity = policy(
               std::string(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{")") + op +
               R"(":{"acs:TagKeys":["red","blue"]}}})")};
    return c.ask("a:b", "x", keys).allowed;
  };
  Keys both = {{"acs:TagKeys", "red"}, {"acs:TagKeys", "green"}};
  Keys inside = {{"acs:TagKeys", "red"}, {"acs:TagKeys", "blue"}};
  EXPECT_TRUE(tags("ForAnyValue:StringEquals", both));
  EXPECT_FALSE(tags("ForAllValues:StringEquals", both));
  EXPECT_TRUE(tags("ForAllValues:StringEquals", inside));
  EXPECT_TRUE(tags("ForAnyValue:StringNotEquals", both));
  EXPECT_FALSE(tags("StringNotEquals", both));
  EXPECT_FALSE(tags("ForAnyValue:StringEquals", {}));
  EXPECT_TRUE(tags("ForAllValues:StringEquals", {}));
  EXPECT_TRUE(tags("StringEqualsIfExists", {}));
  EXPECT_FALSE(tags("StringEquals", {}));
  EXPECT_TRUE(tags("StringNotEquals", {}));
}

TEST(Evaluate, ASessionDoesOnlyWhatItsPolicyAllows) {
  Case c{.caller = kRole,
         .identity = policy(R"({"Effect":"Allow","Action":"oss:*","Resource":"*"})"),
         .session = policy(R"({"Effect":"Allow","Action":"oss:GetObject","Resource":"*"})")};
  EXPECT_TRUE(c.ask("oss:GetObject", "x").allowed);
  Decision narrowed = c.ask("oss:PutObject", "x");
  EXPECT_FALSE(narrowed.allowed);
  EXPECT_EQ(narrowed.reason, Reason::kSession);
  EXPECT_EQ(narrowed.type, PolicyType::kSession);
  c.granted_by_acl = true;  // nor what is open to all
  EXPECT_FALSE(c.ask("oss:PutObject", "x").allowed);
  c.identity = nullptr;  // and it grants nothing by itself
  c.granted_by_acl = false;
  EXPECT_FALSE(c.ask("oss:GetObject", "x").allowed);
}

TEST(Evaluate, OtherAccountsNeedTheOwnersWord) {
  PolicyPtr all = policy(R"({"Effect":"Allow","Action":"*","Resource":"*"})");
  Case c{.caller = kBob, .identity = all};
  EXPECT_FALSE(c.ask("oss:GetObject", "acs:oss:cn:100:b/k").allowed);
  c.resource =
      policy(R"({"Effect":"Allow","Action":"oss:GetObject","Resource":"*","Principal":["2001"]})",
             Kind::kResource);
  EXPECT_TRUE(c.ask("oss:GetObject", "acs:oss:cn:100:b/k").allowed);
  c.identity = nullptr;  // its own account need not agree
  EXPECT_TRUE(c.ask("oss:GetObject", "acs:oss:cn:100:b/k").allowed);
  c.identity = policy(R"({"Effect":"Deny","Action":"*","Resource":"*"})");  // but may object
  EXPECT_FALSE(c.ask("oss:GetObject", "acs:oss:cn:100:b/k").allowed);
}

TEST(Evaluate, TheRootAccount) {
  Case c{.caller = kRoot};
  EXPECT_EQ(c.ask("oss:GetObject", "x").reason, Reason::kOwnerAccount);
  EXPECT_TRUE(c.ask("oss:ListBuckets", "x", {}, "").allowed);
  EXPECT_FALSE(c.ask("oss:GetObject", "x", {}, "200").allowed);
}

// "Bucket Policy": "*" without a condition is everybody but the owner; with one, the owner too.
TEST(Evaluate, EverybodyAndTheOwner) {
  Case c{.caller = kRoot,
         .resource = policy(R"({"Effect":"Deny","Action":"oss:*","Resource":"*","Principal":"*"})",
                            Kind::kResource)};
  EXPECT_TRUE(c.ask("oss:GetObject", "x").allowed);
  c.caller = kAnn;
  EXPECT_FALSE(c.ask("oss:GetObject", "x").allowed);
  c.resource =
      policy(R"({"Effect":"Deny","Action":"oss:GetObject","Principal":["*"],"Resource":["*"],
      "Condition":{"StringNotEquals":{"acs:SourceVpc":["vpc-1"]}}})",
             Kind::kResource);
  c.caller = kRoot;
  Decision denied = c.ask("oss:GetObject", "x");
  EXPECT_FALSE(denied.allowed);
  EXPECT_EQ(denied.type, PolicyType::kResource);
  EXPECT_TRUE(c.ask("oss:GetObject", "x", {{"acs:SourceVpc", "vpc-1"}}).allowed);
}

TEST(Evaluate, PrincipalsOfBucketPolicies) {
  auto allowed = [](const char* principal, const Caller& caller) {
    Case c{.caller = caller,
           .resource = policy(R"({"Effect":"Allow","Action":"*","Resource":"*","Principal":[")" +
                                  std::string(principal) + "\"]}",
                              Kind::kResource)};
    return c.ask("oss:GetObject", "acs:oss:cn:100:b/k").allowed;
  };
  EXPECT_TRUE(allowed("*", kAnonymous));
  EXPECT_FALSE(allowed("200", kAnonymous));
  EXPECT_TRUE(allowed("200", kStranger));
  EXPECT_FALSE(allowed("200", kBob));  // the account is not its users
  EXPECT_TRUE(allowed("2001", kBob));
  EXPECT_TRUE(allowed("acs:ram::200:root", kBob));
  EXPECT_TRUE(allowed("acs:ram::200:user/BOB", kBob));
  EXPECT_TRUE(allowed("arn:sts::100:assumed-role/reader/*", kRole));
  EXPECT_TRUE(allowed("arn:sts::*:*/*/*", kRole));
  EXPECT_FALSE(allowed("arn:sts::100:assumed-role/reader/s2", kRole));
  EXPECT_FALSE(allowed("arn:sts::*:*/*/*", kBob));
}

TEST(Evaluate, AssumingARoleNeedsBothSides) {
  Case c{.caller = kBob,
         .identity = policy(
             R"({"Effect":"Allow","Action":"sts:AssumeRole","Resource":"acs:ram:*:100:role/r"})"),
         .resource = policy(R"({"Effect":"Allow","Action":"sts:AssumeRole",
                                "Principal":{"RAM":["acs:ram::200:root"]}})",
                            Kind::kTrust),
         .needs_both = true};
  EXPECT_TRUE(c.ask("sts:AssumeRole", "acs:ram:*:100:role/r").allowed);
  EXPECT_FALSE(c.ask("sts:AssumeRole", "acs:ram:*:100:role/other").allowed);
  c.caller = kAnn;
  Decision untrusted = c.ask("sts:AssumeRole", "acs:ram:*:100:role/r");
  EXPECT_FALSE(untrusted.allowed);
  EXPECT_EQ(untrusted.type, PolicyType::kTrust);
  c.caller = kBob;
  c.identity = nullptr;
  EXPECT_EQ(c.ask("sts:AssumeRole", "acs:ram:*:100:role/r").type, PolicyType::kIdentity);
}

TEST(Evaluate, ServicesAndProviders) {
  Case c{.resource = policy(R"({"Effect":"Allow","Action":"sts:AssumeRole","Principal":{
      "Service":["ecs.aliyuncs.com"],"Federated":"acs:ram::100:oidc-provider/p"},
      "Condition":{"StringEqualsIfExists":{"oidc:aud":"me"}}})",
                            Kind::kTrust)};
  c.caller = {.kind = Caller::Kind::kService, .name = "ecs.aliyuncs.com"};
  EXPECT_TRUE(c.ask("sts:AssumeRole", "acs:ram:*:100:role/r").allowed);
  c.caller.name = "fc.aliyuncs.com";
  EXPECT_FALSE(c.ask("sts:AssumeRole", "acs:ram:*:100:role/r").allowed);
  c.caller = {.kind = Caller::Kind::kFederated, .provider = "acs:ram::100:oidc-provider/p"};
  EXPECT_TRUE(c.ask("sts:AssumeRole", "acs:ram:*:100:role/r", {{"oidc:aud", "me"}}).allowed);
  EXPECT_FALSE(c.ask("sts:AssumeRole", "acs:ram:*:100:role/r", {{"oidc:aud", "you"}}).allowed);
}

TEST(Evaluate, AccessListsAndThePublicBlock) {
  Case c{.caller = kAnonymous, .granted_by_acl = true};
  EXPECT_EQ(c.ask("oss:GetObject", "x").reason, Reason::kAccessList);
  c.public_access_blocked = true;
  EXPECT_EQ(c.ask("oss:GetObject", "x").reason, Reason::kPublicAccessBlocked);
  c.granted_by_acl = false;
  c.resource =
      policy(R"({"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"})", Kind::kResource);
  EXPECT_TRUE(c.resource->is_public());
  EXPECT_EQ(c.ask("oss:GetObject", "x").reason, Reason::kPublicAccessBlocked);
  c.resource = policy(R"({"Effect":"Allow","Action":"*","Resource":"*","Principal":"*",
      "Condition":{"IpAddress":{"acs:SourceIp":"10.0.0.0/8"}}})",
                      Kind::kResource);
  EXPECT_FALSE(c.resource->is_public());
  EXPECT_TRUE(c.ask("oss:GetObject", "x", {{"acs:SourceIp", "10.1.1.1"}}).allowed);
}

TEST(Evaluate, BothSidesMayDeny) {
  Case c{.identity = policy(R"({"Effect":"Deny","Action":"*","Resource":"*"})"),
         .resource = policy(R"({"Effect":"Deny","Action":"*","Resource":"*","Principal":["1001"]})",
                            Kind::kResource)};
  EXPECT_TRUE(c.ask("oss:GetObject", "x").denied_by_both);
}

}  // namespace
}  // namespace lakeside::ram::policy
