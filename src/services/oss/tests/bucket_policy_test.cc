// Bucket policies and PublicAccessBlock through the whole service, in both dialects.
#include <gtest/gtest.h>

#include "services/oss/tests/test_cloud.h"

namespace lakeside::oss {
namespace {

constexpr const char* kOwner = "1000000000000001";
constexpr const char* kStranger = "1000000000000002";

std::string oss_policy(const std::string& statement) {
  return R"({"Version":"1","Statement":[)" + statement + "]}";
}
std::string oss_statement(const std::string& effect, const std::string& action,
                          const std::string& principal, const std::string& resource = "bkt/*",
                          const std::string& more = {}) {
  return R"({"Effect":")" + effect + R"(","Action":")" + action + R"(","Principal":[")" +
         principal + R"("],"Resource":["acs:oss:*:*:)" + resource + R"("])" + more + "}";
}
std::string s3_policy(const std::string& statement) {
  return R"({"Version":"2012-10-17","Statement":[)" + statement + "]}";
}
std::string s3_statement(const std::string& effect, const std::string& action,
                         const std::string& principal, const std::string& resource = "bkt/*",
                         const std::string& more = {}) {
  return R"({"Effect":")" + effect + R"(","Action":")" + action + R"(","Principal":)" + principal +
         R"(,"Resource":"arn:aws:s3:::)" + resource + R"(")" + more + "}";
}

struct BucketPolicies : testing::Test {
  TestCloud cloud;
  void SetUp() override {
    cloud.oss("PUT /bkt");
    cloud.oss("PUT /bkt/a", {}, "A");
  }
  int get(Who who) { return cloud.oss("GET /bkt/a", {}, "", who).status; }
  Answer put_oss(const std::string& document) { return cloud.oss("PUT /bkt?policy", {}, document); }
  Answer put_s3(const std::string& document) { return cloud.s3("PUT /bkt?policy", {}, document); }
  Answer put_block(const std::string& on) {
    return cloud.oss("PUT /bkt?publicAccessBlock", {},
                     "<PublicAccessBlockConfiguration><BlockPublicAccess>" + on +
                         "</BlockPublicAccess></PublicAccessBlockConfiguration>");
  }
};

TEST_F(BucketPolicies, Life) {
  Answer none = cloud.oss("GET /bkt?policy");
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(none.code, "NoSuchBucketPolicy");
  EXPECT_EQ(none.element("EC"), "0030-00000006");
  EXPECT_EQ(cloud.oss("GET /bkt?policyStatus").element("IsPublic"), "false");
  EXPECT_EQ(cloud.s3("GET /bkt?policyStatus").code, "NoSuchBucketPolicy");
  EXPECT_EQ(cloud.oss("DELETE /bkt?policy").status, 204);

  std::string document = oss_policy(oss_statement("Allow", "oss:GetObject", kStranger));
  EXPECT_EQ(get(Who::kStranger), 403);
  EXPECT_EQ(put_oss(document).status, 200);
  EXPECT_EQ(get(Who::kStranger), 200);
  EXPECT_EQ(get(Who::kAnonymous), 403);
  EXPECT_EQ(cloud.oss("PUT /bkt/a", {}, "B", Who::kStranger).status, 403);
  Answer read = cloud.oss("GET /bkt?policy");
  EXPECT_EQ(read.body, document);
  EXPECT_EQ(read.header("Content-Type"), "application/json");
  EXPECT_EQ(cloud.oss("GET /bkt?policy", {}, "", Who::kStranger).status, 403);
  EXPECT_EQ(cloud.oss("DELETE /bkt?policy").status, 204);
  EXPECT_EQ(get(Who::kStranger), 403);
}

