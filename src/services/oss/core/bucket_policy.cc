#include "services/oss/core/bucket_policy.h"

namespace lakeside::oss {

Result<std::shared_ptr<const ram::policy::CompiledPolicy>> compile(const BucketPolicy& policy) {
  if (policy.document.empty()) return nullptr;
  auto compiled =
      ram::policy::compile(policy.document, kind_of(policy.language), max_length(policy.language));
  if (!compiled) {
    return fail(ErrorCode::kUnsupported,
                "a bucket's policy cannot be read: " + compiled.error().text());
  }
  return std::move(*compiled);
}

}  // namespace lakeside::oss
