// What RAM's and STS's operations are made of.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/executor.h"
#include "gateway/rpc/product.h"
#include "services/ram/core/identity_store.h"

namespace lakeside::ram::wire {

using rpc::Answer;
using rpc::Fault;
using rpc::Invocation;
using rpc::Parameters;
using rpc::Read;
using rpc::Value;

struct Environment {
  IdentityStore& store;
};

// Reads its parameters, does its work and writes its answer; the caller may do it already.
using Run = Task<Answer> (*)(Environment& env, const Invocation& in);

struct Row {
  gateway::OperationInfo info;
  // What it acts on, below acs:ram:*:ACCOUNT: — "user/{UserName}". A parameter that did not come
  // is "*".
  std::string_view resource;
  Run run = nullptr;
};

}  // namespace lakeside::ram::wire
