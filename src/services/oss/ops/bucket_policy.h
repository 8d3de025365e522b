// Bucket policies, in either vendor's language.
#pragma once

#include "services/oss/ops/context.h"

namespace lakeside::oss::ops {

struct PutBucketPolicy {
  std::string bucket;
  BucketPolicy policy;
};
[[nodiscard]] Task<OssStatus> run(Context& context, PutBucketPolicy& request);

struct GetBucketPolicy {
  std::string bucket;
};
[[nodiscard]] Task<OssResult<BucketPolicy>> run(Context& context, GetBucketPolicy& request);

struct DeleteBucketPolicy {
  std::string bucket;
};
[[nodiscard]] Task<OssStatus> run(Context& context, DeleteBucketPolicy& request);

struct GetBucketPolicyStatus {
  std::string bucket;
  bool must_exist = false;  // S3 has no status of what is not there
};
struct BucketPolicyStatus {
  bool is_public = false;
};
[[nodiscard]] Task<OssResult<BucketPolicyStatus>> run(Context& context,
                                                      GetBucketPolicyStatus& request);

}  // namespace lakeside::oss::ops
