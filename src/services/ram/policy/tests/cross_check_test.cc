// The evaluator against the plain one, on random policies and requests of small vocabularies, so
// that they meet often.
#include <cctype>
#include <optional>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "services/ram/policy/evaluate.h"
#include "services/ram/policy/explain.h"
#include "services/ram/policy/tests/plain_evaluator.h"

namespace lakeside::ram::policy {
namespace {

using Json = nlohmann::json;
using Texts = std::vector<std::string>;

constexpr int kShards = 10;
constexpr int kCases = 10000;  // policies and requests of a shard

class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }
  bool in(std::size_t n) { return below(n) == 0; }
  template <class T>
  const T& of(const std::vector<T>& all) {
    return all[below(all.size())];
  }

 private:
  std::mt19937 random_;
};

const Texts kActions = {"oss:GetObject",   "oss:PutObject", "OSS:getobject",
                        "oss:ListObjects", "ram:GetUser",   "sts:AssumeRole"};
const Texts kActionPatterns = {"*",
                               "oss:*",
                               "oss:Get*",
                               "oss:*Object",
                               "oss:?etObject",
                               "*:Get*",
                               "oss:GetObject",
                               "oss:PutObject",
                               "OSS:LISTOBJECTS",
                               "ram:*",
                               "oss:G*t?b*ct",
                               "sts:AssumeRole",
                               "ram:GetUser",
                               "oss:*s"};
const Texts kResources = {
    "acs:oss:cn:100:b",       "acs:oss:cn:100:b/a",  "acs:oss:*:100:b/a/b.txt",
    "acs:oss::100:b/x:y",     "acs:oss:cn:200:c/a",  "acs:oss:cn:200:c",
    "acs:ram:*:100:user/ann", "acs:ram::200:role/r", "*",
    "acs:oss:*:*:*",          "acs:oss:cn:100:b/äö"};
const Texts kResourcePatterns = {"*",
                                 "acs:*",
                                 "acs:oss:*:*:*",
                                 "acs:oss:*:*:b",
                                 "acs:oss:*:*:b/*",
                                 "acs:oss::100:b*",
                                 "acs:oss:cn:100:b/a",
                                 "acs:oss:us:*:*",
                                 "acs:oss:c?:1*:b/*.txt",
                                 "acs:*:*:200:*",
                                 "acs:oss:*:100:b/?",
                                 "acs:oss:*:100:b/??",
                                 "acs:oss:*:*:*/a*",
                                 "acs:ram:*:*:user/*",
                                 "acs:ram::200:role/r",
                                 "acs:oss:*:b/a",
                                 "*:100:b/a",
                                 "acs:oss:*:*:b/*:y"};
const Texts kNames = {"*",
                      "100",
                      "200",
                      "1001",
                      "2001",
                      "acs:ram::100:root",
                      "acs:ram::200:root",
                      "acs:ram::100:user/Ann",
                      "acs:ram::*:user/*",
                      "acs:ram::200:role/r",
                      "acs:ram::100:role/?",
                      "arn:sts::200:assumed-role/r/s",
                      "arn:sts::*:*/*/*",
                      "arn:sts::100:assumed-role/R/s*",
                      "acs:ram::100:assumed-role/r/t"};

