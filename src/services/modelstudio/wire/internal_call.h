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

struct InternalRequest {
  std::string path;
  std::string body;
  std::string response_id;  // of a response that is made in the background
};

// POSTs it for `tenant` (see background_tenant), in the name of `key`.
Task<InternalAnswer> call_internally(std::span<const Row> rows, const Environment& env,
                                     const ModelKey& key, const serving::Tenant& tenant,
                                     const InternalRequest& asked);

}  // namespace lakeside::modelstudio::wire
