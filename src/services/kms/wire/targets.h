// What a request acts on: each of these must be allowed before it runs.
#pragma once

#include <string>
#include <vector>

#include "services/kms/wire/operation.h"

namespace lakeside::kms::wire {

struct Asked {
  std::string permission;  // "kms:Decrypt"
  std::string resource;    // "acs:kms:REGION:ACCOUNT:key/ID"
  Tags tags = {};          // of the resource: conditions may ask for kms:tag/KEY
};
// None: whoever can sign may. What is not there is asked for by the name that was given.
[[nodiscard]] std::vector<Asked> asked_of(const Row& row, const Environment& env,
                                          const Invocation& in);

}  // namespace lakeside::kms::wire