// Keys with operators and values that suit them, and some that do not.
struct Subject {
  std::string key;
  Texts operators;
  Texts written;
  Texts asked;
};
const std::vector<Subject> kSubjects = {
    {"acs:SourceIp",
     {"IpAddress", "NotIpAddress", "IpAddressIncludeBorder"},
     {"10.0.0.0/8", "10.1.2.3", "192.168.1.7/17", "*", "0.0.0.0/0", "::/0", "2001:db8::/33",
      "::ffff:10.1.0.0/112", "10.1.2.2/31", "::1"},
     {"10.1.2.3", "192.168.77.1", "192.168.200.1", "2001:db8::7", "2001:db8:8000::1",
      "::ffff:10.1.2.3", "::1", "nowhere"}},
    {"oss:Prefix",
     {"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
      "StringNotEqualsIgnoreCase"},
     {"", "a/", "A/", "a/*", "*/b", "a?b", "*a*b*", "ä?"},
     {"", "a/", "A/", "a/b", "a/x/b", "xaybz", "äö"}},
    {"acs:CurrentTime",
     {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
      "DateGreaterThanEquals"},
     {"2026-11-22T10:00:00Z", "2026-11-22", "2026-11-22T18:00:00+08:00", "2026-11-22T10:00Z",
      "2026-11-22T10:00:00.500Z", "2020-02-29T23:59:59-03:30"},
     {"2026-11-22T10:00:00Z", "2026-11-22T00:00:00Z", "2026-11-22T10:00:00.500Z",
      "2020-03-01T03:29:59Z", "yesterday"}},
    {"oss:object-remaining-retention-days",
     {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
      "NumericGreaterThan", "NumericGreaterThanEquals"},
     {"0", "1", "10", "-3", "2.5", "1e1"},
     {"0", "1", "10", "2.5", "-3", "many"}},
    {"acs:SecureTransport", {"Bool"}, {"true", "false", "True"}, {"true", "false", "FALSE", "no"}},
    {"acs:TagKeys",
     {"StringEquals", "StringNotLike", "StringLike"},
     {"red", "blue", "*e*", "green"},
     {"red", "blue", "green"}},
    {"acs:AccessId",
     {"StringEquals", "StringLike", "StringNotEquals"},
     {"AK1", "TMP.*", "*"},
     {"AK1", "TMP.x"}},
};

Json texts(Chance& chance, const Texts& all) {
  if (chance.in(2)) return chance.of(all);
  Json out = Json::array();
  for (std::size_t n = 1 + chance.below(3); n > 0; --n) out.push_back(chance.of(all));
  return out;
}

Json conditions(Chance& chance) {
  Json out = Json::object();
  for (std::size_t n = chance.below(3); n > 0; --n) {
    const Subject& subject = chance.of(kSubjects);
    std::string op = chance.of(subject.operators);
    if (chance.in(5)) op += "IfExists";
    if (chance.in(4)) op = (chance.in(2) ? "ForAnyValue:" : "ForAllValues:") + op;
    std::string key = subject.key;
    if (chance.in(4)) key[0] = static_cast<char>(std::toupper(key[0]));
    out[op][key] = texts(chance, subject.written);
  }
  return out;
}

Json statement(Chance& chance, Kind kind) {
  Json out;
  out["Effect"] = chance.in(3) ? "Deny" : "Allow";
  out[kind != Kind::kTrust && chance.in(6) ? "NotAction" : "Action"] =
      texts(chance, kActionPatterns);
  if (kind != Kind::kTrust) {
    out[chance.in(6) ? "NotResource" : "Resource"] = texts(chance, kResourcePatterns);
  }
  if (kind == Kind::kResource) out["Principal"] = texts(chance, kNames);
  if (kind == Kind::kTrust) {
    Json& principal = out["Principal"];
    if (chance.in(2))
      principal["Service"] = texts(chance, {"oss.aliyuncs.com", "ecs.aliyuncs.com"});
    if (chance.in(2)) principal["Federated"] = texts(chance, {"acs:ram::100:oidc-provider/p"});
    if (principal.is_null() || chance.in(2)) {
      principal["RAM"] = texts(chance, {"acs:ram::100:root", "acs:ram::100:user/ann",
                                        "acs:ram::200:role/r", "acs:ram::200:root"});
    }
  }
  if (chance.in(2)) out["Condition"] = conditions(chance);
  return out;
}

Json document(Chance& chance, Kind kind) {
  Json out;
  out["Version"] = "1";
  if (chance.in(4)) {
    out["Statement"] = statement(chance, kind);
  } else {
    for (std::size_t n = 1 + chance.below(3); n > 0; --n) {
      out["Statement"].push_back(statement(chance, kind));
    }
  }
  return out;
}

// The same in S3's words: what both evaluators must take for the same.
const Texts kS3Actions = {"s3:*",         "s3:GetObject",   "s3:Get*",        "s3:ListBucket",
                          "s3:PutObject", "s3:?etObject",   "s3:ListBucket*", "*",
                          "S3:getobject", "s3:CreateBucket"};