TEST_F(BucketPolicies, InS3sWords) {
  std::string document = s3_policy(
      s3_statement("Allow", "s3:GetObject", R"({"AWS":"arn:aws:iam::1000000000000002:root"})"));
  EXPECT_EQ(put_s3(document).status, 204);
  EXPECT_EQ(get(Who::kStranger), 200);
  EXPECT_EQ(cloud.s3("GET /bkt?policy").body, document);
  EXPECT_EQ(cloud.s3("GET /bkt?policyStatus").element("IsPublic"), "false");
  EXPECT_EQ(put_s3(s3_policy(s3_statement("Allow", "s3:ListBucket", R"("*")", "bkt",
                                          R"(,"Condition":{"StringLike":{"s3:prefix":"a*"}})")))
                .status,
            204);
  EXPECT_EQ(cloud.s3("GET /bkt?policyStatus").element("IsPublic"), "true");
  EXPECT_EQ(cloud.s3("GET /bkt?prefix=ab", {}, "", Who::kAnonymous).status, 200);
  EXPECT_EQ(cloud.s3("GET /bkt?prefix=b", {}, "", Who::kAnonymous).status, 403);
  EXPECT_EQ(cloud.s3("DELETE /bkt?policy").status, 204);
}

TEST_F(BucketPolicies, ADenyIsForEverybodyButTheWayBack) {
  // OSS: "*" without a condition does not mean the owner; with one it does.
  put_oss(oss_policy(oss_statement("Deny", "oss:*", "*", "bkt*")));
  EXPECT_EQ(get(Who::kOwner), 200);
  put_oss(oss_policy(oss_statement("Deny", "oss:*", "*", "bkt*",
                                   R"(,"Condition":{"Bool":{"acs:SecureTransport":"false"}})")));
  Answer denied = cloud.oss("GET /bkt/a");
  EXPECT_EQ(denied.status, 403);
  EXPECT_EQ(denied.element("EC"), "0003-00000101");
  EXPECT_EQ(denied.element("Message"), "Access denied by bucket policy.");
  EXPECT_EQ(denied.element("PolicyType"), "ResourceBasedPolicy");
  EXPECT_EQ(denied.element("NoPermissionType"), "ExplicitDeny");
  EXPECT_EQ(cloud.oss("POST /bkt?delete", {}, "<Delete><Object><Key>a</Key></Object></Delete>")
                .element("EC"),
            "0003-00000204");
  EXPECT_EQ(cloud.oss("GET /bkt?acl").status, 403);
  EXPECT_EQ(cloud.oss("GET /bkt?policy").status, 200);
  EXPECT_EQ(cloud.oss("DELETE /bkt?policy").status, 204);
  EXPECT_EQ(get(Who::kOwner), 200);
  // S3: it always does.
  put_s3(s3_policy(s3_statement("Deny", "s3:*", R"({"AWS":"*"})")));
  EXPECT_EQ(get(Who::kOwner), 403);
  EXPECT_EQ(cloud.s3("DELETE /bkt?policy").status, 204);
}

