// How every management API (RPC or ROA) asks whether a call is allowed, and says why it is not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/rpc/product.h"
#include "services/ram/service.h"

namespace lakeside::ram {

// What conditions may ask of any call, and what the service adds to that. The invocation outlives
// it.
class CallContext final : public ContextSource {
 public:
  explicit CallContext(const rpc::Invocation& in) : in_(in) {}
  // A key with more than one value is added once for each.
  void add(std::string key, std::string value) {
    own_.emplace_back(std::move(key), std::move(value));
  }
  void fill(Context& context) const override;

 private:
  const rpc::Invocation& in_;
  std::vector<std::pair<std::string, std::string>> own_;
};

// An API's own words for a denial.
struct Refusal {
  std::string_view code = "NoPermission";
  std::string_view message = "You are not authorized to do this action.";
};

// Nothing where it is allowed; else a fault with the resource, the action and the reason in it.
[[nodiscard]] std::optional<rpc::Fault> refuse(const Principal& caller,
                                               const AccessRequest& request,
                                               const Decision& decision, const Refusal& words = {});
[[nodiscard]] std::optional<rpc::Fault> authorise(const Principal& caller,
                                                  const AccessRequest& request,
                                                  const Refusal& words = {});

}  // namespace lakeside::ram
