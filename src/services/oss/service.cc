#include "services/oss/service.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/encoding.h"
#include "gateway/pipeline/audited.h"
#include "gateway/pipeline/metered.h"
#include "services/oss/operations.h"
#include "services/oss/ops/access.h"
#include "services/oss/wire/action.h"
#include "services/oss/wire/addressing.h"
#include "services/oss/wire/audit.h"
#include "services/oss/wire/body.h"
#include "services/oss/wire/call.h"
#include "services/oss/wire/errors.h"
#include "services/oss/wire/post_object.h"
#include "services/oss/wire/request_headers.h"

namespace lakeside::oss {
namespace {

using wire::OssAction;
using wire::OssCall;

wire::Level level_of(const auth::SignedTarget& target) {
  if (target.bucket.empty()) return wire::Level::kService;
  return target.key.empty() ? wire::Level::kBucket : wire::Level::kObject;
}

// That the owner is in good standing, and the one of x-amz-expected-bucket-owner or
// x-amz-source-expected-bucket-owner.
OssStatus check_owner(const OssCall& call, std::string_view header, const BucketPtr& bucket) {
  if (bucket && call.env.is_disabled && call.env.is_disabled(bucket->owner)) {
    return fail(Errc::kUserDisabled);
  }
  if (call.dialect != Dialect::kS3 || !bucket) return {};
  auto expected = call.head().header(header);
  if (!expected || *expected == bucket->owner) return {};
  return fail(Errc::kAccessDenied);
}

// S3 Control names the account that it is about: the caller's alone.
OssStatus check_account(const OssCall& call) {
  if (!wire::is_s3_control(call.head())) return {};
  if (call.head().header(wire::kAccountHeader) == call.identity.principal.account_id) return {};
  return fail(Errc::kAccessDenied);
}

// The condition keys of OSS ("Authorization syntax and elements"). Tags are not kept yet, and there
// are no VPCs: acs:SourceVpc, oss:BucketTag/… and oss:ExistingObjectTag/… are in no request.
class CallFacts final : public ops::Facts {
 public:
  explicit CallFacts(const OssCall& call) : call_(call) {}

  void tell(const std::function<void(std::string_view, std::string)>& fact) const override {
    fact("acs:SourceIp", call_.request.peer);
    fact("acs:SecureTransport", call_.request.tls ? "true" : "false");
    fact("acs:CurrentTime", format_iso8601_millis(call_.env.clock.now()));
    header(fact, "acs:UserAgent", "User-Agent");
    if (call_.identity.principal.kind != Principal::Kind::kAnonymous) {
      fact("acs:AccessId", call_.identity.principal.access_key_id);
    }
    bool on_object = !call_.key().empty();
    header(fact, "s3:x-amz-acl", "x-amz-acl");
    header(fact, on_object ? "oss:x-oss-object-acl" : "oss:x-oss-acl",
           call_.dialect == Dialect::kS3 ? "x-amz-acl"
           : on_object                   ? "x-oss-object-acl"
                                         : "x-oss-acl");
    listing(fact);
  }

 private:
  using Fact = std::function<void(std::string_view, std::string)>;

  void header(const Fact& fact, std::string_view key, std::string_view name) const {
    if (auto value = call_.head().header(name)) fact(key, std::string(*value));
  }

  // A listing without a prefix is one of everything: policies allow it with "oss:Prefix": "".
  void listing(const Fact& fact) const {
    std::string_view permission = call_.row->info.permission;
    if (permission != "oss:ListObjects" && permission != "oss:ListObjectVersions" &&
        permission != "oss:ListMultipartUploads") {
      return;
    }
    const http::QueryParam* prefix = call_.head().param("prefix");
    const http::QueryParam* delimiter = call_.head().param("delimiter");
    fact("oss:Prefix", prefix != nullptr ? prefix->value : "");
    fact("oss:Delimiter", delimiter != nullptr ? delimiter->value : "");
  }

