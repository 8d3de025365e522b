// Codecs of the operations on bucket policies and PublicAccessBlock.
#include "services/oss/ops/bucket_policy.h"
#include "services/oss/ops/public_access_block.h"
#include "services/oss/wire/codecs.h"
#include "services/oss/wire/documents.h"

namespace lakeside::oss::wire {
namespace {

bool is_s3(const OssCall& call) { return call.dialect == Dialect::kS3; }

}  // namespace

// ---- policies --------------------------------------------------------------------------

static http::Response encode(OssCall& call, ops::PutBucketPolicy&) {
  return empty_response(is_s3(call) ? 204 : 200);
}

// As it was written, whichever API is asked.
static http::Response encode(OssCall&, ops::GetBucketPolicy&, BucketPolicy& policy) {
  http::Response response;
  response.headers.add("Content-Type", "application/json");
  response.body = std::move(policy.document);
  return response;
}

static http::Response encode(OssCall&, ops::DeleteBucketPolicy&) { return empty_response(204); }

static http::Response encode(OssCall& call, ops::GetBucketPolicyStatus&,
                             const ops::BucketPolicyStatus& status) {
  return xml_response(policy_status(status.is_public, call.dialect));
}

Decoded decode_put_bucket_policy(OssCall& call, const std::string& document) {
  // x-amz-confirm-remove-self-bucket-access confirms nothing here: the root account can always take
  // a policy back.
  return make_action(ops::PutBucketPolicy{
      call.bucket(), {document, is_s3(call) ? PolicyLanguage::kS3 : PolicyLanguage::kOss}});
}

Decoded decode_get_bucket_policy(OssCall& call, const std::string&) {
  return make_action(ops::GetBucketPolicy{call.bucket()});
}

Decoded decode_delete_bucket_policy(OssCall& call, const std::string&) {
  return make_action(ops::DeleteBucketPolicy{call.bucket()});
}

Decoded decode_get_bucket_policy_status(OssCall& call, const std::string&) {
  return make_action(ops::GetBucketPolicyStatus{call.bucket(), is_s3(call)});
}

// ---- PublicAccessBlock -----------------------------------------------------------------

static http::Response encode(OssCall&, ops::PutBucketPublicAccessBlock&) {
  return empty_response();
}

static http::Response encode(OssCall& call, ops::GetBucketPublicAccessBlock&,
                             const PublicAccessBlock& block) {
  return xml_response(public_access_block(block, call.dialect));
}

static http::Response encode(OssCall&, ops::DeleteBucketPublicAccessBlock&) {
  return empty_response(204);
}

static http::Response encode(OssCall&, ops::PutPublicAccessBlock&) { return empty_response(); }

static http::Response encode(OssCall& call, ops::GetPublicAccessBlock&,
                             const PublicAccessBlock& block) {
  return xml_response(public_access_block(block, call.dialect));
}

static http::Response encode(OssCall&, ops::DeletePublicAccessBlock&) {
  return empty_response(204);
}

Decoded decode_put_bucket_public_access_block(OssCall& call, const std::string& document) {
  auto block = parse_public_access_block(document, call.dialect);
  if (!block) return std::unexpected(std::move(block.error()));
  return make_action(ops::PutBucketPublicAccessBlock{call.bucket(), *block});
}

Decoded decode_get_bucket_public_access_block(OssCall& call, const std::string&) {
  return make_action(ops::GetBucketPublicAccessBlock{call.bucket(), is_s3(call)});
}

Decoded decode_delete_bucket_public_access_block(OssCall& call, const std::string&) {
  return make_action(ops::DeleteBucketPublicAccessBlock{call.bucket()});
}

Decoded decode_put_public_access_block(OssCall& call, const std::string& document) {
  auto block = parse_public_access_block(document, call.dialect);
  if (!block) return std::unexpected(std::move(block.error()));
  return make_action(ops::PutPublicAccessBlock{*block});
}

Decoded decode_get_public_access_block(OssCall& call, const std::string&) {
  return make_action(ops::GetPublicAccessBlock{is_s3(call)});
}

Decoded decode_delete_public_access_block(OssCall&, const std::string&) {
  return make_action(ops::DeletePublicAccessBlock{});
}

}  // namespace lakeside::oss::wire
