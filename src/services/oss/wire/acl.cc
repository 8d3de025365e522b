// Codecs of the operations on access lists.
#include "services/oss/ops/buckets.h"
#include "services/oss/ops/get_object.h"
#include "services/oss/wire/codecs.h"
#include "services/oss/wire/documents.h"
#include "services/oss/wire/request_headers.h"

namespace lakeside::oss::wire {
namespace {

// The ACL that a PUT ?acl sets: in a header, or in S3 also in the body.
OssResult<Acl> wanted_acl(const OssCall& call, std::string_view oss_name,
                          const std::string& document) {
  auto header = acl_argument(call, oss_name);
  if (!header) return std::unexpected(std::move(header.error()));
  if (*header) return **header;
  if (call.dialect == Dialect::kS3) {
    if (!document.empty()) return parse_access_control_policy(document);
    return fail(Errc::kInvalidRequest, "Missing required header for this request: x-amz-acl");
  }
  bool object = oss_name == "object-acl";
  auto error = invalid_argument(
      object ? "no such object access control exists" : "no such bucket access control exists",
      object ? "x-oss-object-acl" : "x-oss-acl", "");
  if (object) error.error().details.emplace_back("EC", "0017-00000105");
  return error;
}

}  // namespace

static http::Response encode(OssCall& call, ops::GetBucketAcl&, const BucketPtr& bucket) {
  return xml_response(access_control(bucket->acl, bucket->owner, call.dialect));
}

static http::Response encode(OssCall&, ops::PutBucketAcl&) { return empty_response(); }

static http::Response encode(OssCall& call, ops::GetObjectAcl&, ops::GetObjectAclResult& result) {
  // S3 has no "as the bucket".
  if (call.dialect == Dialect::kS3 && result.acl == Acl::kDefault && call.bucket_record) {
    result.acl = call.bucket_record->acl;
  }
  return xml_response(access_control(result.acl, result.owner, call.dialect));
}

static http::Response encode(OssCall&, ops::PutObjectAcl&) { return empty_response(); }

Decoded decode_get_bucket_acl(OssCall& call, const std::string&) {
  return make_action(ops::GetBucketAcl{call.bucket()});
}

Decoded decode_put_bucket_acl(OssCall& call, const std::string& document) {
  auto acl = wanted_acl(call, "acl", document);
  if (!acl) return std::unexpected(std::move(acl.error()));
  if (*acl == Acl::kDefault) {
    return invalid_argument("no such bucket access control exists", "x-oss-acl", "default");
  }
  return make_action(ops::PutBucketAcl{call.bucket(), *acl});
}

Decoded decode_get_object_acl(OssCall& call, const std::string&) {
  return make_action(ops::GetObjectAcl{{call.bucket(), call.key()}});
}

Decoded decode_put_object_acl(OssCall& call, const std::string& document) {
  auto acl = wanted_acl(call, "object-acl", document);
  if (!acl) return std::unexpected(std::move(acl.error()));
  return make_action(ops::PutObjectAcl{{call.bucket(), call.key()}, *acl});
}

}  // namespace lakeside::oss::wire