const Texts kS3Resources = {"*",
                            "arn:aws:s3:::b",
                            "arn:aws:s3:::b/*",
                            "arn:aws:s3:::b*",
                            "arn:aws:s3:::b/?",
                            "arn:aws:s3:::*/a*",
                            "arn:aws:s3:::c",
                            "arn:aws:s3:::b/a/b.txt"};
const Texts kS3Names = {"*",
                        "100",
                        "arn:aws:iam::200:root",
                        "2001",
                        "arn:aws:iam::100:user/Ann",
                        "arn:aws:iam::200:role/r",
                        "arn:aws:sts::200:assumed-role/r/t"};
const std::vector<Subject> kS3Subjects = {
    {"aws:SourceIp", {"IpAddress", "NotIpAddress"}, {"10.0.0.0/8", "0.0.0.0/0", "10.1.2.3"}, {}},
    {"s3:prefix", {"StringEquals", "StringNotLike"}, {"", "a/", "a/*"}, {}},
    {"aws:SecureTransport", {"Bool"}, {"true", "false"}, {}},
    {"AWS:CurrentTime", {"DateLessThan"}, {"2026-11-22T10:00:00Z"}, {}},
};

Json s3_statement(Chance& chance) {
  Json out;
  out["Effect"] = chance.in(3) ? "Deny" : "Allow";
  out[chance.in(6) ? "NotAction" : "Action"] = texts(chance, kS3Actions);
  out[chance.in(6) ? "NotResource" : "Resource"] = texts(chance, kS3Resources);
  if (chance.in(4)) {
    out["Principal"] = "*";
  } else {
    out["Principal"][chance.in(8) ? "CanonicalUser" : "AWS"] = texts(chance, kS3Names);
    if (out["Principal"].contains("CanonicalUser")) out["Principal"]["CanonicalUser"] = "200";
  }
  if (chance.in(2)) {
    const Subject& subject = chance.of(kS3Subjects);
    out["Condition"][chance.of(subject.operators)][subject.key] = texts(chance, subject.written);
  }
  return out;
}

Json s3_document(Chance& chance) {
  Json out;
  out["Version"] = "2012-10-17";
  for (std::size_t n = 1 + chance.below(3); n > 0; --n) {
    out["Statement"].push_back(s3_statement(chance));
  }
  return out;
}

struct Callers {
  plain::Caller plain;
  Caller::Kind kind;
};
const std::vector<Callers> kCallers = {
    {{"anonymous", "", "", "", "", ""}, Caller::Kind::kAnonymous},
    {{"root", "100", "", "", "", ""}, Caller::Kind::kRoot},
    {{"root", "200", "", "", "", ""}, Caller::Kind::kRoot},
    {{"user", "100", "1001", "ann", "", ""}, Caller::Kind::kUser},
    {{"user", "200", "2001", "Bob", "", ""}, Caller::Kind::kUser},
    {{"role", "100", "1009", "r", "s", ""}, Caller::Kind::kRole},
    {{"role", "200", "2009", "r", "t", ""}, Caller::Kind::kRole},
    {{"service", "", "", "oss.aliyuncs.com", "", ""}, Caller::Kind::kService},
    {{"federated", "100", "", "", "", "acs:ram::100:oidc-provider/p"}, Caller::Kind::kFederated},
};

// One policy in both forms.
struct Both {
  Json json;
  PolicyPtr compiled;
};

Both make(Chance& chance, Kind kind) {
  Both out{kind == Kind::kS3Resource ? s3_document(chance) : document(chance, kind), {}};
  auto compiled = compile(out.json.dump(), kind, kMaxResourcePolicyLength);
  if (!compiled) {
    ADD_FAILURE() << compiled.error().text() << "\n" << out.json.dump(2);
    std::abort();
  }
  out.compiled = *compiled;
  return out;
}

plain::Verdict verdict(const Decision& decision) {
  if (decision.allowed) return plain::Verdict::kAllow;
  return decision.reason == Decision::Reason::kExplicitDeny ? plain::Verdict::kExplicitDeny
                                                            : plain::Verdict::kImplicitDeny;
}

