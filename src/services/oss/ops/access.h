// Who may do what: the resource's owner and access lists, put to services/ram.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "services/oss/ops/context.h"
#include "services/ram/service.h"

namespace lakeside::oss::ops {

// Whom, besides the owner's account, an access list lets call an operation.
enum class Access : std::uint8_t {
  kAccount,      // nobody: any account calls it about itself
  kBucketOwner,  // nobody
  kBucketRead,   // whom the bucket's ACL lets read
  kBucketWrite,  // whom the bucket's ACL lets write
  kObjectRead,   // whom the object's ACL lets read; it defaults to the bucket's
};

// What the conditions of policies are about: "acs:SourceIp" and its value.
class Facts {
 public:
  virtual ~Facts() = default;
  // Called only where a policy has conditions.
  virtual void tell(
      const std::function<void(std::string_view key, std::string value)>& fact) const = 0;
};

struct Question {
  std::string_view permission;  // "oss:GetObject"
  Access access;
  const std::string& bucket;
  const std::string& key;
  // Where the operation is one on each of these keys instead of `key`.
  std::span<const std::string> keys = {};
  const Facts* facts = nullptr;
};

// The bucket's record where it is allowed (null for kAccount), else kAccessDenied, or why the
// bucket could not be read. References in `question` live until it resumes.
[[nodiscard]] Task<OssResult<BucketPtr>> authorise(ObjectStore& store, const Principal& caller,
                                                   const Question& question);

// What PublicAccessBlock leaves out of account there.
[[nodiscard]] ram::policy::Blocked left_out(const Bucket& bucket);

// What a resource says for itself to that question, for simulations.
struct ResourceSide {
  std::string owner_account;
  bool granted_to_all = false;  // by the access list
  BucketPtr bucket = {};        // null: the operation is on the account
};
[[nodiscard]] Task<OssResult<ResourceSide>> resource_side(ObjectStore& store,
                                                          const Principal& caller,
                                                          const Question& question);

}  // namespace lakeside::oss::ops
