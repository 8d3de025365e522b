// THE table of operations of CloudMonitor (2019-01-01, as alibabacloud-cms20190101 4.0.10 has
// them): start reading here. What is a row without a function answers NotImplemented.
#include "services/cms/operations.h"

#include <utility>
#include <vector>

#include "services/cms/wire/operation.h"
#include "services/cms/wire/query.h"
#include "services/ram/calls.h"

namespace lakeside::cms {
namespace {

using wire::Row;

constexpr Row row(std::string_view name, std::string_view permission, wire::Run run) {
  return {{name, permission, "rpc", true, "cms"}, run};
}
constexpr Row row(std::string_view name, std::string_view permission) {
  return {{name, permission, "rpc", false, "cms"}};
}

// Name, permission, function.
constexpr Row kRows[] = {
    row("DescribeMetricLast", "cms:DescribeMetricLast", wire::describe_metric_last),
    row("DescribeMetricList", "cms:DescribeMetricList", wire::describe_metric_list),
    row("DescribeMetricMetaList", "cms:DescribeMetricMetaList", wire::describe_metric_meta_list),
    row("DescribeProjectMeta", "cms:DescribeProjectMeta", wire::describe_project_meta),
    // Not implemented.
    row("AddTags", "cms:AddTags"),
    row("ApplyMetricRuleTemplate", "cms:ApplyMetricRuleTemplate"),
    row("BatchCreateInstantSiteMonitor", "cms:BatchCreateInstantSiteMonitor"),
    row("BatchExport", "cms:BatchExport"),
    row("CreateDynamicTagGroup", "cms:CreateDynamicTagGroup"),
    row("CreateGroupMetricRules", "cms:CreateGroupMetricRules"),
    row("CreateGroupMonitoringAgentProcess", "cms:CreateGroupMonitoringAgentProcess"),
    row("CreateHostAvailability", "cms:CreateHostAvailability"),
    row("CreateHybridMonitorNamespace", "cms:CreateHybridMonitorNamespace"),
    row("CreateHybridMonitorSLSGroup", "cms:CreateHybridMonitorSLSGroup"),
    row("CreateHybridMonitorTask", "cms:CreateHybridMonitorTask"),
    row("CreateInstantSiteMonitor", "cms:CreateInstantSiteMonitor"),
    row("CreateMetricRuleBlackList", "cms:CreateMetricRuleBlackList"),
    row("CreateMetricRuleResources", "cms:CreateMetricRuleResources"),
    row("CreateMetricRuleTemplate", "cms:CreateMetricRuleTemplate"),
    row("CreateMonitorAgentProcess", "cms:CreateMonitorAgentProcess"),
    row("CreateMonitorGroup", "cms:CreateMonitorGroup"),
    row("CreateMonitorGroupByResourceGroupId", "cms:CreateMonitorGroupByResourceGroupId"),
    row("CreateMonitorGroupInstances", "cms:CreateMonitorGroupInstances"),
    row("CreateMonitorGroupNotifyPolicy", "cms:CreateMonitorGroupNotifyPolicy"),
    row("CreateMonitoringAgentProcess", "cms:CreateMonitoringAgentProcess"),
    row("CreateSiteMonitor", "cms:CreateSiteMonitor"),
    row("Cursor", "cms:Cursor"),
    row("DeleteContact", "cms:DeleteContact"),
    row("DeleteContactGroup", "cms:DeleteContactGroup"),
    row("DeleteCustomMetric", "cms:DeleteCustomMetric"),
    row("DeleteDynamicTagGroup", "cms:DeleteDynamicTagGroup"),
    row("DeleteEventRuleTargets", "cms:DeleteEventRuleTargets"),
    row("DeleteEventRules", "cms:DeleteEventRules"),
    row("DeleteExporterOutput", "cms:DeleteExporterOutput"),
    row("DeleteExporterRule", "cms:DeleteExporterRule"),
    row("DeleteGroupMonitoringAgentProcess", "cms:DeleteGroupMonitoringAgentProcess"),
    row("DeleteHostAvailability", "cms:DeleteHostAvailability"),
    row("DeleteHybridMonitorNamespace", "cms:DeleteHybridMonitorNamespace"),
    row("DeleteHybridMonitorSLSGroup", "cms:DeleteHybridMonitorSLSGroup"),
    row("DeleteHybridMonitorTask", "cms:DeleteHybridMonitorTask"),
    row("DeleteLogMonitor", "cms:DeleteLogMonitor"),
    row("DeleteMetricRuleBlackList", "cms:DeleteMetricRuleBlackList"),
    row("DeleteMetricRuleResources", "cms:DeleteMetricRuleResources"),
    row("DeleteMetricRuleTargets", "cms:DeleteMetricRuleTargets"),
    row("DeleteMetricRuleTemplate", "cms:DeleteMetricRuleTemplate"),
    row("DeleteMetricRules", "cms:DeleteMetricRules"),
    row("DeleteMonitorGroup", "cms:DeleteMonitorGroup"),
    row("DeleteMonitorGroupDynamicRule", "cms:DeleteMonitorGroupDynamicRule"),
    row("DeleteMonitorGroupInstances", "cms:DeleteMonitorGroupInstances"),
    row("DeleteMonitorGroupNotifyPolicy", "cms:DeleteMonitorGroupNotifyPolicy"),
    row("DeleteMonitoringAgentProcess", "cms:DeleteMonitoringAgentProcess"),
    row("DeleteSiteMonitors", "cms:DeleteSiteMonitors"),
    row("DescribeActiveMetricRuleList", "cms:DescribeActiveMetricRuleList"),
    row("DescribeAlertHistoryList", "cms:DescribeAlertHistoryList"),
    row("DescribeAlertLogCount", "cms:DescribeAlertLogCount"),
    row("DescribeAlertLogHistogram", "cms:DescribeAlertLogHistogram"),
    row("DescribeAlertLogList", "cms:DescribeAlertLogList"),
    row("DescribeAlertingMetricRuleResources", "cms:DescribeAlertingMetricRuleResources"),
    row("DescribeContactGroupList", "cms:DescribeContactGroupList"),
    row("DescribeContactList", "cms:DescribeContactList"),
    row("DescribeContactListByContactGroup", "cms:DescribeContactListByContactGroup"),
    row("DescribeCustomEventAttribute", "cms:DescribeCustomEventAttribute"),
    row("DescribeCustomEventCount", "cms:DescribeCustomEventCount"),
    row("DescribeCustomEventHistogram", "cms:DescribeCustomEventHistogram"),
    row("DescribeCustomMetricList", "cms:DescribeCustomMetricList"),
    row("DescribeDynamicTagRuleList", "cms:DescribeDynamicTagRuleList"),
    row("DescribeEventRuleAttribute", "cms:DescribeEventRuleAttribute"),
    row("DescribeEventRuleList", "cms:DescribeEventRuleList"),
    row("DescribeEventRuleTargetList", "cms:DescribeEventRuleTargetList"),
    row("DescribeExporterOutputList", "cms:DescribeExporterOutputList"),
    row("DescribeExporterRuleList", "cms:DescribeExporterRuleList"),
    row("DescribeGroupMonitoringAgentProcess", "cms:DescribeGroupMonitoringAgentProcess"),
    row("DescribeHostAvailabilityList", "cms:DescribeHostAvailabilityList"),
    row("DescribeHybridMonitorDataList", "cms:DescribeHybridMonitorDataList"),
    row("DescribeHybridMonitorNamespaceList", "cms:DescribeHybridMonitorNamespaceList"),
    row("DescribeHybridMonitorSLSGroup", "cms:DescribeHybridMonitorSLSGroup"),
    row("DescribeHybridMonitorTaskList", "cms:DescribeHybridMonitorTaskList"),
    row("DescribeLogMonitorAttribute", "cms:DescribeLogMonitorAttribute"),
    row("DescribeLogMonitorList", "cms:DescribeLogMonitorList"),
    row("DescribeMetricData", "cms:DescribeMetricData"),
    row("DescribeMetricRuleBlackList", "cms:DescribeMetricRuleBlackList"),
    row("DescribeMetricRuleCount", "cms:DescribeMetricRuleCount"),
    row("DescribeMetricRuleList", "cms:DescribeMetricRuleList"),
    row("DescribeMetricRuleTargets", "cms:DescribeMetricRuleTargets"),
    row("DescribeMetricRuleTemplateAttribute", "cms:DescribeMetricRuleTemplateAttribute"),
    row("DescribeMetricRuleTemplateList", "cms:DescribeMetricRuleTemplateList"),
    row("DescribeMetricTop", "cms:DescribeMetricTop"),
    row("DescribeMonitorGroupCategories", "cms:DescribeMonitorGroupCategories"),
    row("DescribeMonitorGroupDynamicRules", "cms:DescribeMonitorGroupDynamicRules"),
    row("DescribeMonitorGroupInstanceAttribute", "cms:DescribeMonitorGroupInstanceAttribute"),
    row("DescribeMonitorGroupInstances", "cms:DescribeMonitorGroupInstances"),
    row("DescribeMonitorGroupNotifyPolicyList", "cms:DescribeMonitorGroupNotifyPolicyList"),
    row("DescribeMonitorGroups", "cms:DescribeMonitorGroups"),
    row("DescribeMonitorResourceQuotaAttribute", "cms:DescribeMonitorResourceQuotaAttribute"),
    row("DescribeMonitoringAgentAccessKey", "cms:DescribeMonitoringAgentAccessKey"),
    row("DescribeMonitoringAgentConfig", "cms:DescribeMonitoringAgentConfig"),
    row("DescribeMonitoringAgentHosts", "cms:DescribeMonitoringAgentHosts"),
    row("DescribeMonitoringAgentProcesses", "cms:DescribeMonitoringAgentProcesses"),
    row("DescribeMonitoringAgentStatuses", "cms:DescribeMonitoringAgentStatuses"),
    row("DescribeMonitoringConfig", "cms:DescribeMonitoringConfig"),
    row("DescribeProductResourceTagKeyList", "cms:DescribeProductResourceTagKeyList"),
    row("DescribeProductsOfActiveMetricRule", "cms:DescribeProductsOfActiveMetricRule"),
    row("DescribeSiteMonitorAttribute", "cms:DescribeSiteMonitorAttribute"),
    row("DescribeSiteMonitorData", "cms:DescribeSiteMonitorData"),
    row("DescribeSiteMonitorISPCityList", "cms:DescribeSiteMonitorISPCityList"),
    row("DescribeSiteMonitorList", "cms:DescribeSiteMonitorList"),
    row("DescribeSiteMonitorLog", "cms:DescribeSiteMonitorLog"),
    row("DescribeSiteMonitorQuota", "cms:DescribeSiteMonitorQuota"),
    row("DescribeSiteMonitorStatistics", "cms:DescribeSiteMonitorStatistics"),
    row("DescribeSyntheticProbeList", "cms:DescribeSyntheticProbeList"),
    row("DescribeSystemEventAttribute", "cms:DescribeSystemEventAttribute"),
    row("DescribeSystemEventCount", "cms:DescribeSystemEventCount"),
    row("DescribeSystemEventHistogram", "cms:DescribeSystemEventHistogram"),
    row("DescribeSystemEventMetaList", "cms:DescribeSystemEventMetaList"),
    row("DescribeTagKeyList", "cms:DescribeTagKeyList"),
    row("DescribeTagValueList", "cms:DescribeTagValueList"),
    row("DescribeUnhealthyHostAvailability", "cms:DescribeUnhealthyHostAvailability"),
    row("DisableActiveMetricRule", "cms:DisableActiveMetricRule"),
    row("DisableEventRules", "cms:DisableEventRules"),
    row("DisableHostAvailability", "cms:DisableHostAvailability"),
    row("DisableMetricRules", "cms:DisableMetricRules"),
    row("DisableSiteMonitors", "cms:DisableSiteMonitors"),
    row("EnableActiveMetricRule", "cms:EnableActiveMetricRule"),
    row("EnableEventRules", "cms:EnableEventRules"),
    row("EnableHostAvailability", "cms:EnableHostAvailability"),
    row("EnableMetricRuleBlackList", "cms:EnableMetricRuleBlackList"),
    row("EnableMetricRules", "cms:EnableMetricRules"),
    row("EnableSiteMonitors", "cms:EnableSiteMonitors"),
    row("InstallMonitoringAgent", "cms:InstallMonitoringAgent"),
    row("ModifyGroupMonitoringAgentProcess", "cms:ModifyGroupMonitoringAgentProcess"),
    row("ModifyHostAvailability", "cms:ModifyHostAvailability"),
    row("ModifyHostInfo", "cms:ModifyHostInfo"),
    row("ModifyHybridMonitorNamespace", "cms:ModifyHybridMonitorNamespace"),
    row("ModifyHybridMonitorSLSGroup", "cms:ModifyHybridMonitorSLSGroup"),
    row("ModifyHybridMonitorTask", "cms:ModifyHybridMonitorTask"),
    row("ModifyMetricRuleBlackList", "cms:ModifyMetricRuleBlackList"),
    row("ModifyMetricRuleTemplate", "cms:ModifyMetricRuleTemplate"),
    row("ModifyMonitorGroup", "cms:ModifyMonitorGroup"),
    row("ModifyMonitorGroupInstances", "cms:ModifyMonitorGroupInstances"),
    row("ModifySiteMonitor", "cms:ModifySiteMonitor"),
    row("PutContact", "cms:PutContact"),
    row("PutContactGroup", "cms:PutContactGroup"),
    row("PutCustomEvent", "cms:PutCustomEvent"),
    row("PutCustomEventRule", "cms:PutCustomEventRule"),
    row("PutCustomMetric", "cms:PutCustomMetric"),
    row("PutCustomMetricRule", "cms:PutCustomMetricRule"),
    row("PutEventRule", "cms:PutEventRule"),
    row("PutEventRuleTargets", "cms:PutEventRuleTargets"),
    row("PutExporterOutput", "cms:PutExporterOutput"),
    row("PutExporterRule", "cms:PutExporterRule"),
    row("PutGroupMetricRule", "cms:PutGroupMetricRule"),
    row("PutHybridMonitorMetricData", "cms:PutHybridMonitorMetricData"),
    row("PutLogMonitor", "cms:PutLogMonitor"),
    row("PutMetricRuleTargets", "cms:PutMetricRuleTargets"),
    row("PutMonitorGroupDynamicRule", "cms:PutMonitorGroupDynamicRule"),
    row("PutMonitoringConfig", "cms:PutMonitoringConfig"),
    row("PutResourceMetricRule", "cms:PutResourceMetricRule"),
    row("PutResourceMetricRules", "cms:PutResourceMetricRules"),
    row("RemoveTags", "cms:RemoveTags"),
    row("SendDryRunSystemEvent", "cms:SendDryRunSystemEvent"),
    row("UninstallMonitoringAgent", "cms:UninstallMonitoringAgent"),
};

// CloudMonitor's words for a denial.
constexpr ram::Refusal kRefusal{"AccessForbidden",
                                "User not authorized to operate on the specified resource."};

class Cms final : public rpc::Product {
 public:
  Cms(engines::Kv& kv, Meter& meter, TokenSource& tokens, std::string region)
      : env_{kv, meter, tokens, std::move(region)} {}