TEST_F(BucketPolicies, WhatIsRefused) {
  auto oss_ec = [&](const std::string& document) {
    Answer answer = put_oss(document);
    EXPECT_EQ(answer.status, 400) << document.substr(0, 200);
    EXPECT_EQ(answer.code, "InvalidPolicyDocument");
    return answer.element("EC");
  };
  EXPECT_EQ(oss_ec("nonsense"), "0030-00000005");
  EXPECT_EQ(oss_ec(""), "0030-00000005");
  EXPECT_EQ(oss_ec(R"({"Version":"2","Statement":[]})"), "0030-00000002");
  EXPECT_EQ(oss_ec(oss_policy(oss_statement("Allow", "oss:*", "*", std::string(17000, 'x')))),
            "0030-00000001");
  EXPECT_EQ(oss_ec(oss_policy(oss_statement("Allow", "oss:*", "*", std::string(4100, 'x')))),
            "0030-00000003");
  EXPECT_EQ(oss_ec("\"\xff\""), "0030-00000004");
  EXPECT_EQ(oss_ec(oss_policy(oss_statement("Allow", "oss:*", "*", "bkt/**"))), "0030-00000007");
  EXPECT_EQ(oss_ec(s3_policy(s3_statement("Allow", "s3:*", R"("*")"))), "0030-00000002");

  auto s3 = [&](const std::string& document) {
    Answer answer = put_s3(document);
    return answer.code + ": " + answer.element("Message");
  };
  EXPECT_EQ(s3("nonsense"),
            "MalformedPolicy: Policies must be valid JSON and the first byte must be &#39;{&#39;");
  EXPECT_EQ(s3(s3_policy(s3_statement("Allow", "ec2:*", R"("*")"))),
            "MalformedPolicy: Policy has invalid action");
  EXPECT_EQ(s3(s3_policy(s3_statement("Allow", "s3:*", R"("*")", "other/*"))),
            "MalformedPolicy: Policy has invalid resource");
  EXPECT_EQ(s3(s3_policy(s3_statement("Allow", "s3:*", R"({"AWS":"nobody"})"))),
            "MalformedPolicy: Invalid principal in policy");
  EXPECT_EQ(s3(oss_policy(oss_statement("Allow", "oss:*", "*"))),
            "MalformedPolicy: The policy must contain a valid version string");
  EXPECT_EQ(put_s3(s3_policy(s3_statement("Allow", "s3:*", R"("*")", "bkt/${aws:username}"))).code,
            "NotImplemented");
  EXPECT_EQ(put_s3(s3_policy(s3_statement("Allow", "s3:*", R"("*")", "bkt/*",
                                          R"(,"Condition":{"Null":{"aws:SourceIp":"true"}})")))
                .status,
            501);
  EXPECT_EQ(
      put_s3(s3_policy(s3_statement("Allow", "s3:*", R"("*")", std::string(21000, 'x')))).code,
      "PolicyTooLarge");
  EXPECT_EQ(cloud.oss("GET /bkt?policy").status, 404);
}

TEST_F(BucketPolicies, PublicAccessBlockOfABucket) {
  EXPECT_EQ(cloud.oss("GET /bkt?publicAccessBlock").element("BlockPublicAccess"), "false");
  EXPECT_EQ(cloud.s3("GET /bkt?publicAccessBlock").code, "NoSuchPublicAccessBlockConfiguration");
  std::string open_to_all = oss_policy(oss_statement("Allow", "oss:GetObject", "*"));
  EXPECT_EQ(put_oss(open_to_all).status, 200);
  EXPECT_EQ(cloud.oss("GET /bkt?policyStatus").element("IsPublic"), "true");
  EXPECT_EQ(get(Who::kAnonymous), 200);
  EXPECT_EQ(put_block("true").status, 200);
  EXPECT_EQ(cloud.oss("GET /bkt?publicAccessBlock").element("BlockPublicAccess"), "true");
  EXPECT_EQ(cloud.s3("GET /bkt?publicAccessBlock").element("RestrictPublicBuckets"), "true");
  EXPECT_EQ(cloud.oss("GET /bkt?bucketInfo").element("BlockPublicAccess"), "true");
  EXPECT_EQ(get(Who::kAnonymous), 403);
  EXPECT_EQ(get(Who::kStranger), 403);
  // Who is named still may.
  Answer refused = put_oss(open_to_all);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.element("Message"), "Put public bucket policy is not allowed");
  EXPECT_EQ(put_oss(oss_policy(oss_statement("Allow", "oss:GetObject", kStranger))).status, 200);
  EXPECT_EQ(get(Who::kStranger), 200);
  // Nor are public ACLs set any more, whichever way.
  EXPECT_EQ(cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "public-read"}}).element("Message"),
            "Put public bucket acl is not allowed");
  EXPECT_EQ(cloud.oss("PUT /bkt", {{"x-oss-acl", "public-read"}}).status, 403);
  for (const char* line : {"PUT /bkt/a?acl", "PUT /bkt/new"}) {
    EXPECT_EQ(cloud.oss(line, {{"x-oss-object-acl", "public-read"}}).element("Message"),
              "Put public object acl is not allowed")
        << line;
  }
  EXPECT_EQ(cloud.s3("PUT /bkt/a?acl", {{"x-amz-acl", "public-read"}}).code, "AccessDenied");
  EXPECT_EQ(cloud.oss("PUT /bkt/a?acl", {{"x-oss-object-acl", "private"}}).status, 200);
  EXPECT_EQ(cloud.oss("DELETE /bkt?publicAccessBlock").status, 204);
  EXPECT_EQ(cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "public-read"}}).status, 200);
  EXPECT_EQ(put_block("perhaps").code, "MalformedXML");
}

