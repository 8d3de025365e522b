#include "services/cms/operations.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engines/memory/memory_kv.h"
#include "services/cms/core/sums.h"

namespace lakeside::cms {
namespace {

using Json = rpc::Value;
using Parameters = std::vector<http::QueryParam>;
using std::chrono::hours;

class Tokens final : public TokenSource {
 public:
  Task<Result<TokenSums>> read(const SumsQuery& query) override {
    asked = query;
    TokenSums sums;
    sums[{query.from, {"100", "modelstudio", "org/small", "key-1"}}] = {7, 310, 160, 84};
    co_return sums;
  }
  SumsQuery asked;
};

class Cms : public testing::Test {
 public:
  void SetUp() override {
    caller.principal.kind = Principal::Kind::kRoot;
    caller.principal.account_id = "100";
    const std::map<HourLabel, Counts> counts = {
        {{day + hours(3), {"100", "oss", "photos", "LTAI1"}}, {5, 2, 1, 700, 900}},
        {{day + hours(3), {"100", "oss", "photos", "LTAI2"}}, {1, 0, 0, 0, 100}},
        {{day + hours(4), {"100", "oss", "films", "LTAI1"}}, {1, 0, 0, 0, 10}},
        {{day + hours(4), {"100", "oss", "", "LTAI1"}}, {1, 0, 0, 0, 10}},
        {{day + hours(4), {"100", "ram", "", "LTAI1"}}, {3, 0, 0, 0, 10}},
        {{day + hours(4), {"200", "oss", "theirs", "LTAI3"}}, {9, 9, 9, 9, 9}}};
    ASSERT_TRUE(run_blocking(add_counts(*kv, counts)));
    ASSERT_TRUE(run_blocking(put_stored(*kv, day + hours(4), {{"100", "photos", 4096, 3}})));
  }

  rpc::Answer call(std::string_view action, const Parameters& parameters) {
    auto rows = product->operations();
    auto row = std::ranges::find(rows, action, &gateway::OperationInfo::name);
    http::Request request;
    rpc::Parameters in(parameters, {});
    rpc::Invocation invocation{request, in, caller, now};
    auto index = static_cast<std::size_t>(row - rows.begin());
    if (auto fault = product->authorise(index, invocation)) return std::unexpected(*fault);
    return run_blocking(product->run(index, invocation));
  }
  // The points of a metric.
  Json points(std::string_view name_space, std::string_view metric, Parameters more = {}) {
    more.push_back({"Namespace", std::string(name_space), true});
    more.push_back({"MetricName", std::string(metric), true});
    auto answer = call("DescribeMetricList", more);
    if (!answer) return answer.error().code;
    next = answer->value("NextToken", "");
    return Json::parse((*answer)["Datapoints"].get<std::string>());
  }
  Json oss(std::string_view metric, Parameters more = {}) {
    return points("acs_oss_dashboard", metric, std::move(more));
  }

  const Time day = *parse_iso8601("2026-11-22T00:00:00Z");
  const Time now = day + hours(5);
  auth::Identity caller;
  std::string next;
  std::unique_ptr<engines::Kv> kv = engines::make_memory_kv();
  Meter meter{*kv};
  Tokens tokens;
  std::unique_ptr<rpc::Product> product = make_cms(*kv, meter, tokens, "cn-hangzhou");
};

TEST_F(Cms, BucketsByTheHour) {
  Json all = oss("MeteringGetRequest");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0], (Json{{"timestamp", 1795316400000},
                          {"userId", "100"},
                          {"BucketName", "photos"},
                          {"region", "cn-hangzhou"},
                          {"storageType", "Standard"},
                          {"Value", 6}}));
  EXPECT_EQ(
      oss("MeteringPutRequest", {{"Dimensions", R"({"BucketName":"photos"})", true}})[0]["Value"],
      2);
  EXPECT_EQ(oss("MeteringInternetTX", {{"Dimensions", R"([{"BucketName":"films"}])", true}}).size(),
            1U);
  EXPECT_EQ(oss("MeteringStorageUtilization")[0]["Value"], 4096);
}

TEST_F(Cms, DaysAndTimes) {
  Json whole = oss("MeteringGetRequest", {{"Period", "86400", true},
                                          {"StartTime", "2026-11-21 00:00:00", true},
                                          {"EndTime", "2026-11-22T00:00:00Z", true},
                                          {"Dimensions", R"({"BucketName":"photos"})", true}});
  ASSERT_EQ(whole.size(), 1U);  // (StartTime, EndTime]
  EXPECT_EQ(whole[0]["Value"], 6);
  EXPECT_EQ(oss("MeteringGetRequest", {{"StartTime", "1795316400000", true}}).size(), 1U);
  EXPECT_EQ(oss("MeteringGetRequest", {{"EndTime", "1795316400000", true}}).size(), 1U);
}

TEST_F(Cms, TokensByModelAndKey) {
  Json all = points("acs_lakeside", "PromptTokens",
                    {{"Dimensions", R"([{"resource":"org/small","accessKeyId":"key-1"}])", true}});
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0]["service"], "modelstudio");
  EXPECT_EQ(all[0]["resource"], "org/small");
  EXPECT_EQ(all[0]["accessKeyId"], "key-1");
  EXPECT_EQ(all[0]["Value"], 310);
  EXPECT_EQ(tokens.asked.account_id, "100");
  EXPECT_EQ(tokens.asked.resources, std::vector<std::string>{"org/small"});
  EXPECT_EQ(tokens.asked.access_key_ids, std::vector<std::string>{"key-1"});
  EXPECT_EQ(points("acs_lakeside", "ModelRequests")[0]["Value"], 7);
  EXPECT_EQ(points("acs_lakeside", "CachedTokens")[0]["Value"], 160);
  EXPECT_EQ(points("acs_lakeside", "CompletionTokens")[0]["Value"], 84);
}

