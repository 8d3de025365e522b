// Buckets and access through the whole service.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "services/oss/tests/test_cloud.h"

namespace lakeside::oss {
namespace {

TEST(Buckets, Life) {
  TestCloud cloud;
  Answer made = cloud.oss("PUT /bkt");
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(made.operation, "PutBucket");
  EXPECT_TRUE(cloud.oss("GET /").has("<Name>bkt</Name>"));
  EXPECT_TRUE(cloud.s3("GET /").has("<Name>bkt</Name>"));
  EXPECT_EQ(cloud.s3("HEAD /bkt").status, 200);
  EXPECT_EQ(cloud.s3("HEAD /bkt").header("x-amz-bucket-region"), "cn-hangzhou");
  EXPECT_EQ(cloud.s3("HEAD /nobody").status, 404);
  EXPECT_EQ(cloud.oss("GET /bkt?bucketInfo").element("Location"), "oss-cn-hangzhou");
  EXPECT_TRUE(cloud.oss("GET /bkt?location").has("oss-cn-hangzhou"));
  EXPECT_EQ(cloud.s3("GET /bkt?location").status, 200);
  EXPECT_TRUE(cloud.oss("GET /bkt?versioning").has("VersioningConfiguration"));
  cloud.oss("PUT /bkt/k", {}, "hello");
  EXPECT_EQ(cloud.oss("GET /bkt?stat").element("ObjectCount"), "1");
  Answer full = cloud.oss("DELETE /bkt");
  EXPECT_EQ(full.status, 409);
  EXPECT_EQ(full.element("EC"), "0015-00000301");
  EXPECT_EQ(full.element("BucketName"), "bkt");
  cloud.oss("DELETE /bkt/k");
  EXPECT_EQ(cloud.oss("DELETE /bkt").status, 204);
  EXPECT_EQ(cloud.oss("GET /bkt").code, "NoSuchBucket");
}

TEST(Buckets, Twice) {
  TestCloud cloud;
  cloud.oss("PUT /bkt");
  EXPECT_EQ(cloud.oss("PUT /bkt", {{"x-oss-acl", "public-read"}}).status, 200);
  EXPECT_EQ(cloud.oss("GET /bkt?acl").element("Grant"), "public-read");
  EXPECT_EQ(cloud.oss("PUT /bkt").status, 200);
  EXPECT_EQ(cloud.oss("GET /bkt?acl").element("Grant"), "public-read");
  Answer s3 = cloud.s3("PUT /bkt");
  EXPECT_EQ(s3.status, 409);
  EXPECT_EQ(s3.code, "BucketAlreadyOwnedByYou");
  Answer stranger = cloud.oss("PUT /bkt", {}, "", Who::kStranger);
  EXPECT_EQ(stranger.status, 409);
  EXPECT_EQ(stranger.code, "BucketAlreadyExists");
}

TEST(Buckets, Documents) {
  TestCloud cloud;
  EXPECT_EQ(cloud
                .oss("PUT /cold", {},
                     "<CreateBucketConfiguration><StorageClass>IA</StorageClass>"
                     "</CreateBucketConfiguration>")
                .status,
            200);
  EXPECT_EQ(cloud.oss("GET /cold?bucketInfo").element("StorageClass"), "IA");
  EXPECT_EQ(cloud
                .oss("PUT /archive", {},
                     "<CreateBucketConfiguration><StorageClass>Archive</StorageClass>"
                     "</CreateBucketConfiguration>")
                .code,
            "NotImplemented");
  EXPECT_EQ(cloud
                .s3("PUT /europe", {},
                    "<CreateBucketConfiguration><LocationConstraint>eu-west-1"
                    "</LocationConstraint></CreateBucketConfiguration>")
                .status,
            200);
  EXPECT_EQ(cloud.oss("PUT /bad", {}, "<nonsense").code, "MalformedXML");
  EXPECT_EQ(cloud.oss("PUT /NOT-a-name").code, "InvalidBucketName");
}

TEST(Buckets, ListInPages) {
  TestCloud cloud;
  for (const char* name : {"aaa", "bbb", "ccc"}) cloud.oss(std::string("PUT /") + name);
  Answer page = cloud.oss("GET /?max-keys=2");
  EXPECT_EQ(page.element("IsTruncated"), "true");
  EXPECT_EQ(page.element("NextMarker"), "bbb");
  EXPECT_TRUE(cloud.oss("GET /?max-keys=2&marker=bbb").has("<Name>ccc</Name>"));
  EXPECT_FALSE(cloud.oss("GET /?prefix=a").has("bbb"));
  EXPECT_EQ(cloud.oss("GET /").element("IsTruncated"), "");
  Answer s3 = cloud.s3("GET /?max-buckets=2");
  std::string token = s3.element("ContinuationToken");
  ASSERT_NE(token, "");
  Answer rest = cloud.s3("GET /?max-buckets=2&continuation-token=" + token);
  EXPECT_TRUE(rest.has("<Name>ccc</Name>"));
  EXPECT_FALSE(rest.has("<Name>bbb</Name>"));
  EXPECT_EQ(cloud.oss("GET /", {}, "", Who::kStranger).body.find("<Name>"), std::string::npos);
}

TEST(Buckets, Regions) {
  TestCloud cloud;
  EXPECT_EQ(cloud.oss("GET /?regions").element("Region"), "oss-cn-hangzhou");
  EXPECT_EQ(cloud.oss("GET /?regions=oss-cn-beijing").element("Region"), "");
}

TEST(Buckets, AclRequests) {
  TestCloud cloud;
  cloud.oss("PUT /bkt");
  EXPECT_EQ(cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "public-read-write"}}).status, 200);
  EXPECT_EQ(cloud.oss("GET /bkt?acl").element("Grant"), "public-read-write");
  EXPECT_EQ(cloud.oss("PUT /bkt?acl").code, "InvalidArgument");
  EXPECT_EQ(cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "default"}}).code, "InvalidArgument");
  EXPECT_EQ(cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "nonsense"}}).code, "InvalidArgument");
  EXPECT_EQ(cloud.s3("PUT /bkt?acl", {{"x-amz-acl", "private"}}).status, 200);
  EXPECT_EQ(cloud.s3("PUT /bkt?acl", {{"x-amz-acl", "authenticated-read"}}).status, 501);
  EXPECT_EQ(cloud.s3("PUT /bkt?acl").code, "InvalidRequest");
  // What S3 shows can be put back.
  std::string shown = cloud.s3("GET /bkt?acl").body;
  EXPECT_EQ(cloud.s3("PUT /bkt?acl", {}, shown).status, 200);

  cloud.oss("PUT /bkt/k", {}, "1");
  EXPECT_EQ(cloud.oss("GET /bkt/k?acl").element("Grant"), "default");
  EXPECT_EQ(cloud.oss("PUT /bkt/k?acl", {{"x-oss-object-acl", "public-read"}}).status, 200);
  EXPECT_EQ(cloud.oss("GET /bkt/k?acl").element("Grant"), "public-read");
  EXPECT_EQ(cloud.oss("PUT /bkt/k?acl").element("EC"), "0017-00000105");
  EXPECT_EQ(cloud.oss("GET /bkt/none?acl").code, "NoSuchKey");
}

