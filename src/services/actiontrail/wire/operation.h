// What ActionTrail's operations are made of.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "gateway/rpc/product.h"
#include "services/actiontrail/core/delivery.h"

namespace lakeside::actiontrail::wire {

using rpc::Answer;
using rpc::Fault;
using rpc::Invocation;
using rpc::Parameters;
using rpc::Read;
using rpc::Value;

struct Environment {
  Journal& journal;
  TrailStore& trails;
  Delivery& delivery;
  LogBuckets& buckets;
};

using Run = Task<Answer> (*)(Environment& env, const Invocation& in);

struct Row {
  gateway::OperationInfo info;
  // What it acts on, below acs:actiontrail:*:ACCOUNT: — "trail/{Name}".
  std::string_view resource;
  Run run = nullptr;
};

// lookup_events.cc
Task<Answer> lookup_events(Environment& env, const Invocation& in);
// trails.cc
Task<Answer> create_trail(Environment& env, const Invocation& in);
Task<Answer> update_trail(Environment& env, const Invocation& in);
Task<Answer> describe_trails(Environment& env, const Invocation& in);
Task<Answer> get_trail_status(Environment& env, const Invocation& in);
Task<Answer> start_logging(Environment& env, const Invocation& in);
Task<Answer> stop_logging(Environment& env, const Invocation& in);
Task<Answer> delete_trail(Environment& env, const Invocation& in);

// The vendor's code of any parameter that has none of its own.
[[nodiscard]] inline Fault invalid_query(const Fault& why) {
  return {400, "InvalidQueryParameter", "The specified query parameter is invalid. " + why.message};
}

}  // namespace lakeside::actiontrail::wire
