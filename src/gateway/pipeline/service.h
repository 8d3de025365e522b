// What a cloud service is to the front door. The pipeline knows services by this alone.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/auth/authenticate.h"
#include "gateway/http/message.h"

namespace lakeside::gateway {

// One row of a service's table of operations: the source of routing, authorisation, metrics,
// metering, the compatibility page and the NotImplemented answers.
struct OperationInfo {
  std::string_view name;        // "PutObject"
  std::string_view permission;  // "oss:PutObject"
  std::string_view dialects;    // "oss s3": those whose clients can call it
  bool implemented;
  std::string_view service = {};  // where it is not its Service's name: one may speak for several
};

// A request on its way through the pipeline; each step fills in its part.
struct Call {
  explicit Call(http::Request& r) : request(r) {}
  virtual ~Call() = default;

  http::Request& request;
  const OperationInfo* operation = nullptr;  // by route; null: no such operation
  auth::SignedTarget target;                 // by route
  auth::Identity identity;                   // by authenticate
};

// A decoded request: typed arguments inside, ready to be authorised and run.
class Action {
 public:
  virtual ~Action() = default;
  // Runs the operation and encodes what it returned, error or value.
  virtual Task<http::Response> run(Call& call) = 0;
};

// What is at hand to find out who calls.
struct Credentials {
  const auth::KeySource& keys;
  Time now;
  const auth::AuthOptions& options;
};

// A step either goes on or answers at once.
using Step = std::expected<void, http::Response>;

class Service {
 public:
  virtual ~Service() = default;

  [[nodiscard]] virtual std::string_view name() const = 0;  // "oss"
  [[nodiscard]] virtual std::span<const OperationInfo> operations() const = 0;

  // The steps, in the order in which the pipeline takes them. All answers are in the
  // service's own format.

  // Makes the service's own kind of Call.
  virtual std::unique_ptr<Call> begin(http::Request& request) = 0;
  // Whether the operation's name and what is signed may be in the body: `receive` reads it first.
  [[nodiscard]] virtual bool receives() const { return false; }
  virtual Task<Step> receive(Call&) { co_return Step{}; }
  // Addressing and the choice of the operation. Reads the head, and what was received.
  virtual Step route(Call& call) = 0;
  // Who calls. By default whoever signed the request, in any of the schemes of gateway/auth, or
  // nobody; a service whose clients show a key instead of signing finds its owner here.
  virtual std::expected<auth::Identity, auth::AuthError> authenticate(
      Call& call, const Credentials& credentials) {
    return auth::authenticate(call.request.head, call.target, credentials.keys, credentials.now,
                              credentials.options);
  }
  // Words a failed authentication.
  virtual http::Response reject(Call& call, const auth::AuthError& error) = 0;
  // Answers a CORS preflight (OPTIONS with Origin), which is never signed.
  virtual Task<http::Response> preflight(Call& call) = 0;
  // Typed arguments from head and, where it is a document, body; the body of data stays unread.
  virtual Task<std::expected<std::unique_ptr<Action>, http::Response>> decode(Call& call) = 0;
  // May this principal do this? The answer names what decided.
  virtual Task<Step> authorise(Call& call, const Action& action) = 0;
  // What every response of the service carries (request id…).
  virtual void finish(const Call& call, http::Response& response) = 0;
};

}  // namespace lakeside::gateway