TEST_F(Cms, AllServicesByKey) {
  EXPECT_EQ(points("acs_lakeside", "Requests").size(), 5U);
  Json ram = points("acs_lakeside", "Requests", {{"Dimensions", R"({"service":"ram"})", true}});
  ASSERT_EQ(ram.size(), 1U);
  EXPECT_EQ(ram[0]["accessKeyId"], "LTAI1");
  EXPECT_EQ(points("acs_lakeside", "FailedRequests",
                   {{"Dimensions", R"([{"accessKeyId":"LTAI1","resource":"photos"}])",
                     true}})[0]["Value"],
            1);
  EXPECT_EQ(points("acs_lakeside", "ObjectsStored")[0]["Value"], 3);
}

TEST_F(Cms, Pages) {
  Json first = points("acs_lakeside", "Requests", {{"Length", "4", true}});
  EXPECT_EQ(first.size(), 4U);
  ASSERT_EQ(next, "4");
  EXPECT_EQ(
      points("acs_lakeside", "Requests", {{"Length", "4", true}, {"NextToken", "4", true}}).size(),
      1U);
  EXPECT_EQ(next, "");
}

TEST_F(Cms, TheNewestOfEach) {
  auto answer = call("DescribeMetricLast", {{"Namespace", "acs_oss_dashboard", true},
                                            {"MetricName", "MeteringGetRequest", true}});
  ASSERT_TRUE(answer);
  EXPECT_EQ(Json::parse((*answer)["Datapoints"].get<std::string>()).size(), 2U);
}

TEST_F(Cms, WhatThereIs) {
  auto metrics = call("DescribeMetricMetaList", {{"Namespace", "acs_oss_dashboard", true}});
  ASSERT_TRUE(metrics);
  EXPECT_EQ((*metrics)["TotalCount"], "5");
  EXPECT_EQ((*metrics)["Resources"]["Resource"][0]["Dimensions"], "userId,BucketName");
  auto namespaces = call("DescribeProjectMeta", {});
  ASSERT_TRUE(namespaces);
  EXPECT_EQ((*namespaces)["Resources"]["Resource"].size(), 2U);
}

TEST_F(Cms, BadInput) {
  EXPECT_EQ(oss("CpuUsage"), "ResourceNotFound");
  EXPECT_EQ(points("acs_ecs_dashboard", "x"), "ResourceNotFound");
  const Parameters wrong = {{"Period", "60", true},
                            {"StartTime", "yesterday", true},
                            {"EndTime", "soon", true},
                            {"Dimensions", "{", true},
                            {"Dimensions", R"({"instanceId":"i-1"})", true},
                            {"Dimensions", R"([["BucketName"]])", true},
                            {"Dimensions", R"({"BucketName":7})", true},
                            {"NextToken", "x", true}};
  for (const http::QueryParam& one : wrong) {
    EXPECT_EQ(oss("MeteringGetRequest", {one}), "ParameterInvalid") << one.name << one.value;
  }
}

TEST_F(Cms, EverybodySeesTheirOwnCalls) {
  const std::map<HourLabel, Counts> anns = {
      {{day + hours(4), {"100", "oss", "photos", "LTAI4", "2001"}}, {4, 0, 0, 0, 10}},
      {{day + hours(4), {"100", "oss", "photos", "STS.N1", "2001"}}, {3, 0, 0, 0, 10}},
      {{day + hours(4), {"100", "oss", "photos", "LTAI5", "2002"}}, {1, 0, 0, 0, 10}}};
  ASSERT_TRUE(run_blocking(add_counts(*kv, anns)));
  auto of = [](const std::string& id) {
    return Parameters{{"Dimensions", R"([{"callerId":")" + id + R"("}])", true}};
  };
  EXPECT_EQ(points("acs_lakeside", "Requests", of("2002"))[0]["callerId"], "2002");
  caller.principal.kind = Principal::Kind::kUser;
  caller.principal.id = "2001";
  Json own = points("acs_lakeside", "Requests", of("2001"));
  ASSERT_EQ(own.size(), 2U);
  EXPECT_EQ(own[0]["accessKeyId"], "LTAI4");
  EXPECT_EQ(own[0]["Value"], 4);
  EXPECT_EQ(points("acs_lakeside", "Requests", of("2002")), "AccessForbidden");
  EXPECT_EQ(points("acs_lakeside", "Requests"), "AccessForbidden");
  EXPECT_EQ(points("acs_lakeside", "Requests",
                   {{"Dimensions", R"([{"callerId":"2001"},{"callerId":"2002"}])", true}}),
            "AccessForbidden");
  // What is stored is nobody's own, and OSS's metrics do not tell callers apart.
  EXPECT_EQ(points("acs_lakeside", "BytesStored", of("2001")), "AccessForbidden");
  EXPECT_EQ(oss("MeteringGetRequest", of("2001")), "AccessForbidden");
  caller.principal.id = "";
  EXPECT_EQ(points("acs_lakeside", "Requests", of("")), "AccessForbidden");
}

TEST_F(Cms, WhoMayNotIsTold) {
  caller.principal.kind = Principal::Kind::kUser;
  caller.principal.name = "ann";
  EXPECT_EQ(oss("MeteringGetRequest"), "AccessForbidden");
}

}  // namespace
}  // namespace lakeside::cms
