// Operations on buckets. A struct is named as its API operation; `run` does it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "services/oss/ops/context.h"

namespace lakeside::oss::ops {

// OSS: GetService.
struct ListBuckets {
  std::string prefix;
  std::string marker;
  std::uint32_t max_keys = 100;
};
struct ListBucketsResult {
  std::vector<Bucket> buckets;
  bool truncated = false;
  std::string next_marker;
};
[[nodiscard]] Task<OssResult<ListBucketsResult>> run(Context& context, ListBuckets& request);

struct PutBucket {  // S3: CreateBucket
  std::string bucket;
  std::optional<Acl> acl;
  StorageClass storage_class = StorageClass::kStandard;
  // OSS takes it for success, and for a change of the ACL where one is given.
  bool exists_is_success = true;
};
[[nodiscard]] Task<OssStatus> run(Context& context, PutBucket& request);

struct DeleteBucket {
  std::string bucket;
};
[[nodiscard]] Task<OssStatus> run(Context& context, DeleteBucket& request);

struct HeadBucket {
  std::string bucket;
};
[[nodiscard]] Task<OssResult<BucketPtr>> run(Context& context, HeadBucket& request);

struct GetBucketInfo {
  std::string bucket;
};
[[nodiscard]] Task<OssResult<BucketPtr>> run(Context& context, GetBucketInfo& request);

struct GetBucketLocation {
  std::string bucket;
};
[[nodiscard]] Task<OssResult<BucketPtr>> run(Context& context, GetBucketLocation& request);

struct GetBucketStat {
  std::string bucket;
};
[[nodiscard]] Task<OssResult<BucketStat>> run(Context& context, GetBucketStat& request);

struct GetBucketAcl {
  std::string bucket;
};
[[nodiscard]] Task<OssResult<BucketPtr>> run(Context& context, GetBucketAcl& request);

struct PutBucketAcl {
  std::string bucket;
  Acl acl = Acl::kPrivate;
};
[[nodiscard]] Task<OssStatus> run(Context& context, PutBucketAcl& request);

// Versioning is not there yet, and the API has an answer for "never switched on".
struct GetBucketVersioning {
  std::string bucket;
};
[[nodiscard]] Task<OssStatus> run(Context& context, GetBucketVersioning& request);

struct DescribeRegions {
  std::string region;  // empty: all that there are
};
[[nodiscard]] Task<OssStatus> run(Context& context, DescribeRegions& request);

}  // namespace lakeside::oss::ops
