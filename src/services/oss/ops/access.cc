#include "services/oss/ops/access.h"

#include <memory>
#include <optional>
#include <utility>

#include "services/ram/service.h"

namespace lakeside::oss::ops {
namespace {

bool is_anonymous(const Principal& caller) { return caller.kind == Principal::Kind::kAnonymous; }

bool lets_read(Acl acl) { return acl == Acl::kPublicRead || acl == Acl::kPublicReadWrite; }

std::string resource_name(std::string_view account, std::string_view bucket, std::string_view key) {
  std::string name;
  name.reserve(11 + account.size() + bucket.size() + key.size());
  name += "acs:oss:*:";
  name += account;
  name += ':';
  name += bucket;
  if (!key.empty()) {
    name += '/';
    name += key;
  }
  return name;
}

class FactsAsContext final : public ram::ContextSource {
 public:
  explicit FactsAsContext(const Facts* facts) : facts_(facts) {}
  void fill(ram::Context& context) const override {
    if (facts_ == nullptr) return;
    facts_->tell(
        [&](std::string_view key, std::string value) { context.add(key, std::move(value)); });
  }

 private:
  const Facts* facts_;
};

Denial::By who_denied(const ram::Decision& decision) {
  using ram::policy::PolicyType;
  if (decision.denied_by_both) return Denial::By::kBothPolicies;
  if (decision.type == PolicyType::kSession) return Denial::By::kSessionPolicy;
  if (decision.reason != ram::Decision::Reason::kExplicitDeny) return Denial::By::kNobody;
  return decision.type == PolicyType::kResource ? Denial::By::kBucketPolicy
                                                : Denial::By::kIdentityPolicy;
}

// The first key that is denied, and by what.
struct Refused {
  std::string resource;
  ram::Decision decision;

  [[nodiscard]] bool explicitly() const { return who_denied(decision) != Denial::By::kNobody; }
};

// The root account can always take back a policy that keeps it out.
bool is_owners_way_back(const Principal& caller, const Question& question, const Bucket& bucket) {
  return caller.kind == Principal::Kind::kRoot && caller.account_id == bucket.owner &&
         (question.permission == "oss:GetBucketPolicy" ||
          question.permission == "oss:PutBucketPolicy" ||
          question.permission == "oss:DeleteBucketPolicy");
}

}  // namespace

ram::policy::Blocked left_out(const Bucket& bucket) {
  const PublicAccessBlock& blocked = bucket.blocked;
  return {blocked.ignore_acls, blocked.ignore_policy, blocked.restrict_buckets};
}

namespace {

// `bucket`: null for operations on the account.
std::optional<Refused> evaluate(const Principal& caller, const Question& question,
                                const Bucket* bucket, std::string_view key, bool granted_to_all) {
  std::string_view owner = bucket != nullptr ? bucket->owner : caller.account_id;
  std::string resource = resource_name(owner, question.bucket, key);
  FactsAsContext context(question.facts);
  ram::AccessRequest request{question.permission, resource, owner, granted_to_all, &context};
  if (bucket != nullptr) {
    if (!is_owners_way_back(caller, question, *bucket)) {
      request.resource_policy = bucket->compiled_policy.get();
    }
    request.blocked = left_out(*bucket);
  }
  ram::Decision decision = ram::evaluate(caller, request);
  if (decision.allowed) return std::nullopt;
  return Refused{std::move(resource), std::move(decision)};
}

std::unexpected<OssError> denied(const Principal& caller, const Question& question,
                                 std::string_view owner, Refused refused) {
  FactsAsContext context(question.facts);
  ram::Denial told = ram::denial(
      caller, {question.permission, refused.resource, owner, false, &context}, refused.decision);
  OssError error{Errc::kAccessDenied, {}, {}, {}};
  error.denial = std::make_shared<const Denial>(
      Denial{who_denied(refused.decision), !question.keys.empty(), std::move(told.principal),
             std::string(question.permission), std::move(refused.resource), std::move(told.why),
             std::move(told.detail)});
  return std::unexpected(std::move(error));
}

// The object's record is read only where no policy decides: the owner's reads are the hot path.
Task<OssResult<bool>> object_lets_read(ObjectStore& store, const Bucket& bucket,
                                       const Question& question) {
  Preconditions none;
  auto info = co_await store.head(question.bucket, question.key, none);
  if (!info) {
    // Only who may read the bucket learns what is not in it.
    if (info.error().code == Errc::kNoSuchKey) co_return lets_read(bucket.acl);
    co_return std::unexpected(std::move(info.error()));
  }
  co_return lets_read(info->acl == Acl::kDefault ? bucket.acl : info->acl);
}

Task<OssResult<bool>> granted(ObjectStore& store, const Principal& caller, const Bucket& bucket,
                              const Question& question) {
  if (caller.kind == Principal::Kind::kRoot && caller.account_id == bucket.owner) co_return false;
  switch (question.access) {
    case Access::kBucketRead:
      co_return lets_read(bucket.acl);
    case Access::kBucketWrite:
      co_return bucket.acl == Acl::kPublicReadWrite;
    case Access::kObjectRead:
      co_return co_await object_lets_read(store, bucket, question);
    case Access::kAccount:
    case Access::kBucketOwner:
      break;
  }
  co_return false;
}

std::optional<Refused> decide(const Principal& caller, const Question& question,
                              const Bucket* bucket, bool granted_to_all) {
  if (question.keys.empty()) {
    return evaluate(caller, question, bucket, question.key, granted_to_all);
  }
  for (const std::string& key : question.keys) {
    auto refused = evaluate(caller, question, bucket, key, granted_to_all);
    if (refused) return refused;
  }
  return std::nullopt;
}

}  // namespace

Task<OssResult<BucketPtr>> authorise(ObjectStore& store, const Principal& caller,
                                     const Question& question) {
  if (question.access == Access::kAccount) {
    if (is_anonymous(caller)) co_return fail(Errc::kAccessDenied);
    auto refused = decide(caller, question, nullptr, false);
    if (refused) co_return denied(caller, question, caller.account_id, std::move(*refused));
    co_return BucketPtr();
  }
  auto bucket = co_await store.get_bucket(question.bucket);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  const std::string& owner = (*bucket)->owner;
  auto refused = decide(caller, question, bucket->get(), false);
  if (refused && !refused->explicitly()) {
    auto by_acl = co_await granted(store, caller, **bucket, question);
    if (!by_acl) co_return std::unexpected(std::move(by_acl.error()));
    if (*by_acl) refused = decide(caller, question, bucket->get(), true);
  }
  if (refused) co_return denied(caller, question, owner, std::move(*refused));
  co_return std::move(*bucket);
}

Task<OssResult<ResourceSide>> resource_side(ObjectStore& store, const Principal& caller,
                                            const Question& question) {
  if (question.access == Access::kAccount) co_return ResourceSide{caller.account_id, false};
  auto bucket = co_await store.get_bucket(question.bucket);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  auto by_acl = co_await granted(store, caller, **bucket, question);
  if (!by_acl) co_return std::unexpected(std::move(by_acl.error()));
  co_return ResourceSide{(*bucket)->owner, *by_acl, std::move(*bucket)};
}

}  // namespace lakeside::oss::ops