TEST_F(BucketPolicies, PublicAccessBlockOverridesAcls) {
  cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "public-read"}});
  EXPECT_EQ(get(Who::kAnonymous), 200);
  put_block("true");
  EXPECT_EQ(get(Who::kAnonymous), 403);
  put_block("false");
  EXPECT_EQ(get(Who::kAnonymous), 200);
}

TEST_F(BucketPolicies, PublicAccessBlockOfTheAccount) {
  cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "public-read"}});
  EXPECT_EQ(cloud.oss("GET /?publicAccessBlock").element("BlockPublicAccess"), "false");
  const std::string on =
      "<PublicAccessBlockConfiguration><BlockPublicAccess>true</BlockPublicAccess>"
      "</PublicAccessBlockConfiguration>";
  EXPECT_EQ(cloud.oss("PUT /?publicAccessBlock", {}, on, Who::kStranger).status, 200);
  EXPECT_EQ(get(Who::kAnonymous), 200);  // it is another account's
  EXPECT_EQ(cloud.oss("PUT /?publicAccessBlock", {}, on).status, 200);
  EXPECT_EQ(cloud.oss("GET /?publicAccessBlock").element("BlockPublicAccess"), "true");
  EXPECT_EQ(cloud.oss("GET /bkt?publicAccessBlock").element("BlockPublicAccess"), "false");
  EXPECT_EQ(get(Who::kAnonymous), 403);
  EXPECT_EQ(cloud.oss("PUT /new", {{"x-oss-acl", "public-read"}}).element("Message"),
            "Put public bucket acl is not allowed");
  EXPECT_EQ(cloud.oss("DELETE /?publicAccessBlock").status, 204);
  EXPECT_EQ(get(Who::kAnonymous), 200);
}

TEST_F(BucketPolicies, PublicAccessBlockOfTheAccountByS3Control) {
  const std::string line = " /v20180820/configuration/publicAccessBlock";
  const Headers mine = {{"x-amz-account-id", kOwner}};
  EXPECT_EQ(cloud.s3("GET" + line, mine).code, "NoSuchPublicAccessBlockConfiguration");
  const std::string on =
      R"(<PublicAccessBlockConfiguration xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/">)"
      "<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";
  EXPECT_EQ(cloud.s3("PUT" + line, mine, on).status, 200);
  Answer read = cloud.s3("GET" + line, mine);
  EXPECT_EQ(read.element("RestrictPublicBuckets"), "true");
  EXPECT_EQ(read.element("BlockPublicAcls"), "false");
  EXPECT_EQ(put_s3(s3_policy(s3_statement("Allow", "s3:GetObject", R"("*")"))).status, 204);
  EXPECT_EQ(get(Who::kStranger), 403);
  EXPECT_EQ(cloud.s3("DELETE" + line, mine).status, 204);
  EXPECT_EQ(get(Who::kStranger), 200);
  // Nobody else's, and nothing else of that API.
  EXPECT_EQ(cloud.s3("GET" + line, mine, "", Who::kStranger).code, "AccessDenied");
  EXPECT_EQ(cloud.s3("GET" + line, mine, "", Who::kAnonymous).code, "AccessDenied");
  EXPECT_EQ(cloud.s3("GET /v20180820/accesspoint", mine).code, "NotImplemented");
  EXPECT_EQ(cloud.s3("GET" + line).code, "NoSuchBucket");
}

