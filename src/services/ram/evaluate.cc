#include "services/ram/service.h"

namespace lakeside::ram {

Decision evaluate(const Principal& principal, const AccessRequest& request) {
  if (principal.kind == Principal::Kind::kRoot &&
      (request.owner_account.empty() || request.owner_account == principal.account_id)) {
    return {true, "the root account may do everything in its account"};
  }
  if (request.granted_to_all) return {true, "the resource's access list grants it to all"};
  if (principal.kind == Principal::Kind::kAnonymous) {
    return {false, "anonymous callers may do only what an access list grants to all"};
  }
  return {false, "no policy and no access list allows it"};
}

}  // namespace lakeside::ram
