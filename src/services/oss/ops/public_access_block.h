// PublicAccessBlock, of a bucket and of all buckets of an account.
#pragma once

#include <optional>

#include "services/oss/ops/context.h"

namespace lakeside::oss::ops {

struct PutBucketPublicAccessBlock {  // S3: PutPublicAccessBlock
  std::string bucket;
  PublicAccessBlock block;
};
[[nodiscard]] Task<OssStatus> run(Context& context, PutBucketPublicAccessBlock& request);

struct GetBucketPublicAccessBlock {
  std::string bucket;
  bool must_exist = false;  // S3
};
[[nodiscard]] Task<OssResult<PublicAccessBlock>> run(Context& context,
                                                     GetBucketPublicAccessBlock& request);

struct DeleteBucketPublicAccessBlock {
  std::string bucket;
};
[[nodiscard]] Task<OssStatus> run(Context& context, DeleteBucketPublicAccessBlock& request);

struct PutPublicAccessBlock {
  PublicAccessBlock block;
};
[[nodiscard]] Task<OssStatus> run(Context& context, PutPublicAccessBlock& request);

struct GetPublicAccessBlock {
  bool must_exist = false;  // S3; one that blocks nothing is none
};
[[nodiscard]] Task<OssResult<PublicAccessBlock>> run(Context& context,
                                                     GetPublicAccessBlock& request);

struct DeletePublicAccessBlock {};
[[nodiscard]] Task<OssStatus> run(Context& context, DeletePublicAccessBlock& request);

}  // namespace lakeside::oss::ops