  const OssCall& call_;
};

Task<OssStatus> authorise_source(const OssCall& call, const ops::ObjectName& source) {
  CallFacts facts(call);
  ops::Question question{"oss:GetObject", ops::Access::kObjectRead, source.bucket, source.key, {},
                         &facts};
  auto bucket = co_await ops::authorise(*call.env.store, call.identity.principal, question);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  co_return check_owner(call, "x-amz-source-expected-bucket-owner", *bucket);
}

// An ACL is the owner's to set, also where it comes with a write that is open to all.
Task<OssStatus> authorise_acl(const OssCall& call) {
  CallFacts facts(call);
  ops::Question question{
      "oss:PutObjectAcl", ops::Access::kBucketOwner, call.bucket(), call.key(), {}, &facts};
  auto bucket = co_await ops::authorise(*call.env.store, call.identity.principal, question);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  co_return OssStatus{};
}

// A bucket that is to be made has no record yet: PutBucket looks for itself.
OssStatus check_public_acl(const OssCall& call, const OssAction& action) {
  bool blocked = call.bucket_record && call.bucket_record->blocked.block_acls;
  if (!blocked || !is_public(action.acl())) return {};
  return fail(Errc::kPublicAccessBlocked, call.key().empty() && action.source() == nullptr
                                              ? "Put public bucket acl is not allowed"
                                              : "Put public object acl is not allowed");
}

Task<OssStatus> authorise_all(OssCall& call, const OssAction& action) {
  CallFacts facts(call);
  ops::Question question{call.row->info.permission,
                         call.row->access,
                         call.bucket(),
                         call.key(),
                         action.keys(),
                         &facts};
  auto bucket = co_await ops::authorise(*call.env.store, call.identity.principal, question);
  if (!bucket) co_return std::unexpected(std::move(bucket.error()));
  OssStatus done = check_owner(call, "x-amz-expected-bucket-owner", *bucket);
  if (done) done = check_account(call);
  call.bucket_record = std::move(*bucket);
  call.keys.assign(action.keys().begin(), action.keys().end());
  call.sets_acl = action.sets_acl();
  if (action.source() != nullptr) call.source = *action.source();
  if (done && action.source() != nullptr) done = co_await authorise_source(call, *action.source());
  if (done && action.sets_acl()) done = co_await authorise_acl(call);
  if (done) done = check_public_acl(call, action);
  co_return done;
}

class OssService final : public gateway::Service, public gateway::Audited, public gateway::Metered {
 public:
  OssService(ObjectStore& store, const Clock& clock, OssServiceOptions options)
      : env_{&store,
             clock,
             {options.region, options.extranet_endpoint, options.intranet_endpoint},
             std::move(options.domains),
             options.keys,
             options.auth,
             std::move(options.is_disabled)},
        routes_(oss::operations()) {}

  [[nodiscard]] std::string_view name() const override { return "oss"; }
  [[nodiscard]] std::span<const gateway::OperationInfo> operations() const override {
    return oss_operations();
  }

  std::unique_ptr<gateway::Call> begin(http::Request& request) override {
    auto call = std::make_unique<OssCall>(request, env_);
    call->dialect = wire::choose_dialect(request.head, false);
    return call;
  }

  gateway::Step route(gateway::Call& base) override {
    auto& call = static_cast<OssCall&>(base);
    const bool control = wire::is_s3_control(call.head());  // its host and path name no bucket
    OssStatus addressed = control ? OssStatus() : take_address(call);
    if (control) call.dialect = Dialect::kS3;
    if (!addressed) return refuse(call, addressed.error());
    const wire::Level level = control ? wire::Level::kControl : level_of(call.target);
    const wire::Row* row = nullptr;
    OssStatus found = routes_.find(call.head(), call.dialect, level, row);
    if (row != nullptr) {
      call.row = row;
      call.operation = &oss_operations()[static_cast<std::size_t>(row - routes_.rows().data())];
    }
    if (!found) return refuse(call, found.error());
    return {};
  }

  http::Response reject(gateway::Call& base, const auth::AuthError& error) override {
    auto& call = static_cast<OssCall&>(base);
    return wire::error_response(call, wire::to_wire(error, call));
  }

  Task<http::Response> preflight(gateway::Call& base) override {
    // There are no CORS rules yet (PutBucketCors), and this is the answer of a bucket without.
    auto& call = static_cast<OssCall&>(base);
    wire::WireError error;
    error.status = 403;
    error.code = "AccessForbidden";
    error.message = "CORSResponse: CORS is not enabled for this bucket.";
    co_return wire::error_response(call, error);
  }

  Task<std::expected<std::unique_ptr<gateway::Action>, http::Response>> decode(
      gateway::Call& base) override {
    auto& call = static_cast<OssCall&>(base);
    if (OssStatus fits = wire::check_headers(call); !fits) {
      co_return refuse(call, fits.error());
    }
    if (call.row->body == wire::BodyIs::kForm) {
      auto posted = co_await wire::decode_post_object(call);
      if (!posted) co_return std::unexpected(std::move(posted.error()));
      co_return std::unique_ptr<gateway::Action>(std::move(*posted));
    }
    std::string document;
    if (call.row->body == wire::BodyIs::kDocument) {
      auto read = co_await wire::read_document(call);
      if (!read) co_return refuse(call, read.error());
      document = std::move(*read);
    }
    auto action = call.row->decode(call, document);
    if (!action) co_return refuse(call, action.error());
    co_return std::unique_ptr<gateway::Action>(std::move(*action));
  }

