// The table of operations: every row can be reached, and example requests find theirs.
#include "services/oss/wire/routing.h"

#include <set>

#include <gtest/gtest.h>

#include "services/oss/operations.h"
#include "services/oss/wire/tests/test_head.h"

namespace lakeside::oss::wire {
namespace {

const RoutingTable& table() {
  static const RoutingTable routes(operations());
  return routes;
}

constexpr Dialect kOss = Dialect::kOss;
constexpr Dialect kS3 = Dialect::kS3;

// "NotImplemented" before the name, "MethodNotAllowed" without one.
std::string routed(Dialect dialect, Level level, const TestHead& head) {
  const Row* row = nullptr;
  OssStatus found = table().find(head, dialect, level, row);
  std::string name = row == nullptr ? "" : std::string(row->info.name);
  if (found) return name;
  if (found.error().code == Errc::kNotImplemented) return "NotImplemented " + name;
  if (found.error().code == Errc::kMethodNotAllowed) return "MethodNotAllowed" + name;
  return "?";
}

struct Example {
  Dialect dialect;
  Level level;
  const char* line;
  const char* expected;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

const Example kExamples[] = {
    {kOss, Level::kService, "GET /", "ListBuckets"},
    {kOss, Level::kService, "GET /?prefix=a&max-keys=3&marker", "ListBuckets"},
    {kS3, Level::kService, "GET /?x-id=ListBuckets", "ListBuckets"},
    {kS3, Level::kService, "GET /?max-directory-buckets=3", "NotImplemented ListDirectoryBuckets"},
    {kOss, Level::kService, "GET /?tag-key=a&tag-value=b", "NotImplemented ListBuckets"},
    {kOss, Level::kService, "GET /?regions", "DescribeRegions"},
    {kOss, Level::kService, "GET /?regions=oss-cn-hangzhou", "DescribeRegions"},
    {kOss, Level::kService, "POST /", "MethodNotAllowed"},
    {kS3, Level::kControl, "GET /v20180820/accesspoint", "NotImplemented "},
    {kS3, Level::kControl, "POST /v20180820/configuration/publicAccessBlock", "NotImplemented "},
    {kOss, Level::kBucket, "PATCH /b", "MethodNotAllowed"},
    {kOss, Level::kBucket, "PUT /b", "PutBucket"},
    {kS3, Level::kBucket, "PUT /b", "CreateBucket"},
    {kOss, Level::kBucket, "GET /b?bucketInfo", "GetBucketInfo"},
    {kOss, Level::kBucket, "GET /b?bucketInfo=", "GetBucketInfo"},
    {kS3, Level::kBucket, "GET /b?bucketInfo", "NotImplemented ListObjects"},
    {kOss, Level::kBucket, "GET /b?acl", "GetBucketAcl"},
    {kOss, Level::kBucket, "GET /b?cors", "NotImplemented GetBucketCors"},
    {kOss, Level::kBucket, "GET /b?prefix=a&delimiter=%2F&encoding-type=url", "ListObjects"},
    {kOss, Level::kBucket, "GET /b?prefix&marker&max-keys=3", "ListObjects"},
    {kOss, Level::kBucket, "GET /b?list-type=2&prefix=x", "ListObjectsV2"},
    {kS3, Level::kBucket, "GET /b?list-type=2&x-id=ListObjectsV2", "ListObjectsV2"},
    {kS3, Level::kBucket, "GET /b?analytics&id=3",
     "NotImplemented GetBucketAnalyticsConfiguration"},
    {kS3, Level::kBucket, "GET /b?analytics", "NotImplemented ListBucketAnalyticsConfigurations"},
    {kOss, Level::kBucket, "GET /b?uploads&key-marker=k", "ListMultipartUploads"},
    {kOss, Level::kBucket, "GET /b?qosInfo", "NotImplemented GetBucketQosInfo"},
    {kOss, Level::kBucket, "POST /b?delete&encoding-type=url", "DeleteMultipleObjects"},
    {kS3, Level::kBucket, "POST /b?delete", "DeleteObjects"},
    {kOss, Level::kBucket, "POST /b", "PostObject"},
    {kS3, Level::kBucket, "POST /b", "PostObject"},
    {kOss, Level::kBucket, "POST /b?cname&comp=add", "NotImplemented PutCname"},
    {kOss, Level::kBucket, "POST /b?comp=token&cname", "NotImplemented CreateCnameToken"},
    {kS3, Level::kBucket, "HEAD /b", "HeadBucket"},
    {kOss, Level::kObject, "PUT /b/k", "PutObject"},
    {kOss, Level::kObject, "PUT /b/k", "CopyObject", {{"x-oss-copy-source", "/b/s"}}},
    {kOss, Level::kObject, "PUT /b/k", "PutObject", {{"x-amz-copy-source", "/b/s"}}},
    {kS3, Level::kObject, "PUT /b/k?x-id=CopyObject", "CopyObject", {{"X-Amz-Copy-Source", "b/s"}}},
    {kOss, Level::kObject, "PUT /b/k?partNumber=1&uploadId=u", "UploadPart"},
    {kOss,
     Level::kObject,
     "PUT /b/k?uploadId=u&partNumber=1",
     "UploadPartCopy",
     {{"x-oss-copy-source", "/b/s"}}},
    {kOss, Level::kObject, "PUT /b/k?partNumber=1", "NotImplemented PutObject"},
    {kOss, Level::kObject, "POST /b/k?append&position=0", "AppendObject"},
    {kOss, Level::kObject, "POST /b/k?append=&position=0", "AppendObject"},
    {kS3, Level::kObject, "POST /b/k?append&position=0", "MethodNotAllowed"},
    {kOss, Level::kObject, "GET /b/k", "GetObject"},
    {kOss, Level::kObject, "GET /b/k?response-content-type=a", "GetObject"},
    {kOss, Level::kObject, "GET /b/k?v=3&cachebuster", "GetObject"},
    {kOss, Level::kObject, "GET /b/k?OSSAccessKeyId=a&Expires=1&Signature=b", "GetObject"},
    {kS3, Level::kObject, "GET /b/k?AWSAccessKeyId=a&Expires=1&Signature=b", "GetObject"},
    {kS3, Level::kObject, "PUT /b/k?X-Amz-Algorithm=a&x-amz-checksum-crc32=AAAAAA%3D%3D",
     "PutObject"},
    {kS3, Level::kObject, "PUT /b/k?x-amz-tagging=a", "NotImplemented PutObject"},
    {kOss, Level::kObject, "GET /b/k?x-oss-process=image%2Finfo", "NotImplemented GetObject"},
    {kOss, Level::kObject, "GET /b/k?x-oss-traffic-limit=819200", "NotImplemented GetObject"},
    {kOss, Level::kObject, "GET /b/k?versionId=null", "GetObject"},
    {kOss, Level::kObject, "GET /b/k?versionId=CAEQ", "NotImplemented GetObject"},
    {kS3, Level::kObject, "GET /b/k?partNumber=1", "NotImplemented GetObject"},
    {kOss, Level::kObject, "PUT /b/k?callback=e30%3D", "NotImplemented PutObject"},
    {kOss, Level::kObject, "PUT /b/k?tomorrow", "NotImplemented PutObject"},
    {kOss, Level::kObject, "PUT /b/k?symlink", "NotImplemented PutSymlink"},
    {kOss, Level::kObject, "DELETE /b/k?acl", "NotImplemented DeleteObject"},
    {kOss, Level::kObject, "DELETE /b/k?uploadId=u", "AbortMultipartUpload"},
    {kOss, Level::kObject, "HEAD /b/k?objectMeta", "GetObjectMeta"},
    {kOss, Level::kObject, "HEAD /b/k", "HeadObject"},
    {kOss, Level::kObject, "POST /b/k?uploads&sequential",
     "NotImplemented InitiateMultipartUpload"},
    {kOss, Level::kObject, "POST /b/k?uploads&encoding-type=url", "InitiateMultipartUpload"},
    {kS3, Level::kObject, "POST /b/k?uploads", "CreateMultipartUpload"},
    {kS3, Level::kObject, "POST /b/k?select&select-type=2", "NotImplemented SelectObjectContent"},
    {kS3, Level::kObject, "GET /b/k?uploadId=u&max-parts=3", "ListParts"},
    {kOss, Level::kObject, "POST /b/k?x-oss-process=csv%2Fselect", "NotImplemented SelectObject"},
    {kOss, Level::kObject, "POST /b/k?x-oss-process", "NotImplemented ProcessObject"},
    {kOss, Level::kObject, "OPTIONS /b/k", "NotImplemented OptionObject"},
};

TEST(Routing, Examples) {
  for (const Example& example : kExamples) {
    TestHead head(example.line, example.headers);
    EXPECT_EQ(routed(example.dialect, example.level, head), example.expected) << example.line;
  }
}

// A request that has exactly what a row asks for.
struct Minimal {
  std::string line;
  Level level;
  std::vector<std::pair<std::string, std::string>> headers;
};
Minimal minimal(const Row& row, Dialect dialect) {
  std::string form(row.form);
  Minimal out;
  std::size_t plus = form.find(" +");
  if (plus != std::string::npos) {
    std::string vendor = dialect == kOss ? "x-oss-" : "x-amz-";
    out.headers.emplace_back(vendor + form.substr(plus + 2), "value");
    form.resize(plus);
  }
  std::size_t space = form.find(' ');
  std::size_t mark = form.find('?');
  std::string level = form.substr(space + 1, mark == std::string::npos ? mark : mark - space - 1);
  if (level.starts_with("control/")) {
    out.level = Level::kControl;
    out.line = form.substr(0, space) + " /v20180820/" + level.substr(8);
    return out;
  }
  out.level = level == "service"  ? Level::kService
              : level == "bucket" ? Level::kBucket
                                  : Level::kObject;
  out.line = form.substr(0, space) + " /" +
             (mark == std::string::npos ? std::string() : form.substr(mark));
  return out;
}

TEST(Routing, EveryRowCanBeReached) {
  for (const Row& row : operations()) {
    for (Dialect dialect : {kOss, kS3}) {
      if (!speaks(row, dialect)) continue;
      Minimal request = minimal(row, dialect);
      TestHead head(request.line, request.headers);
      std::string expected = row.info.implemented ? "" : "NotImplemented ";
      expected += row.info.name;
      EXPECT_EQ(routed(dialect, request.level, head), expected) << row.form;
    }
  }
}

TEST(Routing, RowsAreComplete) {
  for (const Row& row : operations()) {
    EXPECT_TRUE(speaks(row, kOss) || speaks(row, kS3)) << row.info.name;
    EXPECT_TRUE(row.info.permission.starts_with("oss:")) << row.info.name;
    bool decodes = row.decode != nullptr || row.body == BodyIs::kForm;
    EXPECT_EQ(row.info.implemented, decodes) << row.info.name;
  }
}

TEST(Routing, NamesAreUniqueInADialect) {
  for (Dialect dialect : {kOss, kS3}) {
    std::set<std::string_view> names;
    for (const Row& row : operations()) {
      if (!speaks(row, dialect)) continue;
      EXPECT_TRUE(names.insert(row.info.name).second) << row.info.name;
    }
    // go-sdk-v2 has 154 operations, botocore 116 of which 4 are deprecated names.
    EXPECT_GE(names.size(), dialect == kOss ? 154U : 112U);
  }
}

}  // namespace
}  // namespace lakeside::oss::wire
