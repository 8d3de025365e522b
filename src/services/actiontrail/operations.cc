// THE table of operations of ActionTrail (2020-07-06, as alibabacloud-actiontrail20200706 2.6.0 has
// them): start reading here. What is a row without a function answers NotImplemented.
#include <vector>

#include "services/actiontrail/service.h"
#include "services/actiontrail/wire/operation.h"
#include "services/ram/calls.h"

namespace lakeside::actiontrail {
namespace {

using wire::Row;

constexpr Row row(std::string_view name, std::string_view permission, std::string_view resource,
                  wire::Run run) {
  return {{name, permission, "rpc", true, "actiontrail"}, resource, run};
}
constexpr Row row(std::string_view name, std::string_view permission) {
  return {{name, permission, "rpc", false, "actiontrail"}, {}, nullptr};
}

// Name, permission, what it acts on, function.
constexpr Row kRows[] = {
    row("LookupEvents", "actiontrail:LookupEvents", "*", wire::lookup_events),
    row("CreateTrail", "actiontrail:CreateTrail", "trail/{Name}", wire::create_trail),
    row("UpdateTrail", "actiontrail:UpdateTrail", "trail/{Name}", wire::update_trail),
    row("DescribeTrails", "actiontrail:DescribeTrails", "trail/*", wire::describe_trails),
    row("GetTrailStatus", "actiontrail:GetTrailStatus", "trail/{Name}", wire::get_trail_status),
    row("StartLogging", "actiontrail:StartLogging", "trail/{Name}", wire::start_logging),
    row("StopLogging", "actiontrail:StopLogging", "trail/{Name}", wire::stop_logging),
    row("DeleteTrail", "actiontrail:DeleteTrail", "trail/{Name}", wire::delete_trail),
    // Not implemented.
    row("CreateAdvancedQueryHistory", "actiontrail:CreateAdvancedQueryHistory"),
    row("CreateAdvancedQueryTemplate", "actiontrail:CreateAdvancedQueryTemplate"),
    row("CreateDeliveryHistoryJob", "actiontrail:CreateDeliveryHistoryJob"),
    row("DeleteAdvancedQueryHistory", "actiontrail:DeleteAdvancedQueryHistory"),
    row("DeleteAdvancedQueryTemplate", "actiontrail:DeleteAdvancedQueryTemplate"),
    row("DeleteDataEventSelector", "actiontrail:DeleteDataEventSelector"),
    row("DeleteDeliveryHistoryJob", "actiontrail:DeleteDeliveryHistoryJob"),
    row("DescribeAdvancedQueryHistory", "actiontrail:DescribeAdvancedQueryHistory"),
    row("DescribeAdvancedQueryTemplate", "actiontrail:DescribeAdvancedQueryTemplate"),
    row("DescribeRegions", "actiontrail:DescribeRegions"),
    row("DescribeResourceLifeCycleEvents", "actiontrail:DescribeResourceLifeCycleEvents"),
    row("DescribeScenes", "actiontrail:DescribeScenes"),
    row("DescribeSearchTemplates", "actiontrail:DescribeSearchTemplates"),
    row("DescribeUserAlertCount", "actiontrail:DescribeUserAlertCount"),
    row("DescribeUserLogCount", "actiontrail:DescribeUserLogCount"),
    row("DisableInsight", "actiontrail:DisableInsight"),
    row("EnableInsight", "actiontrail:EnableInsight"),
    row("GetAccessKeyLastUsedEvents", "actiontrail:GetAccessKeyLastUsedEvents"),
    row("GetAccessKeyLastUsedInfo", "actiontrail:GetAccessKeyLastUsedInfo"),
    row("GetAccessKeyLastUsedIps", "actiontrail:GetAccessKeyLastUsedIps"),
    row("GetAccessKeyLastUsedProducts", "actiontrail:GetAccessKeyLastUsedProducts"),
    row("GetAccessKeyLastUsedResources", "actiontrail:GetAccessKeyLastUsedResources"),
    row("GetAdvancedQueryTemplate", "actiontrail:GetAdvancedQueryTemplate"),
    row("GetDataEventSelector", "actiontrail:GetDataEventSelector"),
    row("GetDeliveryHistoryJob", "actiontrail:GetDeliveryHistoryJob"),
    row("GetGlobalEventsStorageRegion", "actiontrail:GetGlobalEventsStorageRegion"),
    row("GetGovernanceMetrics", "actiontrail:GetGovernanceMetrics"),
    row("GetInsightSelectors", "actiontrail:GetInsightSelectors"),
    row("GetInsightTypes", "actiontrail:GetInsightTypes"),
    row("GetInsightsEventsCount", "actiontrail:GetInsightsEventsCount"),
    row("ListDataEventSelectors", "actiontrail:ListDataEventSelectors"),
    row("ListDataEventServices", "actiontrail:ListDataEventServices"),
    row("ListDeliveryHistoryJobs", "actiontrail:ListDeliveryHistoryJobs"),
    row("LookupInsightEvents", "actiontrail:LookupInsightEvents"),
    row("PutDataEventSelector", "actiontrail:PutDataEventSelector"),
    row("PutInsightSelectors", "actiontrail:PutInsightSelectors"),
    row("UpdateAdvancedQueryTemplate", "actiontrail:UpdateAdvancedQueryTemplate"),
    row("UpdateGlobalEventsStorageRegion", "actiontrail:UpdateGlobalEventsStorageRegion"),
};

class ActionTrail final : public rpc::Product {
 public:
  explicit ActionTrail(const Parts& parts)
      : env_{parts.journal, parts.trails, parts.delivery, parts.buckets} {}

  [[nodiscard]] std::string_view name() const override { return "Actiontrail"; }
  [[nodiscard]] std::string_view version() const override { return "2020-07-06"; }
  [[nodiscard]] std::span<const gateway::OperationInfo> operations() const override {
    return actiontrail_operations();
  }

  [[nodiscard]] std::optional<rpc::Fault> authorise(std::size_t operation,
                                                    const rpc::Invocation& in) const override {
    const std::string on = resource(operation, in);
    ram::CallContext context(in);
    return ram::authorise(in.caller(), {kRows[operation].info.permission, on,
                                        in.caller().account_id, false, &context});
  }

  [[nodiscard]] rpc::Asked asked(std::size_t operation, const rpc::Invocation& in) const override {
    return {{std::string(kRows[operation].info.permission), resource(operation, in)}};
  }

  Task<rpc::Answer> run(std::size_t operation, const rpc::Invocation& in) override {
    return kRows[operation].run(env_, in);
  }

 private:
  [[nodiscard]] static std::string resource(std::size_t operation, const rpc::Invocation& in) {
    std::string_view pattern = kRows[operation].resource;
    std::string out = "acs:actiontrail:*:" + in.caller().account_id + ":";
    if (!pattern.ends_with("{Name}")) return out + std::string(pattern);
    std::string_view name = in.parameters.get("Name");
    return out + "trail/" + (name.empty() ? "*" : std::string(name));
  }

  wire::Environment env_;
};

}  // namespace

std::span<const gateway::OperationInfo> actiontrail_operations() {
  static const std::vector<gateway::OperationInfo> infos = [] {
    std::vector<gateway::OperationInfo> all;
    for (const Row& one : kRows) all.push_back(one.info);
    return all;
  }();
  return infos;
}

std::unique_ptr<rpc::Product> make_actiontrail(const Parts& parts) {
  return std::make_unique<ActionTrail>(parts);
}

}  // namespace lakeside::actiontrail
