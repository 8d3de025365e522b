// A request to the object store on its way through the pipeline.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "gateway/auth/authenticate.h"
#include "gateway/pipeline/service.h"
#include "services/oss/core/object_store.h"
#include "services/oss/ops/context.h"
#include "services/oss/wire/addressing.h"
#include "services/oss/wire/dialect.h"
#include "services/oss/wire/documents.h"
#include "services/oss/wire/routing.h"

namespace lakeside::oss::wire {

// What the codecs need to know of the place they run in.
struct Environment {
  ObjectStore* store;
  const Clock& clock;
  ServiceNames names;
  std::vector<std::string> domains;  // see addressing.h
  // For the signatures of POST forms, which are in the body.
  const auth::KeySource* keys = nullptr;
  auth::AuthOptions auth;
  std::function<bool(std::string_view account)> is_disabled = {};  // empty: none is
};

struct OssCall final : gateway::Call {
  OssCall(http::Request& r, const Environment& e) : gateway::Call(r), env(e) {}

  [[nodiscard]] const std::string& bucket() const { return target.bucket; }
  [[nodiscard]] const std::string& key() const { return target.key; }
  [[nodiscard]] const http::RequestHead& head() const { return request.head; }

  const Environment& env;
  Dialect dialect = Dialect::kOss;
  AddressStyle style = AddressStyle::kPath;
  const Row* row = nullptr;
  // The target's bucket, once authorise has seen it; null for operations on the account.
  BucketPtr bucket_record;
  std::shared_ptr<const Denial> denial;  // where authorise denied, for the audit trail
  // What else authorise asked about, for it, too.
  std::vector<std::string> keys;          // of DeleteMultipleObjects
  std::optional<ops::ObjectName> source;  // of a copy
  bool sets_acl = false;
};

// Which language the client speaks: the signature's; of an anonymous request, S3 where a header
// or parameter is one that only S3 clients send (x-amz-…, amz-sdk-…, x-id, X-Amz-…) or the host
// is an S3 endpoint, else OSS.
[[nodiscard]] Dialect choose_dialect(const http::RequestHead& head, bool s3_host);

}  // namespace lakeside::oss::wire
