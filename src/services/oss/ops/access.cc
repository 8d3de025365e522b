#include "services/oss/ops/access.h"

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

OssStatus evaluate(const Principal& caller, const Question& question, std::string_view owner,
                   std::string_view key, bool granted_to_all) {
  std::string resource = resource_name(owner, question.bucket, key);
  ram::Decision decision =
      ram::evaluate(caller, {question.permission, resource, owner, granted_to_all});
  if (decision.allowed) return {};
  // Of the owner's own account a policy decided, else the access list.
  bool by_policy = !is_anonymous(caller) && caller.account_id == owner;
  return fail(Errc::kAccessDenied, by_policy ? std::string(decision.why) : std::string());
}

// The object's record is read only for strangers: the owner's reads are the hot path.
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
  if (!is_anonymous(caller) && caller.account_id == bucket.owner) co_return false;
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

OssStatus decide(const Principal& caller, const Question& question, std::string_view owner,
                 bool granted_to_all) {
  if (question.keys.empty()) {
    return evaluate(caller, question, owner, question.key, granted_to_all);
  }
  for (const std::string& key : question.keys) {
    OssStatus allowed = evaluate(caller, question, owner, key, granted_to_all);
    if (!allowed) return allowed;
  }
  return {};
}

}  // namespace

Task<OssResult<BucketPtr>> authorise(ObjectStore& store, const Principal& caller,
                                     const Question& question) {
  if (question.access == Access::kAccount) {
    OssStatus allowed = fail(Errc::kAccessDenied);
    if (!is_anonymous(caller)) allowed = decide(caller, question, caller.account_id, false);
    if (!allowed) co_return std::unexpected(std::move(allowed.error()));
    co_return BucketPtr();
  }
  auto bucket = co_await store.get_bucket(question.bucket);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  auto by_acl = co_await granted(store, caller, **bucket, question);
  if (!by_acl) co_return std::unexpected(std::move(by_acl.error()));
  OssStatus allowed = decide(caller, question, (*bucket)->owner, *by_acl);
  if (!allowed) co_return std::unexpected(std::move(allowed.error()));
  co_return std::move(*bucket);
}

}  // namespace lakeside::oss::ops
