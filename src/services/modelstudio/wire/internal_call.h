// A request that the server makes to itself, for the line of a job: it is decoded and run as the
// same one from a client would be.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "services/modelstudio/wire/call.h"

namespace lakeside::modelstudio::wire {

struct InternalAnswer {
  int status = 500;
  std::string request_id;  // as the dialect writes it
  std::string body;        // a JSON document
};

// POSTs `body` to `path` for `tenant` (see background_tenant), in the name of `key`.
Task<InternalAnswer> call_internally(std::span<const Row> rows, const Environment& env,
                                     const ModelKey& key, const serving::Tenant& tenant,
                                     const std::string& path, const std::string& body);

}  // namespace lakeside::modelstudio::wire