  Task<gateway::Step> authorise(gateway::Call& base, const gateway::Action& action) override {
    auto& call = static_cast<OssCall&>(base);
    OssStatus allowed = co_await authorise_all(call, static_cast<const OssAction&>(action));
    if (!allowed) call.denial = allowed.error().denial;
    if (!allowed) co_return refuse(call, allowed.error());
    co_return gateway::Step{};
  }

  [[nodiscard]] gateway::AuditKind audit_kind(
      const gateway::OperationInfo& operation) const override {
    auto index = static_cast<std::size_t>(&operation - oss_operations().data());
    return wire::is_data(routes_.rows()[index]) ? gateway::AuditKind::kData
                                                : gateway::AuditKind::kManagement;
  }
  void describe(const gateway::Call& call, const http::Response& response,
                AuditEvent& event) const override {
    wire::describe(static_cast<const OssCall&>(call), response, event);
  }

  // The owner pays, also for strangers; whoever was denied has no part in the bucket's sums.
  void measure(const gateway::Call& base, MeteredCall& metered) const override {
    const BucketPtr& bucket = static_cast<const OssCall&>(base).bucket_record;
    if (!bucket) return;
    metered.account_id = bucket->owner;
    metered.resource = bucket->name;
  }

  void finish(const gateway::Call& base, http::Response& response) override {
    const auto& call = static_cast<const OssCall&>(base);
    if (call.dialect == Dialect::kS3) {
      response.headers.add("x-amz-request-id", call.request.id);
      response.headers.add("x-amz-id-2", wire::extended_request_id(call.request.id));
      return;
    }
    response.headers.add("x-oss-request-id", call.request.id);
    auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(env_.clock.now() -
                                                                       call.request.received);
    response.headers.add("x-oss-server-time",
                         static_cast<std::uint64_t>(std::max<std::int64_t>(spent.count(), 0)));
  }

 private:
  [[nodiscard]] OssStatus take_address(OssCall& call) const {
    auto address = wire::find_address(call.head(), env_.domains);
    if (!address) return fail(Errc::kInvalidArgument, address.error());
    call.target = {std::move(address->bucket), std::move(address->key)};
    call.style = address->style;
    if (call.bucket().empty() && !call.key().empty())
      return fail(Errc::kInvalidBucketName);  // "//key"
    if (address->s3_host) call.dialect = wire::choose_dialect(call.head(), true);
    return {};
  }
  static std::unexpected<http::Response> refuse(const OssCall& call, const OssError& error) {
    return std::unexpected(wire::error_response(call, error));
  }

  wire::Environment env_;
  wire::RoutingTable routes_;
};

}  // namespace

std::span<const gateway::OperationInfo> oss_operations() {
  static const std::vector<gateway::OperationInfo> infos = [] {
    std::vector<gateway::OperationInfo> all;
    for (const wire::Row& row : operations()) all.push_back(row.info);
    return all;
  }();
  return infos;
}

Task<std::optional<ResourceSide>> resource_side(ObjectStore& store, const Principal& caller,
                                                std::string_view action,
                                                std::string_view resource) {
  std::string_view name = resource;
  for (int part = 0; part < 4; ++part) {
    name.remove_prefix(std::min(name.find(':'), name.size() - 1) + 1);
  }
  const std::string bucket(name.substr(0, name.find('/')));
  const std::string key(name.size() > bucket.size() ? name.substr(bucket.size() + 1) : "");
  auto rows = operations();
  auto row = std::ranges::find_if(
      rows, [&](const wire::Row& one) { return equals_ignore_case(one.info.permission, action); });
  if (row == rows.end()) co_return std::nullopt;
  ops::Question question{row->info.permission, row->access, bucket, key};
  auto side = co_await ops::resource_side(store, caller, question);
  if (!side) co_return std::nullopt;
  ResourceSide told{std::move(side->owner_account), side->granted_to_all};
  if (side->bucket) {
    told.policy = side->bucket->compiled_policy;
    told.blocked = ops::left_out(*side->bucket);
  }
  co_return told;
}

std::unique_ptr<gateway::Service> make_oss_service(ObjectStore& store, const Clock& clock,
                                                   OssServiceOptions options) {
  return std::make_unique<OssService>(store, clock, std::move(options));
}

}  // namespace lakeside::oss
