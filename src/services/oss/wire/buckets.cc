// Codecs of the operations on buckets.
#include "services/oss/ops/buckets.h"

#include <algorithm>

#include "base/xml.h"
#include "services/oss/wire/codecs.h"
#include "services/oss/wire/documents.h"
#include "services/oss/wire/request_headers.h"

namespace lakeside::oss::wire {
namespace {

constexpr std::uint32_t kMaxListedOss = 1000;
constexpr std::uint32_t kMaxListedS3 = 10000;

OssStatus read_s3_page(const OssCall& call, ops::ListBuckets& op) {
  auto max = number_param(call, "max-buckets", kMaxListedS3, 1, kMaxListedS3);
  if (!max) return std::unexpected(std::move(max.error()));
  op.max_keys = *max;
  const http::QueryParam* token = call.head().param("continuation-token");
  if (token == nullptr || token->value.empty()) return {};
  auto marker = decode_token(token->value);
  if (!marker) {
    return invalid_argument("The continuation token provided is incorrect", "continuation-token",
                            token->value);
  }
  op.marker = std::move(*marker);
  return {};
}

OssStatus read_oss_page(const OssCall& call, ops::ListBuckets& op) {
  auto max = number_param(call, "max-keys", 100, 1, kMaxListedOss);
  if (!max) return std::unexpected(std::move(max.error()));
  op.max_keys = *max;
  op.marker = text_param(call.head(), "marker");
  return {};
}

// The Go SDK's IsBucketExist relies on an error for what cannot be a bucket's name.
bool may_begin_bucket(std::string_view prefix) {
  return prefix.size() <= 63 && std::ranges::all_of(prefix, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
         });
}

OssStatus check_bucket_acl(const std::optional<Acl>& acl) {
  if (acl != Acl::kDefault) return {};
  return invalid_argument("no such bucket access control exists", "x-oss-acl", "default");
}

OssResult<StorageClass> bucket_storage_class(const CreateBucketRequest& request) {
  StorageClass wanted = request.storage_class.value_or(StorageClass::kStandard);
  // As of an object: the others must be restored before they are read.
  if (wanted == StorageClass::kStandard || wanted == StorageClass::kIa) return wanted;
  return fail(Errc::kNotImplemented, "The storage class is not implemented.");
}

std::string versioning_document(Dialect dialect) {
  std::string out;
  XmlWriter xml(out);
  xml.declaration();
  xml.open("VersioningConfiguration",
           dialect == Dialect::kS3 ? R"( xmlns="http://s3.amazonaws.com/doc/2006-03-01/")" : "");
  xml.close("VersioningConfiguration");
  return out;
}

std::string regions_document(const ServiceNames& names, bool listed) {
  std::string out;
  XmlWriter xml(out);
  xml.declaration();
  xml.open("RegionInfoList");
  if (listed) {
    xml.open("RegionInfo");
    xml.text("Region", "oss-" + names.region);
    xml.text("InternetEndpoint", names.extranet_endpoint);
    xml.text("InternalEndpoint", names.intranet_endpoint);
    xml.text("AccelerateEndpoint", names.extranet_endpoint);
    xml.close("RegionInfo");
  }
  xml.close("RegionInfoList");
  return out;
}

}  // namespace

static http::Response encode(OssCall& call, ops::ListBuckets& op, ops::ListBucketsResult& result) {
  ListBucketsAnswer answer;
  answer.owner = call.identity.principal.account_id;
  answer.prefix = op.prefix;
  answer.marker = op.marker;
  answer.max_keys = op.max_keys;
  const http::RequestHead& head = call.head();
  answer.show_paging = result.truncated || head.has_param("prefix") || head.has_param("marker") ||
                       head.has_param("max-keys");
  answer.truncated = result.truncated;
  answer.next_marker = std::move(result.next_marker);
  answer.buckets = std::move(result.buckets);
  return xml_response(list_buckets(answer, call.dialect, call.env.names));
}

static http::Response encode(OssCall&, ops::PutBucket& op) {
  http::Response response;
  response.headers.add("Location", "/" + op.bucket);
  return response;
}

static http::Response encode(OssCall&, ops::DeleteBucket&) { return empty_response(204); }

static http::Response encode(OssCall& call, ops::HeadBucket&, BucketPtr&) {
  http::Response response;
  response.headers.add("x-amz-bucket-region", call.env.names.region);
  return response;
}

static http::Response encode(OssCall& call, ops::GetBucketInfo&, const BucketPtr& bucket) {
  return xml_response(bucket_info(*bucket, call.env.names));
}

static http::Response encode(OssCall& call, ops::GetBucketLocation&, const BucketPtr& bucket) {
  return xml_response(bucket_location(*bucket, call.dialect, call.env.names));
}

static http::Response encode(OssCall&, ops::GetBucketStat&, BucketStat& stat) {
  return xml_response(bucket_stat(stat));
}

static http::Response encode(OssCall& call, ops::GetBucketVersioning&) {
  return xml_response(versioning_document(call.dialect));
}

static http::Response encode(OssCall& call, ops::DescribeRegions& op) {
  const ServiceNames& names = call.env.names;
  return xml_response(
      regions_document(names, op.region.empty() || op.region == "oss-" + names.region));
}

Decoded decode_list_buckets(OssCall& call, const std::string&) {
  ops::ListBuckets op;
  op.prefix = text_param(call.head(), "prefix");
  if (call.dialect == Dialect::kOss && !may_begin_bucket(op.prefix)) {
    return invalid_argument("No bucket's name begins like this.", "prefix", op.prefix);
  }
  OssStatus page = call.dialect == Dialect::kS3 ? read_s3_page(call, op) : read_oss_page(call, op);
  if (!page) return std::unexpected(std::move(page.error()));
  return make_action(std::move(op));
}

Decoded decode_put_bucket(OssCall& call, const std::string& document) {
  ops::PutBucket op;
  op.bucket = call.bucket();
  op.exists_is_success = call.dialect == Dialect::kOss;
  auto acl = acl_argument(call, "acl");
  if (!acl) return std::unexpected(std::move(acl.error()));
  if (auto fits = check_bucket_acl(*acl); !fits) return std::unexpected(std::move(fits.error()));
  op.acl = *acl;
  if (!document.empty()) {
    auto request = parse_create_bucket(document, call.dialect);
    if (!request) return std::unexpected(std::move(request.error()));
    auto storage_class = bucket_storage_class(*request);
    if (!storage_class) return std::unexpected(std::move(storage_class.error()));
    op.storage_class = *storage_class;
  }
  return make_action(std::move(op));
}

Decoded decode_delete_bucket(OssCall& call, const std::string&) {
  return make_action(ops::DeleteBucket{call.bucket()});
}

Decoded decode_head_bucket(OssCall& call, const std::string&) {
  return make_action(ops::HeadBucket{call.bucket()});
}

Decoded decode_get_bucket_info(OssCall& call, const std::string&) {
  return make_action(ops::GetBucketInfo{call.bucket()});
}

Decoded decode_get_bucket_location(OssCall& call, const std::string&) {
  return make_action(ops::GetBucketLocation{call.bucket()});
}

Decoded decode_get_bucket_stat(OssCall& call, const std::string&) {
  return make_action(ops::GetBucketStat{call.bucket()});
}

Decoded decode_get_bucket_versioning(OssCall& call, const std::string&) {
  return make_action(ops::GetBucketVersioning{call.bucket()});
}

Decoded decode_describe_regions(OssCall& call, const std::string&) {
  return make_action(ops::DescribeRegions{text_param(call.head(), "regions")});
}

}  // namespace lakeside::oss::wire
