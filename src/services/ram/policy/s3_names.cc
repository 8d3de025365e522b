#include "services/ram/policy/s3_names.h"

#include <algorithm>

#include "base/encoding.h"
#include "services/ram/policy/operators.h"
#include "services/ram/policy/values.h"

namespace lakeside::ram::policy {
namespace {

struct Pair {
  std::string_view s3;
  std::string_view ours;
};

// Where the names differ ("Actions, resources, and condition keys for Amazon S3"); else only the
// service's does. In lower case: actions have none.
constexpr Pair kActions[] = {
    {"abortmultipartupload", "AbortMultipartUpload"},
    {"createbucket", "PutBucket"},
    {"getencryptionconfiguration", "GetBucketEncryption"},
    {"getlifecycleconfiguration", "GetBucketLifecycle"},
    {"listallmybuckets", "ListBuckets"},
    {"listbucket", "ListObjects"},
    {"listbucketmultipartuploads", "ListMultipartUploads"},
    {"listbucketversions", "ListObjectVersions"},
    {"listmultipartuploadparts", "ListParts"},
    {"putbucketpublicaccessblock", "PutBucketPublicAccessBlock"},
    {"putbucketpublicaccessblock", "DeleteBucketPublicAccessBlock"},
    {"putencryptionconfiguration", "PutBucketEncryption"},
    {"putlifecycleconfiguration", "PutBucketLifecycle"},
};

constexpr Pair kConditionKeys[] = {
    {"aws:currenttime", "acs:CurrentTime"},
    {"aws:multifactorauthpresent", "acs:MFAPresent"},
    {"aws:securetransport", "acs:SecureTransport"},
    {"aws:sourceip", "acs:SourceIp"},
    {"aws:useragent", "acs:UserAgent"},
    {"s3:delimiter", "oss:Delimiter"},
    {"s3:prefix", "oss:Prefix"},
    {"s3:x-amz-acl", "s3:x-amz-acl"},  // in requests of both dialects
};

}  // namespace

std::vector<std::string> actions_of_s3(std::string_view action) {
  if (action == "*") return {"*"};
  if (action.size() < 4 || !equals_ignore_case(action.substr(0, 3), "s3:")) return {};
  std::string_view name = action.substr(3);
  const std::string pattern = to_lower_ascii(name);
  std::vector<std::string> out;
  for (const Pair& pair : kActions) {
    if (matches_pattern(pattern, pair.s3)) out.push_back("oss:" + std::string(pair.ours));
  }
  // What the pattern means beyond the table has the same name.
  if (out.empty() || has_wildcard(name)) out.push_back("oss:" + std::string(name));
  return out;
}

std::optional<std::string> resource_of_s3(std::string_view arn) {
  constexpr std::string_view kStart = "arn:aws:s3:::";
  if (arn == "*") return "*";
  if (!arn.starts_with(kStart) || arn.size() == kStart.size()) return std::nullopt;
  return "acs:oss:*:*:" + std::string(arn.substr(kStart.size()));
}

std::optional<std::string> principal_of_s3(std::string_view name) {
  std::string out;
  if (name.starts_with("arn:aws:iam::")) {
    name.remove_prefix(13);
    if (name.ends_with(":root")) {
      out = name.substr(0, name.size() - 5);
    } else {
      out = "acs:ram::" + std::string(name);
    }
  } else if (name.starts_with("arn:aws:sts::")) {
    out = "acs:ram::" + std::string(name.substr(13));
  } else {
    out = name;
  }
  auto parsed = parse_principal_name(out);
  // Wildcards stand for everybody alone: "*".
  if (!parsed || has_wildcard(out) || parsed->type == PrincipalName::Type::kAccount) {
    return std::nullopt;
  }
  return out;
}

std::string_view condition_key_of_s3(std::string_view key) {
  const auto* found = std::ranges::find(kConditionKeys, to_lower_ascii(key), &Pair::s3);
  return found == std::end(kConditionKeys) ? std::string_view() : found->ours;
}

}  // namespace lakeside::ram::policy
