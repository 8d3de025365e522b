// Every row of the addressing tables in protocols.md §1.
#include "services/oss/wire/addressing.h"

#include <gtest/gtest.h>

#include "services/oss/wire/tests/test_head.h"

namespace lakeside::oss::wire {
namespace {

const std::vector<std::string> kDomains = {"oss.example.com"};

struct Case {
  const char* why;
  const char* host;
  const char* path;
  const char* bucket;
  const char* key;
  AddressStyle style;
};
constexpr AddressStyle kPath = AddressStyle::kPath;
constexpr AddressStyle kHost = AddressStyle::kVirtualHost;

const Case kCases[] = {
    // Path style.
    {"boto3, oss2, go, C++, rclone Other on an IP", "127.0.0.1:4004", "/bkt/a/b", "bkt", "a/b",
     kPath},
    {"boto3, oss2, ali-oss sldEnable on localhost", "localhost:4004", "/bkt/a/b", "bkt", "a/b",
     kPath},
    {"IPv6", "[::1]:4004", "/bkt/k", "bkt", "k", kPath},
    {"IPv6 without brackets or port", "::1", "/bkt/k", "bkt", "k", kPath},
    {"Host without a port", "127.0.0.1", "/bkt/k", "bkt", "k", kPath},
    {"@alicloud/oss-client hostModel ip: Host with a path", "127.0.0.1:4004/bkt", "/bkt/k", "bkt",
     "k", kPath},
    {"@alicloud/oss-client hostModel cname: no bucket anywhere", "127.0.0.1:4004", "/", "", "",
     kPath},
    {"our own name", "oss.example.com", "/bkt/k", "bkt", "k", kPath},
    {"our own name, upper case, trailing dot", "OSS.Example.COM.:4004", "/bkt/k", "bkt", "k",
     kPath},
    {"a name that we do not know", "nas.lan:4004", "/bkt/k", "bkt", "k", kPath},
    {"no host", "", "/bkt/k", "bkt", "k", kPath},
    {"the service", "127.0.0.1:4004", "/", "", "", kPath},
    {"a bucket", "127.0.0.1:4004", "/bkt", "bkt", "", kPath},
    {"a bucket with a slash", "127.0.0.1:4004", "/bkt/", "bkt", "", kPath},
    // Virtual host.
    {"go v2, C++, aws-sdk-js, boto3 addressing_style=virtual on localhost", "bkt.localhost:4004",
     "/a/b", "bkt", "a/b", kHost},
    {"a bucket by host", "bkt.localhost:4004", "/", "bkt", "", kHost},
    {"the configured domain", "bkt.oss.example.com", "/k", "bkt", "k", kHost},
    {"the service's label", "oss.localhost:4004", "/bkt/k", "bkt", "k", kPath},
    {"the service's label, a bucket", "bkt.oss.localhost:4004", "/k", "bkt", "k", kHost},
    {"upper case, trailing dot", "BKT.Localhost.:4004", "/K", "bkt", "K", kHost},
    {"a bucket with a dot", "a.b.localhost", "/k", "a.b", "k", kHost},
    {"a domain inside a longer name is not it", "bktoss.example.com", "/x/y", "x", "y", kPath},
    // ali-oss on an IP.
    {"IP: bucket only in Host", "bkt.oss-cn-hangzhou.aliyuncs.com", "/a/b", "bkt", "a/b", kHost},
    {"IP + sldEnable: bucket in both", "bkt.oss-cn-hangzhou.aliyuncs.com", "/bkt/a/b", "bkt", "a/b",
     kPath},
    {"IP + sldEnable, the bucket itself", "bkt.oss-cn-hangzhou.aliyuncs.com", "/bkt", "bkt", "",
     kPath},
    {"IP listBuckets: empty first label", ".oss-cn-hangzhou.aliyuncs.com", "/", "", "", kPath},
    {"a key that begins like the bucket, on a name of ours", "bkt.localhost", "/bkt/a", "bkt",
     "bkt/a", kHost},
    // The vendors' other names.
    {"internal", "bkt.oss-cn-hangzhou-internal.aliyuncs.com", "/k", "bkt", "k", kHost},
    {"accelerate", "bkt.oss-accelerate.aliyuncs.com", "/k", "bkt", "k", kHost},
    {"dual stack", "bkt.cn-hangzhou.oss.aliyuncs.com", "/k", "bkt", "k", kHost},
    {"dual stack, the service", "cn-hangzhou.oss.aliyuncs.com", "/", "", "", kPath},
    {"libcloud", "oss.aliyuncs.com", "/bkt/k", "bkt", "k", kPath},
    {"libcloud, a bucket", "my-bucket.oss.aliyuncs.com", "/k", "my-bucket", "k", kHost},
    {"the service", "oss-cn-hangzhou.aliyuncs.com", "/", "", "", kPath},
    {"OSS's endpoint for S3", "s3.oss-cn-hangzhou.aliyuncs.com", "/bkt/k", "bkt", "k", kPath},
    {"OSS's endpoint for S3, a bucket", "bkt.s3.oss-cn-hangzhou.aliyuncs.com", "/k", "bkt", "k",
     kHost},
    {"AWS", "bkt.s3.eu-west-1.amazonaws.com", "/k", "bkt", "k", kHost},
    {"AWS, legacy", "bkt.s3.amazonaws.com", "/k", "bkt", "k", kHost},
    {"AWS, legacy with region", "bkt.s3-eu-west-1.amazonaws.com", "/k", "bkt", "k", kHost},
    {"AWS, dual stack", "bkt.s3.dualstack.eu-west-1.amazonaws.com", "/k", "bkt", "k", kHost},
    {"AWS, path style", "s3.eu-west-1.amazonaws.com", "/bkt/k", "bkt", "k", kPath},
    {"another product", "ecs.aliyuncs.com", "/bkt/k", "bkt", "k", kPath},
    // Keys.
    {"oss2, go v1: %2F in the path", "127.0.0.1", "/bkt/a%2Fb", "bkt", "a/b", kPath},
    {"%2F does not end the bucket", "127.0.0.1", "/b%2Fkt/k", "b/kt", "k", kPath},
    {"Go SDK v1: a plus is a space", "127.0.0.1", "/bkt/a+b%20c%2B", "bkt", "a b c+", kPath},
    {"empty segments stay", "127.0.0.1", "/bkt//a//b/", "bkt", "/a//b/", kPath},
    {"dot segments stay", "127.0.0.1", "/bkt/a/../b/./c", "bkt", "a/../b/./c", kPath},
    {"a key that is a slash, by host", "bkt.localhost", "//", "bkt", "/", kHost},
    {"UTF-8", "bkt.localhost", "/%E6%B9%96", "bkt", "湖", kHost},
    {"percent twice", "bkt.localhost", "/a%252Fb", "bkt", "a%2Fb", kHost},
};

TEST(Addressing, Table) {
  for (const Case& c : kCases) {
    TestHead head(std::string("GET ") + c.path, {{"Host", c.host}});
    auto address = find_address(head, kDomains);
    ASSERT_TRUE(address) << c.why;
    EXPECT_EQ(address->bucket, c.bucket) << c.why;
    EXPECT_EQ(address->key, c.key) << c.why;
    EXPECT_EQ(address->style, c.style) << c.why;
  }
}

TEST(Addressing, InS3APlusIsAPlus) {
  TestHead head("GET /bkt/a+b%20c%2B",
                {{"Host", "127.0.0.1"}, {"Authorization", "AWS4-HMAC-SHA256 "}});
  EXPECT_EQ(find_address(head, kDomains)->key, "a+b c+");
}

TEST(Addressing, WithoutHostHeader) {
  TestHead head("GET /bkt/k");
  EXPECT_EQ(find_address(head, kDomains)->bucket, "bkt");
}

TEST(Addressing, BadPercentEncoding) {
  for (const char* path : {"/bkt/%", "/bkt/%4", "/bkt/%zz", "/%g0/k"}) {
    TestHead head(std::string("GET ") + path, {{"Host", "127.0.0.1"}});
    EXPECT_FALSE(find_address(head, kDomains)) << path;
  }
}

TEST(Addressing, S3Hosts) {
  EXPECT_TRUE(read_host("s3.oss-cn-hangzhou.aliyuncs.com", {}).s3);
  EXPECT_TRUE(read_host("b.s3.localhost", {}).s3);
  EXPECT_EQ(read_host("b.s3.localhost", {}).bucket, "b");
  EXPECT_TRUE(read_host("b.s3.amazonaws.com", {}).s3);
  EXPECT_FALSE(read_host("b.oss-cn-hangzhou.aliyuncs.com", {}).s3);
}

}  // namespace
}  // namespace lakeside::oss::wire
