// Object storage, as the front door sees it: the OSS and the S3 API over one ObjectStore.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "gateway/auth/authenticate.h"
#include "gateway/pipeline/service.h"
#include "services/oss/core/object_store.h"
#include "services/ram/service.h"

namespace lakeside::oss {

struct OssServiceOptions {
  std::string region = "cn-hangzhou";
  // Below which BUCKET.DOMAIN is a bucket, in lower case. localhost and the vendors' names always
  // are such domains (see wire/addressing.h).
  std::vector<std::string> domains;
  // What bucket documents call the endpoints; some clients connect to them.
  std::string extranet_endpoint = "oss-cn-hangzhou.aliyuncs.com";
  std::string intranet_endpoint = "oss-cn-hangzhou-internal.aliyuncs.com";
  // For the signatures of POST forms, which are in the body. Outlives the service; without it
  // only anonymous forms are accepted.
  const auth::KeySource* keys = nullptr;
  auth::AuthOptions auth;
  // Accounts whose buckets nobody may use: the vendor's in arrears. Empty: none is.
  std::function<bool(std::string_view account)> is_disabled = {};
};

// The store and the clock outlive the service.
[[nodiscard]] std::unique_ptr<gateway::Service> make_oss_service(ObjectStore& store,
                                                                 const Clock& clock,
                                                                 OssServiceOptions options);

// Every operation of both APIs, as the table has them.
[[nodiscard]] std::span<const gateway::OperationInfo> oss_operations();

// What the bucket or object that a policy calls `resource` ("acs:oss:*:*:bucket/key") says for
// itself to whoever wants to do `action` to it: its owner, whether its access list lets anybody,
// its policy. Nothing where there is no such bucket, or no such action.
struct ResourceSide {
  std::string owner_account;
  bool granted_to_all = false;
  std::shared_ptr<const ram::policy::CompiledPolicy> policy = {};
  ram::policy::Blocked blocked = {};
};
[[nodiscard]] Task<std::optional<ResourceSide>> resource_side(ObjectStore& store,
                                                              const Principal& caller,
                                                              std::string_view action,
                                                              std::string_view resource);

}  // namespace lakeside::oss