class CrossCheck : public testing::TestWithParam<int> {};

TEST_P(CrossCheck, BothEvaluatorsAgree) {
  Chance chance(20261122U + static_cast<unsigned>(GetParam()));
  std::size_t counts[3] = {};
  for (int made = 0; made < kCases;) {
    std::vector<Both> identity;
    for (std::size_t n = chance.below(3); n > 0; --n)
      identity.push_back(make(chance, Kind::kIdentity));
    std::optional<Both> session;
    if (chance.in(4)) session = make(chance, Kind::kIdentity);
    std::optional<Both> resource;
    if (chance.in(2)) {
      resource = make(chance, chance.of(std::vector<Kind>{Kind::kTrust, Kind::kResource,
                                                          Kind::kResource, Kind::kS3Resource}));
    }
    std::size_t policies = identity.size() + (session ? 1 : 0) + (resource ? 1 : 0);
    if (policies == 0) continue;

    plain::Grounds plain_grounds;
    std::vector<NamedPolicy> named;
    for (const Both& both : identity) {
      plain_grounds.identity.push_back(both.json);
      named.push_back({"i", both.compiled.get()});
    }
    NamedPolicy session_policy{"s", session ? session->compiled.get() : nullptr};
    NamedPolicy resource_policy{"r", resource ? resource->compiled.get() : nullptr};
    if (session) plain_grounds.session = session->json;
    if (resource) plain_grounds.resource = resource->json;
    Grounds grounds{named, session ? &session_policy : nullptr,
                    resource ? &resource_policy : nullptr};

    // As many requests as policies, so that there are 100,000 of both.
    for (std::size_t n = policies; n > 0; --n, ++made) {
      grounds.needs_both = plain_grounds.needs_both = chance.in(6);
      grounds.granted_by_acl = plain_grounds.granted_by_acl = chance.in(6);
      grounds.blocked.access_list = plain_grounds.access_list_blocked = chance.in(4);
      grounds.blocked.public_statements = plain_grounds.public_policy_blocked = chance.in(4);
      grounds.blocked.strangers = plain_grounds.strangers_blocked = chance.in(6);
      const Callers& who = chance.of(kCallers);
      plain::Request plain_request{
          chance.of(kActions), chance.of(kResources), chance.of(Texts{"", "100", "200"}), {}};
      Context context;
      for (const Subject& subject : kSubjects) {
        std::size_t values = chance.below(3);
        if (subject.key == "acs:TagKeys") values += chance.below(2);
        if (values == 2 && subject.key != "acs:TagKeys" && !chance.in(3)) values = 1;
        for (; values > 0; --values) {
          const std::string& value = chance.of(subject.asked);
          context.add(subject.key, value);
          std::string key = subject.key;
          for (char& c : key) c = static_cast<char>(std::tolower(c));
          plain_request.context[key].push_back(value);
        }
      }
      FixedContext source(std::move(context));
      Caller caller{who.kind,       who.plain.account, who.plain.id,
                    who.plain.name, who.plain.session, who.plain.provider};
      Request request{plain_request.action, plain_request.resource, plain_request.owner, &source};

      plain::Verdict expected = plain::evaluate(who.plain, plain_request, plain_grounds);
      Decision decision = evaluate(caller, request, grounds);
      ++counts[static_cast<int>(expected)];
      if (verdict(decision) != expected) {
        std::string all;
        for (const Both& both : identity) all += "identity " + both.json.dump() + "\n";
        if (session) all += "session " + session->json.dump() + "\n";
        if (resource) all += "resource " + resource->json.dump() + "\n";
        FAIL() << "expected " << static_cast<int>(expected) << "\n"
               << trace(caller, request, grounds) << "owner " << plain_request.owner
               << " needs_both " << grounds.needs_both << "\n"
               << all;
      }
    }
  }
  for (std::size_t count : counts) EXPECT_GT(count, 500U);  // else the vocabularies are bad
}

INSTANTIATE_TEST_SUITE_P(Shards, CrossCheck, testing::Range(0, kShards));

}  // namespace
}  // namespace lakeside::ram::policy