TEST_F(BucketPolicies, OfADisabledAccountNothingIsServed) {
  put_oss(oss_policy(oss_statement("Allow", "oss:GetObject", kStranger)));
  EXPECT_EQ(get(Who::kStranger), 200);
  cloud.disabled_account = kOwner;
  Answer read = cloud.oss("GET /bkt/a", {}, "", Who::kStranger);
  EXPECT_EQ(read.status, 403);
  EXPECT_EQ(read.code, "UserDisable");
  EXPECT_EQ(read.element("EC"), "0003-00000801");
  EXPECT_EQ(read.element("BucketName"), "bkt");
  EXPECT_EQ(cloud.s3("GET /bkt/a", {}, "", Who::kStranger).code, "AllAccessDisabled");
  // Nor as what somebody copies from.
  cloud.oss("PUT /theirs", {}, "", Who::kStranger);
  EXPECT_EQ(cloud.oss("PUT /theirs/a", {{"x-oss-copy-source", "/bkt/a"}}, "", Who::kStranger).code,
            "UserDisable");
  // Who may not anyway learns nothing of it.
  EXPECT_EQ(cloud.oss("GET /bkt/a", {}, "", Who::kAnonymous).code, "AccessDenied");
  cloud.disabled_account.clear();
  EXPECT_EQ(get(Who::kStranger), 200);
}

TEST_F(BucketPolicies, TheFourSwitchesOfS3) {
  auto put = [&](const std::string& name) {
    return cloud
        .s3("PUT /bkt?publicAccessBlock", {},
            R"(<PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><)" +
                name + ">true</" + name + "></PublicAccessBlockConfiguration>")
        .status;
  };
  cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "public-read"}});
  EXPECT_EQ(put("BlockPublicAcls"), 200);
  EXPECT_EQ(get(Who::kAnonymous), 200);
  EXPECT_EQ(cloud.s3("PUT /bkt?acl", {{"x-amz-acl", "public-read"}}).status, 403);
  EXPECT_EQ(put("IgnorePublicAcls"), 200);
  EXPECT_EQ(get(Who::kAnonymous), 403);
  EXPECT_EQ(cloud.oss("GET /bkt?publicAccessBlock").element("BlockPublicAccess"), "false");
  const std::string both =
      s3_policy(s3_statement("Allow", "s3:GetObject", R"("*")", "bkt/public/*") + "," +
                s3_statement("Allow", "s3:GetObject", R"({"AWS":"1000000000000002"})"));
  EXPECT_EQ(put("BlockPublicPolicy"), 200);
  EXPECT_EQ(put_s3(both).status, 403);
  EXPECT_EQ(put("RestrictPublicBuckets"), 200);
  cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "private"}});
  EXPECT_EQ(put_s3(both).status, 204);
  // Even who is named: the policy as a whole is public.
  EXPECT_EQ(get(Who::kStranger), 403);
  EXPECT_EQ(cloud.s3("DELETE /bkt?publicAccessBlock").status, 204);
  EXPECT_EQ(get(Who::kStranger), 200);
}

TEST_F(BucketPolicies, ABucketMadeAgainHasNone) {
  put_oss(oss_policy(oss_statement("Allow", "oss:*", kStranger, "bkt*")));
  cloud.oss("DELETE /bkt/a");
  EXPECT_EQ(cloud.oss("DELETE /bkt", {}, "", Who::kStranger).status, 204);
  cloud.oss("PUT /bkt");
  EXPECT_EQ(cloud.oss("GET /bkt?policy").status, 404);
  EXPECT_EQ(cloud.oss("GET /bkt?bucketInfo").element("ID"), kOwner);
}

}  // namespace
}  // namespace lakeside::oss