  [[nodiscard]] std::string_view name() const override { return "Cms"; }
  [[nodiscard]] std::string_view version() const override { return "2019-01-01"; }
  [[nodiscard]] std::span<const gateway::OperationInfo> operations() const override {
    return cms_operations();
  }

  [[nodiscard]] std::optional<rpc::Fault> authorise(std::size_t operation,
                                                    const rpc::Invocation& in) const override {
    const std::string resource = resource_of(in);
    ram::CallContext context(in);
    const ram::AccessRequest request{kRows[operation].info.permission, resource,
                                     in.caller().account_id, false, &context};
    const ram::Decision decision = ram::evaluate(in.caller(), request);
    // Everybody may see what they have called, unless a policy denies it.
    if (decision.reason == ram::Decision::Reason::kNoStatement && tells_of_calls(operation) &&
        wire::asks_for_own(in)) {
      return std::nullopt;
    }
    return ram::refuse(in.caller(), request, decision, kRefusal);
  }

  [[nodiscard]] rpc::Asked asked(std::size_t operation, const rpc::Invocation& in) const override {
    return {{std::string(kRows[operation].info.permission), resource_of(in)}};
  }

  Task<rpc::Answer> run(std::size_t operation, const rpc::Invocation& in) override {
    return kRows[operation].run(env_, in);
  }

 private:
  [[nodiscard]] static bool tells_of_calls(std::size_t operation) {
    return kRows[operation].run == wire::describe_metric_list ||
           kRows[operation].run == wire::describe_metric_last;
  }

  // CloudMonitor grants no resources one by one.
  [[nodiscard]] static std::string resource_of(const rpc::Invocation& in) {
    return "acs:cms:*:" + in.caller().account_id + ":*";
  }

  wire::Environment env_;
};

}  // namespace

std::span<const gateway::OperationInfo> cms_operations() {
  static const std::vector<gateway::OperationInfo> infos = [] {
    std::vector<gateway::OperationInfo> all;
    for (const Row& one : kRows) all.push_back(one.info);
    return all;
  }();
  return infos;
}

std::unique_ptr<rpc::Product> make_cms(engines::Kv& kv, Meter& meter, TokenSource& tokens,
                                       std::string region) {
  return std::make_unique<Cms>(kv, meter, tokens, std::move(region));
}

}  // namespace lakeside::cms