TEST(Access, PrivateBucket) {
  TestCloud cloud;
  cloud.oss("PUT /bkt");
  cloud.oss("PUT /bkt/k", {}, "1");
  for (Who who : {Who::kStranger, Who::kAnonymous}) {
    for (const char* line :
         {"GET /bkt/k", "HEAD /bkt/k", "GET /bkt/none", "PUT /bkt/k", "DELETE /bkt/k", "GET /bkt",
          "GET /bkt?acl", "GET /bkt?bucketInfo", "GET /bkt?stat", "PUT /bkt?acl",
          "GET /bkt?uploads", "GET /bkt/k?acl", "DELETE /bkt", "POST /bkt/k?uploads"}) {
      Answer answer = cloud.oss(line, {{"x-oss-acl", "private"}}, "", who);
      EXPECT_EQ(answer.status, 403) << line;
      EXPECT_EQ(answer.code, "AccessDenied") << line;
    }
    EXPECT_EQ(cloud.oss("GET /nobody/k", {}, "", who).code, "NoSuchBucket");
  }
  Answer denied = cloud.oss("GET /bkt/k", {}, "", Who::kAnonymous);
  EXPECT_EQ(denied.element("Message"),
            "You have no right to access this object because of bucket acl.");
  EXPECT_EQ(cloud.s3("GET /bkt/k", {}, "", Who::kAnonymous).element("Message"), "Access Denied");
  EXPECT_EQ(cloud.oss("GET /", {}, "", Who::kAnonymous).code, "AccessDenied");
  EXPECT_EQ(cloud.oss("PUT /other", {}, "", Who::kAnonymous).code, "AccessDenied");
}

TEST(Access, ADenialSaysWhoWhatAndWhy) {
  TestCloud cloud;
  cloud.oss("PUT /bkt");
  Answer denied = cloud.oss("GET /bkt?prefix=a%2F", {{"User-Agent", "me"}}, "", Who::kStranger);
  EXPECT_EQ(denied.element("EC"), "0003-00000001");
  EXPECT_EQ(denied.element("PolicyType"), "AccountLevelIdentityBasedPolicy");
  EXPECT_EQ(denied.element("AuthPrincipalOwnerId"), "1000000000000002");
  EXPECT_EQ(denied.element("AuthPrincipalType"), "RootUser");
  EXPECT_EQ(denied.element("NoPermissionType"), "ImplicitDeny");
  EXPECT_EQ(denied.element("AuthAction"), "oss:ListObjects");
  EXPECT_LT(denied.body.find("</AccessDeniedDetail>"), denied.body.find("<EC>"));
  std::string message = base64_decode(denied.element("EncodedDiagnosticMessage")).value_or("");
  for (const char* part : {R"("AuthResource":"acs:oss:*:1000000000000001:bkt")",
                           R"({"ConditionKey":"oss:prefix","ConditionValues":["a/"]})",
                           R"({"ConditionKey":"oss:delimiter","ConditionValues":[""]})",
                           R"({"ConditionKey":"acs:securetransport","ConditionValues":["false"]})",
                           R"({"ConditionKey":"acs:useragent","ConditionValues":["me"]})",
                           R"({"ConditionKey":"acs:accessid","ConditionValues":["AK2"]})"}) {
    EXPECT_NE(message.find(part), std::string::npos) << part << " in " << message;
  }
  EXPECT_FALSE(cloud.s3("GET /bkt", {}, "", Who::kStranger).has("AccessDeniedDetail"));
  EXPECT_FALSE(cloud.oss("GET /bkt", {}, "", Who::kAnonymous).has("AccessDeniedDetail"));
}

