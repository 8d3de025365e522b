// What CloudMonitor's operations are made of.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "gateway/rpc/product.h"
#include "services/cms/core/meter.h"
#include "services/cms/core/tokens.h"

namespace lakeside::cms::wire {

using rpc::Answer;
using rpc::Fault;
using rpc::Invocation;
using rpc::Parameters;
using rpc::Read;
using rpc::Value;

struct Environment {
  engines::Kv& kv;
  Meter& meter;
  TokenSource& tokens;
  std::string region;
};

// Reads its parameters, does its work and writes its answer; the caller may do it already.
using Run = Task<Answer> (*)(Environment& env, const Invocation& in);

struct Row {
  gateway::OperationInfo info;
  Run run = nullptr;
};

Task<Answer> describe_metric_last(Environment& env, const Invocation& in);
Task<Answer> describe_metric_list(Environment& env, const Invocation& in);
Task<Answer> describe_metric_meta_list(Environment& env, const Invocation& in);
Task<Answer> describe_project_meta(Environment& env, const Invocation& in);

// What every answer of this product has: Code "200" as text, and Success.
[[nodiscard]] inline Value success() { return {{"Code", "200"}, {"Success", true}}; }

// help.aliyun.com, DescribeMetricList: "400 ParameterInvalid", "404 ResourceNotFound".
[[nodiscard]] inline Fault parameter_invalid(const std::string& what) {
  return {400, "ParameterInvalid", "Illegal parameters: " + what};
}
[[nodiscard]] inline Fault resource_not_found(const std::string& what) {
  return {404, "ResourceNotFound", "The specified resource is not found: " + what};
}

}  // namespace lakeside::cms::wire
