// A product with an RPC API (RAM, STS, KMS…), as the front door of all of them sees it.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/clock.h"
#include "base/task.h"
#include "gateway/auth/authenticate.h"
#include "gateway/http/message.h"
#include "gateway/pipeline/service.h"
#include "gateway/rpc/fault.h"
#include "gateway/rpc/parameters.h"

namespace lakeside::rpc {

// What an operation answers, without its RequestId; written as JSON or as XML. A list is an array
// in an object whose one member says what its elements are: {"Users": {"User": [...]}}.
using Value = nlohmann::ordered_json;
using Answer = std::expected<Value, Fault>;

// Actions and resources, as policies name them.
using Asked = std::vector<std::pair<std::string, std::string>>;

// A request whose caller is known.
struct Invocation {
  const http::Request& request;
  const Parameters& parameters;
  const auth::Identity& identity;
  Time now;

  [[nodiscard]] const Principal& caller() const { return identity.principal; }
};

class Product {
 public:
  virtual ~Product() = default;
  // "Ram": the name that the vendor's errors and this program's logs know it by, the latter in
  // lower case. The first label of its host, too.
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view version() const = 0;  // "2015-05-01"
  // Every operation of the API; those not implemented are answered so.
  [[nodiscard]] virtual std::span<const gateway::OperationInfo> operations() const = 0;

  // Whether the operation is called there. APIs with paths of their own ("ROA": the name is still
  // in x-acs-action) add what the path names to `named`.
  [[nodiscard]] virtual bool is_at(std::size_t /*operation*/, std::string_view method,
                                   std::string_view path,
                                   std::vector<http::QueryParam>& /*named*/) const {
    return path == "/" && (method == "GET" || method == "POST");
  }
  // Whether it may be asked for without a signature: it finds out itself who asks.
  [[nodiscard]] virtual bool open_to_all(std::size_t /*operation*/) const { return false; }

  // Both are called with the index of an implemented operation. Nothing: it is allowed.
  [[nodiscard]] virtual std::optional<Fault> authorise(std::size_t operation,
                                                       const Invocation& invocation) const = 0;
  // What authorise() asks policies: actions and resources, {"ram:GetUser",
  // "acs:ram:*:ACCOUNT:user/ann"}, the operation's own first. For the audit trail; none: it needs
  // no permission.
  [[nodiscard]] virtual Asked asked(std::size_t /*operation*/,
                                    const Invocation& /*invocation*/) const {
    return {};
  }
  // The invocation lives until it resumes.
  virtual Task<Answer> run(std::size_t operation, const Invocation& invocation) = 0;
};

}  // namespace lakeside::rpc