TEST(Access, PublicReadBucket) {
  TestCloud cloud;
  cloud.oss("PUT /bkt", {{"x-oss-acl", "public-read"}});
  cloud.oss("PUT /bkt/k", {}, "1");
  cloud.oss("PUT /bkt/mine", {{"x-oss-object-acl", "private"}}, "1");
  Who who = Who::kAnonymous;
  EXPECT_EQ(cloud.oss("GET /bkt/k", {}, "", who).body, "1");
  EXPECT_EQ(cloud.oss("GET /bkt", {}, "", who).status, 200);
  EXPECT_EQ(cloud.s3("HEAD /bkt", {}, "", who).status, 200);
  EXPECT_EQ(cloud.oss("GET /bkt/none", {}, "", who).code, "NoSuchKey");
  EXPECT_EQ(cloud.oss("GET /bkt/mine", {}, "", who).code, "AccessDenied");
  EXPECT_EQ(cloud.oss("PUT /bkt/k", {}, "2", who).code, "AccessDenied");
  EXPECT_EQ(cloud.oss("GET /bkt/k?response-expires=1", {}, "", who).code, "InvalidRequest");
}

TEST(Access, PublicObjectInPrivateBucket) {
  TestCloud cloud;
  cloud.oss("PUT /bkt");
  cloud.oss("PUT /bkt/k", {{"x-oss-object-acl", "public-read"}}, "1");
  EXPECT_EQ(cloud.oss("GET /bkt/k", {}, "", Who::kAnonymous).body, "1");
  EXPECT_EQ(cloud.s3("HEAD /bkt/k", {}, "", Who::kStranger).status, 200);
  EXPECT_EQ(cloud.oss("GET /bkt", {}, "", Who::kAnonymous).code, "AccessDenied");
}

TEST(Access, PublicWriteBucket) {
  TestCloud cloud;
  cloud.oss("PUT /bkt", {{"x-oss-acl", "public-read-write"}});
  Who who = Who::kAnonymous;
  EXPECT_EQ(cloud.oss("PUT /bkt/k", {}, "1", who).status, 200);
  EXPECT_EQ(cloud.oss("PUT /bkt/k", {{"x-oss-object-acl", "public-read"}}, "1", who).code,
            "AccessDenied");
  EXPECT_TRUE(cloud.oss("GET /bkt/k?acl").has("<ID>1000000000000001</ID>"));
  EXPECT_EQ(cloud.oss("DELETE /bkt/k", {}, "", who).status, 204);
  EXPECT_EQ(cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "private"}}, "", who).code, "AccessDenied");
}

TEST(Access, CopyReadsItsSource) {
  TestCloud cloud;
  cloud.oss("PUT /secret");
  cloud.oss("PUT /secret/k", {}, "1");
  cloud.oss("PUT /open", {{"x-oss-acl", "public-read-write"}});
  Headers source = {{"x-oss-copy-source", "/secret/k"}};
  EXPECT_EQ(cloud.oss("PUT /open/k", source, "", Who::kStranger).code, "AccessDenied");
  EXPECT_EQ(cloud.oss("PUT /open/k", source).status, 200);
}

TEST(Access, DeleteManyAsksForEveryKey) {
  TestCloud cloud;
  cloud.oss("PUT /bkt", {{"x-oss-acl", "public-read"}});
  cloud.oss("PUT /bkt/k", {}, "1");
  std::string keys = "<Delete><Object><Key>k</Key></Object></Delete>";
  EXPECT_EQ(cloud.oss("POST /bkt?delete", {}, keys, Who::kAnonymous).code, "AccessDenied");
  EXPECT_EQ(cloud.oss("GET /bkt/k").status, 200);
}

TEST(Access, ExpectedOwner) {
  TestCloud cloud;
  cloud.s3("PUT /bkt");
  Headers right = {{"x-amz-expected-bucket-owner", "1000000000000001"}};
  Headers wrong = {{"x-amz-expected-bucket-owner", "5"}};
  EXPECT_EQ(cloud.s3("GET /bkt", right).status, 200);
  EXPECT_EQ(cloud.s3("GET /bkt", wrong).code, "AccessDenied");
}

TEST(Preflight, IsRefusedWhileThereAreNoRules) {
  TestCloud cloud;
  cloud.oss("PUT /bkt");
  Answer answer =
      cloud.send("OPTIONS /bkt/k", {{"Origin", "http://a.example"}}, "", Who::kAnonymous);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.code, "AccessForbidden");
}

}  // namespace
}  // namespace lakeside::oss
