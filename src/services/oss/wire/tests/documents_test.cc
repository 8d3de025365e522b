#include "services/oss/wire/documents.h"

#include <gtest/gtest.h>

#include "base/xml.h"

namespace lakeside::oss::wire {
namespace {

constexpr Time kTime{std::chrono::microseconds{1'700'000'000'123'456}};
const ServiceNames kNames{"cn-hangzhou", "oss-cn-hangzhou.aliyuncs.com",
                          "oss-cn-hangzhou-internal.aliyuncs.com"};

Md5Digest digest(std::string_view text) { return md5(as_bytes(text)); }

// The text of an element found by a path of names; the first of each name.
std::string at(const std::string& xml, std::initializer_list<std::string_view> path) {
  auto document = XmlDocument::parse(xml);
  if (!document) return "(malformed)";
  XmlElement element = document->root();
  for (std::string_view name : path) {
    auto child = element.child(name);
    if (!child) return "(absent)";
    element = *child;
  }
  return std::string(element.text());
}

ListPage page_of_two() {
  ListPage page;
  page.entries.push_back({.key = "a&b +\x01",
                          .size = 3,
                          .modified = kTime,
                          .etag = {digest("abc"), digest("abc"), 0},
                          .owner = "100",
                          .checksum_algorithms = {ChecksumAlgorithm::kCrc32}});
  page.entries.push_back({.key = "dir/", .is_prefix = true});
  page.truncated = true;
  page.next_after = "dir/";
  return page;
}

TEST(Forms, EtagFollowsTheDialect) {
  ETag etag{digest("x"), digest("y"), 5};
  EXPECT_EQ(etag_text(etag, Dialect::kOss), "9DD4E461268C8034F5C8564E155C67A6-5");
  EXPECT_EQ(etag_text(etag, Dialect::kS3), "415290769594460e2e485922904f345d-5");
}

TEST(Forms, NamesRoundTrip) {
  for (auto acl : {Acl::kDefault, Acl::kPrivate, Acl::kPublicRead, Acl::kPublicReadWrite}) {
    EXPECT_EQ(parse_acl(acl_text(acl)), acl);
  }
  EXPECT_FALSE(parse_acl("authenticated-read"));
  EXPECT_EQ(parse_storage_class("IA", Dialect::kOss), StorageClass::kIa);
  EXPECT_EQ(parse_storage_class("STANDARD_IA", Dialect::kS3), StorageClass::kIa);
  EXPECT_FALSE(parse_storage_class("IA", Dialect::kS3));
  EXPECT_EQ(parse_checksum_name("crc64nvme"), ChecksumAlgorithm::kCrc64Nvme);
}

TEST(Forms, TokensRoundTripAndRefuseRubbish) {
  EXPECT_EQ(decode_token(encode_token("a/b\x01")), "a/b\x01");
  EXPECT_EQ(decode_token(encode_token("")), "");
  EXPECT_FALSE(decode_token("zz"));
  EXPECT_FALSE(decode_token("x0"));
}

TEST(ListObjects, OssHasBareTagsAndEverythingOss2Insists) {
  ListPage page = page_of_two();
  ListObjectsAnswer answer{.bucket = "b", .url_encoding = true, .page = &page};
  std::string xml = list_objects(answer, Dialect::kOss);
  EXPECT_EQ(xml.find("xmlns"), std::string::npos);
  EXPECT_EQ(at(xml, {"Contents", "Key"}), "a%26b%20%2B%01");
  EXPECT_EQ(at(xml, {"Contents", "LastModified"}), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(at(xml, {"Contents", "ETag"}), "\"900150983CD24FB0D6963F7D28E17F72\"");
  EXPECT_EQ(at(xml, {"Contents", "Type"}), "Normal");
  EXPECT_EQ(at(xml, {"Contents", "Size"}), "3");
  EXPECT_EQ(at(xml, {"Contents", "StorageClass"}), "Standard");
  EXPECT_EQ(at(xml, {"Contents", "Owner", "ID"}), "100");
  EXPECT_EQ(at(xml, {"CommonPrefixes", "Prefix"}), "dir%2F");
  EXPECT_EQ(at(xml, {"IsTruncated"}), "true");
  EXPECT_EQ(at(xml, {"NextMarker"}), "dir%2F");
}

TEST(ListObjects, S3Version2) {
  ListPage page = page_of_two();
  page.entries.front().key = "a&b";
  ListObjectsAnswer answer{.bucket = "b", .v2 = true, .start_after = "0", .page = &page};
  std::string xml = list_objects(answer, Dialect::kS3);
  EXPECT_NE(xml.find("xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""), std::string::npos);
  EXPECT_EQ(at(xml, {"KeyCount"}), "2");
  EXPECT_EQ(at(xml, {"Contents", "Key"}), "a&b");
  EXPECT_EQ(at(xml, {"Contents", "ETag"}), "\"900150983cd24fb0d6963f7d28e17f72\"");
  EXPECT_EQ(at(xml, {"Contents", "ChecksumAlgorithm"}), "CRC32");
  EXPECT_EQ(at(xml, {"Contents", "Owner"}), "(absent)");
  EXPECT_EQ(at(xml, {"Marker"}), "(absent)");
  EXPECT_EQ(at(xml, {"StartAfter"}), "0");
  EXPECT_EQ(decode_token(at(xml, {"NextContinuationToken"})), "dir/");
}

TEST(Buckets, ListInBothDialects) {
  Bucket bucket{.name = "one", .id = "k1", .owner = "100", .created = kTime};
  ListBucketsAnswer answer{.owner = "100", .buckets = {bucket}};
  std::string oss = list_buckets(answer, Dialect::kOss, kNames);
  EXPECT_EQ(at(oss, {"Buckets", "Bucket", "Name"}), "one");
  EXPECT_EQ(at(oss, {"Buckets", "Bucket", "Location"}), "oss-cn-hangzhou");
  EXPECT_EQ(at(oss, {"Buckets", "Bucket", "ExtranetEndpoint"}), "oss-cn-hangzhou.aliyuncs.com");
  EXPECT_EQ(at(oss, {"IsTruncated"}), "(absent)");
  std::string s3 = list_buckets(answer, Dialect::kS3, kNames);
  EXPECT_EQ(at(s3, {"Buckets", "Bucket", "CreationDate"}), "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(at(s3, {"Buckets", "Bucket", "ExtranetEndpoint"}), "(absent)");
}

TEST(Buckets, InfoLocationStat) {
  Bucket bucket{.name = "one", .id = "k1", .owner = "100", .created = kTime};
  EXPECT_EQ(at(bucket_info(bucket, kNames), {"Bucket", "AccessControlList", "Grant"}), "private");
  EXPECT_EQ(at(bucket_info(bucket, kNames), {"Bucket", "Owner", "ID"}), "100");
  EXPECT_EQ(at(bucket_location(bucket, Dialect::kOss, kNames), {}), "oss-cn-hangzhou");
  EXPECT_EQ(at(bucket_location(bucket, Dialect::kS3, kNames), {}), "cn-hangzhou");
  EXPECT_EQ(at(bucket_stat({.object_count = 2, .storage = 7}), {"Storage"}), "7");
}

TEST(AccessControl, S3GrantsReadBackAsTheAclTheyCameFrom) {
  for (auto acl : {Acl::kPrivate, Acl::kPublicRead, Acl::kPublicReadWrite}) {
    auto parsed = parse_access_control_policy(access_control(acl, "100", Dialect::kS3));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(*parsed, acl);
  }
  EXPECT_EQ(at(access_control(Acl::kDefault, "100", Dialect::kOss), {"AccessControlList", "Grant"}),
            "default");
}

TEST(AccessControl, OtherGrantsAreNotImplemented) {
  std::string xml = access_control(Acl::kPrivate, "100", Dialect::kS3);
  xml.replace(xml.find("FULL_CONTROL"), 12, "READ_ACP");
  auto parsed = parse_access_control_policy(xml);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, Errc::kNotImplemented);
}

TEST(Multipart, PartsCarryTheirCrcInOssAndTheirChecksumsInS3) {
  PartsPage page;
  page.upload = {.key = "k", .upload_id = "U"};
  page.parts.push_back({.number = 1,
                        .size = 5,
                        .modified = kTime,
                        .etag = digest("abc"),
                        .crc64 = 17,
                        .checksums = {{ChecksumAlgorithm::kCrc32, "abcd", false}}});
  ListPartsAnswer answer{.bucket = "b", .page = &page};
  EXPECT_EQ(at(list_parts(answer, Dialect::kOss), {"Part", "HashCrc64ecma"}), "17");
  EXPECT_EQ(at(list_parts(answer, Dialect::kOss), {"NextPartNumberMarker"}), "0");
  EXPECT_EQ(at(list_parts(answer, Dialect::kS3), {"Part", "ChecksumCRC32"}), "YWJjZA==");
}

TEST(Multipart, UploadsAlwaysNameTheNextMarkers) {
  UploadsPage page;
  page.uploads.push_back({.key = "k", .upload_id = "U", .initiated = kTime});
  ListUploadsAnswer answer{.bucket = "b", .page = &page};
  std::string xml = list_uploads(answer, Dialect::kOss);
  EXPECT_EQ(at(xml, {"NextKeyMarker"}), "");
  EXPECT_EQ(at(xml, {"NextUploadIdMarker"}), "");
  EXPECT_EQ(at(xml, {"Upload", "UploadId"}), "U");
}

TEST(ParseDelete, ReadsKeysAndQuiet) {
  auto request = parse_delete_many(
      "<Delete xmlns='x'><Quiet>true</Quiet><Object><Key>a&amp;b</Key></Object>"
      "<Object><Key>c</Key><VersionId>null</VersionId></Object></Delete>");
  ASSERT_TRUE(request);
  EXPECT_TRUE(request->quiet);
  EXPECT_EQ(request->keys, (std::vector<std::string>{"a&b", "c"}));
  EXPECT_FALSE(request->names_versions);
}

TEST(ParseDelete, RefusesWhatItCannotHonour) {
  std::string many = "<Delete>";
  for (int i = 0; i < 1001; ++i) many += "<Object><Key>k</Key></Object>";
  for (const std::string& xml : {many + "</Delete>", std::string("<Delete></Delete>"),
                                 std::string("<Delete><Object/></Delete>"), std::string("<Other/>"),
                                 std::string("not xml")}) {
    auto request = parse_delete_many(xml);
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().code, Errc::kMalformedXml);
  }
  EXPECT_TRUE(
      parse_delete_many("<Delete><Object><Key>k</Key><VersionId>7</VersionId></Object></Delete>")
          ->names_versions);
}

TEST(ParseComplete, QuotesAndChecksums) {
  auto parts = parse_complete(
      "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;AB&quot;</ETag>"
      "<ChecksumCRC32>YWJjZA==</ChecksumCRC32></Part>"
      "<Part><ETag>CD</ETag><PartNumber> 2 </PartNumber></Part></CompleteMultipartUpload>");
  ASSERT_TRUE(parts);
  ASSERT_EQ(parts->size(), 2U);
  EXPECT_EQ((*parts)[0].etag, "AB");
  EXPECT_EQ((*parts)[0].checksums.front().value, "abcd");
  EXPECT_EQ((*parts)[1].number, 2U);
}

TEST(ParseComplete, BadNumbers) {
  for (std::string_view number : {"0", "10001"}) {
    auto parts =
        parse_complete("<CompleteMultipartUpload><Part><PartNumber>" + std::string(number) +
                       "</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>");
    ASSERT_FALSE(parts);
    EXPECT_EQ(parts.error().code, Errc::kInvalidArgument);
  }
  EXPECT_FALSE(parse_complete("<CompleteMultipartUpload/>"));
}

TEST(ParseCreateBucket, WhatIsUnknownIsNotIgnored) {
  auto oss = parse_create_bucket(
      "<CreateBucketConfiguration><StorageClass>IA</StorageClass>"
      "<DataRedundancyType>LRS</DataRedundancyType></CreateBucketConfiguration>",
      Dialect::kOss);
  ASSERT_TRUE(oss);
  EXPECT_EQ(oss->storage_class, StorageClass::kIa);
  auto s3 = parse_create_bucket(
      "<CreateBucketConfiguration><LocationConstraint>cn-hangzhou</LocationConstraint>"
      "</CreateBucketConfiguration>",
      Dialect::kS3);
  ASSERT_TRUE(s3);
  EXPECT_EQ(s3->location_constraint, "cn-hangzhou");
  auto unknown = parse_create_bucket(
      "<CreateBucketConfiguration><Tags/></CreateBucketConfiguration>", Dialect::kS3);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::kNotImplemented);
}

}  // namespace
}  // namespace lakeside::oss::wire
