// Ties an operation's struct, its function and its encoder together into what the pipeline runs.
//
// A codec file defines `static http::Response encode(OssCall&, Op&, Result&)` for each of its
// operations (without Result where there is none) and hands decoded structs to make_action().
#pragma once

#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "gateway/pipeline/service.h"
#include "services/oss/ops/context.h"
#include "services/oss/wire/call.h"
#include "services/oss/wire/errors.h"

namespace lakeside::oss::wire {

// What authorisation must know beyond the call's target.
class OssAction : public gateway::Action {
 public:
  // An object that is read besides.
  [[nodiscard]] virtual const ops::ObjectName* source() const { return nullptr; }
  // The keys, where the operation on a bucket is one on each of them.
  [[nodiscard]] virtual std::span<const std::string> keys() const { return {}; }
  // It sets an ACL on the way, which is for the owner to do.
  [[nodiscard]] virtual bool sets_acl() const { return false; }
  // The ACL that it sets, on the way or for itself; PublicAccessBlock may forbid it.
  [[nodiscard]] virtual Acl acl() const { return Acl::kDefault; }
};

// Where operations have their ACL.
template <class Op>
Acl acl_of(const Op& op) {
  auto given = [](const auto& acl) {
    if constexpr (requires { acl.value_or(Acl::kDefault); }) {
      return acl.value_or(Acl::kDefault);
    } else {
      return acl;
    }
  };
  if constexpr (requires { op.acl; }) {
    return given(op.acl);
  } else if constexpr (requires { op.options.acl; }) {
    return given(op.options.acl);
  } else if constexpr (requires { op.options.put.acl; }) {
    return given(op.options.put.acl);
  } else if constexpr (requires { op.put.options.acl; }) {
    return given(op.put.options.acl);
  } else {
    return Acl::kDefault;
  }
}

// An operation's error. The domain knows one error for a wrong Content-MD5; S3 has two.
[[nodiscard]] http::Response run_error(const OssCall& call, OssError error);

// Found by argument-dependent lookup: a member named `run` would hide it.
template <class Op>
auto invoke(ops::Context& context, Op& op) {
  return run(context, op);
}

template <class Op>
class TypedAction final : public OssAction {
 public:
  TypedAction(Op op, bool sets_acl) : op_(std::move(op)), sets_acl_(sets_acl) {}

  Task<http::Response> run(gateway::Call& base) override {
    auto& call = static_cast<OssCall&>(base);
    const std::string& owner =
        call.bucket_record ? call.bucket_record->owner : call.identity.principal.account_id;
    ops::Context context{*call.env.store, call.identity.principal, owner};
    auto result = co_await invoke(context, op_);
    if (!result) co_return run_error(call, std::move(result.error()));
    if constexpr (std::is_void_v<typename decltype(result)::value_type>) {
      co_return encode(call, op_);
    } else {
      co_return encode(call, op_, *result);
    }
  }

  [[nodiscard]] const ops::ObjectName* source() const override {
    if constexpr (requires { op_.source; }) {
      return &op_.source;
    } else {
      return nullptr;
    }
  }
  [[nodiscard]] std::span<const std::string> keys() const override {
    if constexpr (requires { op_.keys; }) {
      return op_.keys;
    } else {
      return {};
    }
  }
  [[nodiscard]] bool sets_acl() const override { return sets_acl_; }
  [[nodiscard]] Acl acl() const override { return acl_of(op_); }

 private:
  Op op_;
  bool sets_acl_;
};

template <class Op>
[[nodiscard]] std::unique_ptr<OssAction> make_action(Op op, bool sets_acl = false) {
  return std::make_unique<TypedAction<Op>>(std::move(op), sets_acl);
}

// Short answers.
[[nodiscard]] http::Response empty_response(int status = 200);
[[nodiscard]] http::Response xml_response(std::string document);

}  // namespace lakeside::oss::wire
