// A bucket's policy: its document, read once and shared by all requests.
#pragma once

#include <expected>
#include <memory>

#include "base/result.h"
#include "services/oss/core/types.h"
#include "services/ram/service.h"

namespace lakeside::oss {

[[nodiscard]] inline ram::policy::Kind kind_of(PolicyLanguage language) {
  return language == PolicyLanguage::kS3 ? ram::policy::Kind::kS3Resource
                                         : ram::policy::Kind::kResource;
}
[[nodiscard]] inline std::size_t max_length(PolicyLanguage language) {
  return language == PolicyLanguage::kS3 ? ram::policy::kMaxS3PolicyLength
                                         : ram::policy::kMaxResourcePolicyLength;
}

// Null: there is none. kUnsupported: a later version wrote what this one does not read; then
// nobody may be let in or kept out on a guess.
[[nodiscard]] Result<std::shared_ptr<const ram::policy::CompiledPolicy>> compile(
    const BucketPolicy& policy);

}  // namespace lakeside::oss
