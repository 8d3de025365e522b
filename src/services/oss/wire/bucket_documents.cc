// Documents about buckets and access lists.
#include <algorithm>

#include "services/oss/wire/document_writer.h"
#include "services/oss/wire/documents.h"

namespace lakeside::oss::wire {
namespace {

void write_endpoints(XmlWriter& xml, const ServiceNames& names) {
  xml.text("ExtranetEndpoint", names.extranet_endpoint);
  xml.text("IntranetEndpoint", names.intranet_endpoint);
}

void write_listed_bucket(DocumentWriter& doc, const Bucket& bucket, Dialect dialect,
                         const ServiceNames& names) {
  XmlWriter& xml = doc.xml();
  xml.open("Bucket");
  xml.text("Name", bucket.name);
  doc.time("CreationDate", bucket.created);
  if (dialect == Dialect::kOss) {
    write_endpoints(xml, names);
    xml.text("Location", "oss-" + names.region);
    xml.text("Region", names.region);
    xml.text("StorageClass", storage_class_text(bucket.storage_class, dialect));
  }
  xml.close("Bucket");
}

// OSS's one switch, which S3 turns on by all of its four.
bool blocks_all(const PublicAccessBlock& block) {
  return block.block_acls && block.ignore_acls && block.block_policy &&
         (block.ignore_policy || block.restrict_buckets);
}

constexpr std::string_view kXsi = R"( xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" )";

void write_s3_grant(XmlWriter& xml, std::string_view type, std::string_view tag,
                    std::string_view who, std::string_view permission) {
  xml.open("Grant");
  xml.open("Grantee", std::string(kXsi) + "xsi:type=\"" + std::string(type) + "\"");
  xml.text(tag, who);
  xml.close("Grantee");
  xml.text("Permission", permission);
  xml.close("Grant");
}

void write_s3_grants(XmlWriter& xml, Acl acl, std::string_view owner) {
  constexpr std::string_view kAllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
  write_s3_grant(xml, "CanonicalUser", "ID", owner, "FULL_CONTROL");
  if (acl == Acl::kPublicRead || acl == Acl::kPublicReadWrite) {
    write_s3_grant(xml, "Group", "URI", kAllUsers, "READ");
  }
  if (acl == Acl::kPublicReadWrite) write_s3_grant(xml, "Group", "URI", kAllUsers, "WRITE");
}

}  // namespace

std::string list_buckets(const ListBucketsAnswer& answer, Dialect dialect,
                         const ServiceNames& names) {
  DocumentWriter doc("ListAllMyBucketsResult", dialect);
  XmlWriter& xml = doc.xml();
  if (dialect == Dialect::kOss && answer.show_paging) {
    xml.text("Prefix", answer.prefix);
    xml.text("Marker", answer.marker);
    xml.number("MaxKeys", answer.max_keys);
    xml.boolean("IsTruncated", answer.truncated);
    if (answer.truncated) xml.text("NextMarker", answer.next_marker);
  }
  doc.owner("Owner", answer.owner);
  xml.open("Buckets");
  for (const Bucket& bucket : answer.buckets) write_listed_bucket(doc, bucket, dialect, names);
  xml.close("Buckets");
  if (dialect == Dialect::kS3) {
    if (!answer.prefix.empty()) xml.text("Prefix", answer.prefix);
    if (answer.truncated) xml.text("ContinuationToken", encode_token(answer.next_marker));
  }
  return doc.finish();
}

std::string bucket_info(const Bucket& bucket, const ServiceNames& names) {
  DocumentWriter doc("BucketInfo", Dialect::kOss);
  XmlWriter& xml = doc.xml();
  xml.open("Bucket");
  xml.text("Name", bucket.name);
  doc.time("CreationDate", bucket.created);
  write_endpoints(xml, names);
  xml.text("Location", "oss-" + names.region);
  xml.text("StorageClass", storage_class_text(bucket.storage_class, Dialect::kOss));
  xml.text("DataRedundancyType", "LRS");
  xml.text("AccessMonitor", "Disabled");
  xml.text("TransferAcceleration", "Disabled");
  xml.text("CrossRegionReplication", "Disabled");
  xml.boolean("BlockPublicAccess",
              blocks_all(bucket.public_access_block.value_or(PublicAccessBlock())));
  doc.owner("Owner", bucket.owner);
  xml.open("AccessControlList");
  xml.text("Grant", acl_text(bucket.acl));
  xml.close("AccessControlList");
  // The Java SDK reads this element unguarded.
  xml.open("BucketPolicy");
  xml.text("LogBucket", "");
  xml.text("LogPrefix", "");
  xml.close("BucketPolicy");
  xml.close("Bucket");
  return doc.finish();
}

std::string bucket_location(const Bucket& /*bucket*/, Dialect dialect, const ServiceNames& names) {
  DocumentWriter doc("LocationConstraint", dialect);  // the root element holds the text itself
  doc.raw() += dialect == Dialect::kOss ? "oss-" + names.region : names.region;
  return doc.finish();
}

std::string bucket_stat(const BucketStat& stat) {
  DocumentWriter doc("BucketStat", Dialect::kOss);
  XmlWriter& xml = doc.xml();
  xml.number("Storage", stat.storage);
  xml.number("ObjectCount", stat.object_count);
  xml.number("MultipartUploadCount", stat.multipart_upload_count);
  xml.number("MultipartPartCount", stat.multipart_part_count);
  xml.number("LiveChannelCount", 0);
  xml.number("StandardStorage", stat.storage);
  xml.number("StandardObjectCount", stat.object_count);
  return doc.finish();
}

std::string policy_status(bool is_public, Dialect dialect) {
  DocumentWriter doc("PolicyStatus", dialect);
  doc.xml().boolean("IsPublic", is_public);
  return doc.finish();
}

std::string public_access_block(const PublicAccessBlock& block, Dialect dialect) {
  DocumentWriter doc("PublicAccessBlockConfiguration", dialect);
  XmlWriter& xml = doc.xml();
  if (dialect == Dialect::kOss) {
    xml.boolean("BlockPublicAccess", blocks_all(block));
    return doc.finish();
  }
  xml.boolean("BlockPublicAcls", block.block_acls);
  xml.boolean("IgnorePublicAcls", block.ignore_acls);
  xml.boolean("BlockPublicPolicy", block.block_policy);
  xml.boolean("RestrictPublicBuckets", block.restrict_buckets || block.ignore_policy);
  return doc.finish();
}

std::string access_control(Acl acl, std::string_view owner, Dialect dialect) {
  DocumentWriter doc("AccessControlPolicy", dialect);
  doc.owner("Owner", owner);
  doc.xml().open("AccessControlList");
  if (dialect == Dialect::kOss) {
    doc.xml().text("Grant", acl_text(acl));
  } else {
    write_s3_grants(doc.xml(), acl, owner);
  }
  doc.xml().close("AccessControlList");
  return doc.finish();
}

}  // namespace lakeside::oss::wire
