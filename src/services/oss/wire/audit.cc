#include "services/oss/wire/audit.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/encoding.h"
#include "gateway/pipeline/audited.h"

namespace lakeside::oss::wire {
namespace {

// Of presigned URLs, in lower case; all others of the query are the operation's.
constexpr std::array<std::string_view, 6> kSignatures = {
    "signature", "ossaccesskeyid", "awsaccesskeyid", "security-token", "expires", "x-id"};

bool is_of_signature(std::string_view parameter) {
  const std::string name = to_lower_ascii(parameter);
  return name.starts_with("x-amz-") || name.starts_with("x-oss-") ||
         std::ranges::find(kSignatures, name) != kSignatures.end();
}

std::string resource_name(std::string_view account, std::string_view bucket, std::string_view key) {
  std::string name = "acs:oss:*:" + std::string(account) + ":" + std::string(bucket);
  if (!key.empty()) name += "/" + std::string(key);
  return name;
}

void add_parameters(const OssCall& call, AuditEvent& event) {
  if (!call.bucket().empty()) event.parameters.emplace_back("bucketName", call.bucket());
  if (!call.key().empty()) event.parameters.emplace_back("objectName", call.key());
  for (const http::QueryParam& parameter : call.head().query) {
    if (!is_of_signature(parameter.name))
      event.parameters.emplace_back(parameter.name, parameter.value);
  }
}

void add_asked(const OssCall& call, const std::string& owner, AuditEvent& event) {
  std::string permission(call.row->info.permission);
  if (call.keys.empty()) {
    event.asked.emplace_back(permission, resource_name(owner, call.bucket(), call.key()));
  }
  for (const std::string& key : call.keys) {
    event.asked.emplace_back(permission, resource_name(owner, call.bucket(), key));
  }
  // Whose the source is, is not known here; a policy's resource of one's own bucket has one's
  // account.
  if (call.source) {
    event.asked.emplace_back("oss:GetObject",
                             resource_name(owner, call.source->bucket, call.source->key));
  }
  if (call.sets_acl) {
    event.asked.emplace_back("oss:PutObjectAcl", resource_name(owner, call.bucket(), call.key()));
  }
}

// The vendor's text says "bucket policy" of every policy.
std::string who_denied(const Denial& denial) {
  auto type =
      std::ranges::find(denial.detail, "PolicyType", &std::pair<std::string, std::string>::first);
  const std::string by = type == denial.detail.end() ? std::string() : " by " + type->second;
  return "Access denied" + by + ": " + denial.why;
}

}  // namespace

bool is_data(const Row& row) {
  if (row.body == BodyIs::kForm || row.info.name == "DeleteMultipleObjects" ||
      row.info.name == "DeleteObjects") {
    return true;
  }
  constexpr std::array<std::string_view, 3> kListings = {
      "oss:ListObjects", "oss:ListObjectVersions", "oss:ListMultipartUploads"};
  if (std::ranges::find(kListings, row.info.permission) != kListings.end()) return true;
  std::string_view target = row.form.substr(std::min(row.form.find(' ') + 1, row.form.size()));
  return target.starts_with("object");
}

void describe(const OssCall& call, const http::Response& response, AuditEvent& event) {
  event.service = "Oss";
  event.write = call.head().method != "GET" && call.head().method != "HEAD";
  const std::string owner =
      call.bucket_record ? call.bucket_record->owner : call.identity.principal.account_id;
  if (event.account_id.empty()) event.account_id = owner;
  add_parameters(call, event);
  if (!call.key().empty()) {
    event.resource_type = "ACS::OSS::Object";
    event.resource_name = call.bucket() + "/" + call.key();
  } else if (!call.bucket().empty()) {
    event.resource_type = "ACS::OSS::Bucket";
    event.resource_name = call.bucket();
  }
  add_asked(call, owner, event);
  if (call.denial) {
    event.error_message = who_denied(*call.denial);
  } else if (!event.error_code.empty()) {
    event.error_message = gateway::text_between(response, "<Message>", "</Message>");
  }
}

}  // namespace lakeside::oss::wire
