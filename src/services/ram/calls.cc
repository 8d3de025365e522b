#include "services/ram/calls.h"

namespace lakeside::ram {

void CallContext::fill(Context& context) const {
  context.add("acs:SourceIp", in_.request.peer);
  context.add("acs:SecureTransport", in_.request.tls ? "true" : "false");
  context.add("acs:CurrentTime", format_iso8601_millis(in_.now));
  context.add("acs:AccessId", in_.caller().access_key_id);
  for (const auto& [key, value] : own_) context.add(key, value);
}

std::optional<rpc::Fault> refuse(const Principal& caller, const AccessRequest& request,
                                 const Decision& decision, const Refusal& words) {
  if (decision.allowed) return std::nullopt;
  Denial told = denial(caller, request, decision);
  rpc::Fault fault{403, std::string(words.code),
                   std::string(words.message) + " Resource: " + std::string(request.resource) +
                       " Action: " + std::string(request.permission) + ". " + told.why};
  fault.access_denied = std::move(told.detail);
  return fault;
}

std::optional<rpc::Fault> authorise(const Principal& caller, const AccessRequest& request,
                                    const Refusal& words) {
  return refuse(caller, request, evaluate(caller, request), words);
}

}  // namespace lakeside::ram
