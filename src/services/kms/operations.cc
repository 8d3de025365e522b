// THE table of KMS's operations (2016-01-20), those of @alicloud/kms20160120 1.2.0 and PyPI
// alibabacloud-kms20160120 3.3.1: start reading here. What is a row without a function answers
// NotImplemented.
#include "services/kms/operations.h"

#include <vector>

#include "services/kms/wire/codecs.h"
#include "services/kms/wire/targets.h"
#include "services/ram/calls.h"

namespace lakeside::kms {
namespace {

using wire::Row;
using wire::Target;

constexpr Row kms(std::string_view name, std::string_view permission, Target target, wire::Run run,
                  std::string_view key_permission = {}) {
  return {{name, permission, "rpc", true, "kms"}, target, run, key_permission};
}
constexpr Row dry(Row row) {
  row.dry_run = true;
  return row;
}
constexpr Row kms(std::string_view name, std::string_view permission) {
  return {{name, permission, "rpc", false, "kms"}};
}

// Permissions and what they are for: "Use RAM to control access to KMS resources".
constexpr Row kRows[] = {
    kms("CreateKey", "kms:CreateKey", Target::kKeys, wire::create_key),
    kms("DescribeKey", "kms:DescribeKey", Target::kKey, wire::describe_key),
    kms("ListKeys", "kms:ListKeys", Target::kKeys, wire::list_keys),
    kms("UpdateKeyDescription", "kms:UpdateKeyDescription", Target::kKey,
        wire::update_key_description),
    kms("EnableKey", "kms:EnableKey", Target::kKey, wire::enable_key),
    kms("DisableKey", "kms:DisableKey", Target::kKey, wire::disable_key),
    kms("ScheduleKeyDeletion", "kms:ScheduleKeyDeletion", Target::kKey,
        wire::schedule_key_deletion),
    kms("CancelKeyDeletion", "kms:CancelKeyDeletion", Target::kKey, wire::cancel_key_deletion),
    kms("SetDeletionProtection", "kms:SetDeletionProtection", Target::kProtected,
        wire::set_deletion_protection),
    kms("CreateKeyVersion", "kms:CreateKeyVersion", Target::kKey, wire::create_key_version),
    kms("DescribeKeyVersion", "kms:DescribeKeyVersion", Target::kKey, wire::describe_key_version),
    kms("ListKeyVersions", "kms:ListKeyVersions", Target::kKey, wire::list_key_versions),
    kms("UpdateRotationPolicy", "kms:UpdateRotationPolicy", Target::kKey,
        wire::update_rotation_policy),
    kms("GetParametersForImport", "kms:GetParametersForImport", Target::kKey,
        wire::get_parameters_for_import),
    kms("ImportKeyMaterial", "kms:ImportKeyMaterial", Target::kKey, wire::import_key_material),
    kms("DeleteKeyMaterial", "kms:DeleteKeyMaterial", Target::kKey, wire::delete_key_material),
    kms("CreateAlias", "kms:CreateAlias", Target::kAliasAndKey, wire::create_alias),
    kms("UpdateAlias", "kms:UpdateAlias", Target::kAliasAndKey, wire::update_alias),
    kms("DeleteAlias", "kms:DeleteAlias", Target::kAliasOfKey, wire::delete_alias),
    kms("ListAliases", "kms:ListAliases", Target::kAliases, wire::list_aliases),
    kms("ListAliasesByKeyId", "kms:ListAliasesByKeyId", Target::kKey, wire::list_aliases_by_key_id),
    dry(kms("Encrypt", "kms:Encrypt", Target::kKey, wire::encrypt)),
    dry(kms("Decrypt", "kms:Decrypt", Target::kCiphertext, wire::decrypt)),
    dry(kms("ReEncrypt", "kms:ReEncryptFrom", Target::kReEncrypt, wire::re_encrypt,
            "kms:ReEncryptTo")),
    dry(kms("GenerateDataKey", "kms:GenerateDataKey", Target::kKey, wire::generate_data_key)),
    dry(kms("GenerateDataKeyWithoutPlaintext", "kms:GenerateDataKeyWithoutPlaintext", Target::kKey,
            wire::generate_data_key_without_plaintext)),
    dry(kms("GenerateAndExportDataKey", "kms:GenerateAndExportDataKey", Target::kKey,
            wire::generate_and_export_data_key)),
    dry(kms("ExportDataKey", "kms:ExportDataKey", Target::kCiphertext, wire::export_data_key)),
    dry(kms("AsymmetricSign", "kms:AsymmetricSign", Target::kKey, wire::asymmetric_sign)),
    dry(kms("AsymmetricVerify", "kms:AsymmetricVerify", Target::kKey, wire::asymmetric_verify)),
    dry(kms("AsymmetricEncrypt", "kms:AsymmetricEncrypt", Target::kKey, wire::asymmetric_encrypt)),
    dry(kms("AsymmetricDecrypt", "kms:AsymmetricDecrypt", Target::kKey, wire::asymmetric_decrypt)),
    dry(kms("GetPublicKey", "kms:GetPublicKey", Target::kKey, wire::get_public_key)),
    kms("CreateSecret", "kms:CreateSecret", Target::kSecrets, wire::create_secret,
        "kms:GenerateDataKey"),
    kms("DescribeSecret", "kms:DescribeSecret", Target::kSecret, wire::describe_secret),
    kms("ListSecrets", "kms:ListSecrets", Target::kSecrets, wire::list_secrets),
    kms("UpdateSecret", "kms:UpdateSecret", Target::kSecret, wire::update_secret),
    kms("DeleteSecret", "kms:DeleteSecret", Target::kSecret, wire::delete_secret),
    kms("RestoreSecret", "kms:RestoreSecret", Target::kSecret, wire::restore_secret),
    dry(kms("GetSecretValue", "kms:GetSecretValue", Target::kSecretAndKey, wire::get_secret_value,
            "kms:Decrypt")),
    kms("PutSecretValue", "kms:PutSecretValue", Target::kSecretAndKey, wire::put_secret_value,
        "kms:GenerateDataKey"),
    kms("ListSecretVersionIds", "kms:ListSecretVersionIds", Target::kSecret,
        wire::list_secret_version_ids),
    kms("UpdateSecretVersionStage", "kms:UpdateSecretVersionStage", Target::kSecret,
        wire::update_secret_version_stage),
    kms("GetRandomPassword", "kms:GetRandomPassword", Target::kAccount, wire::get_random_password),
    kms("TagResource", "kms:TagResource", Target::kKeyOrSecret, wire::tag_resource),
    kms("UntagResource", "kms:UntagResource", Target::kKeyOrSecret, wire::untag_resource),
    kms("ListResourceTags", "kms:ListResourceTags", Target::kKey, wire::list_resource_tags),
    kms("TagResources", "kms:TagResources", Target::kTagged, wire::tag_resources),
    kms("UntagResources", "kms:UntagResources", Target::kTagged, wire::untag_resources),
    kms("ListTagResources", "kms:ListTagResources", Target::kTagged, wire::list_tag_resources),
    kms("DescribeRegions", "kms:DescribeRegions", Target::kNothing, wire::describe_regions),
    kms("DescribeService", "kms:DescribeService", Target::kAccount, wire::describe_service),
    kms("DescribeAccountKmsStatus", "kms:DescribeAccountKmsStatus", Target::kAccount,
        wire::describe_account_kms_status),
    kms("OpenKmsService", "kms:OpenKmsService", Target::kAccount, wire::open_kms_service),
    // Not implemented. Secrets of other types than Generic alone are rotated by the service.
    kms("RotateSecret", "kms:RotateSecret"),
    kms("UpdateSecretRotationPolicy", "kms:UpdateSecretRotationPolicy"),
    kms("BatchGetSecretValue", "kms:BatchGetSecretValue"),
    kms("GetSecretPolicy", "kms:GetSecretPolicy"),
    kms("SetSecretPolicy", "kms:SetSecretPolicy"),
    kms("GetKeyPolicy", "kms:GetKeyPolicy"),
    kms("SetKeyPolicy", "kms:SetKeyPolicy"),
    kms("GenerateMac", "kms:GenerateMac"),
    kms("VerifyMac", "kms:VerifyMac"),
    kms("GetManagedDataKey", "kms:GetManagedDataKey"),
    kms("ListManagedDataKeyVersions", "kms:ListManagedDataKeyVersions"),
    kms("GetChallenge", "kms:GetChallenge"),
    // Instances, which serve applications at hosts of their own, and who may call those.
    kms("ConnectKmsInstance", "kms:ConnectKmsInstance"),
    kms("GetDefaultKmsInstance", "kms:GetDefaultKmsInstance"),
    kms("GetKmsInstance", "kms:GetKmsInstance"),
    kms("GetKmsInstanceQuotaInfos", "kms:GetKmsInstanceQuotaInfos"),
    kms("ListKmsInstances", "kms:ListKmsInstances"),
    kms("ReleaseKmsInstance", "kms:ReleaseKmsInstance"),
    kms("UpdateKmsInstanceBindVpc", "kms:UpdateKmsInstanceBindVpc"),
    kms("CreateApplicationAccessPoint", "kms:CreateApplicationAccessPoint"),
    kms("DeleteApplicationAccessPoint", "kms:DeleteApplicationAccessPoint"),
    kms("DescribeApplicationAccessPoint", "kms:DescribeApplicationAccessPoint"),
    kms("ListApplicationAccessPoints", "kms:ListApplicationAccessPoints"),
    kms("UpdateApplicationAccessPoint", "kms:UpdateApplicationAccessPoint"),
    kms("CreateClientKey", "kms:CreateClientKey"),
    kms("DeleteClientKey", "kms:DeleteClientKey"),
    kms("GetClientKey", "kms:GetClientKey"),
    kms("ListClientKeys", "kms:ListClientKeys"),
    kms("CreateNetworkRule", "kms:CreateNetworkRule"),
    kms("DeleteNetworkRule", "kms:DeleteNetworkRule"),
    kms("DescribeNetworkRule", "kms:DescribeNetworkRule"),
    kms("ListNetworkRules", "kms:ListNetworkRules"),
    kms("UpdateNetworkRule", "kms:UpdateNetworkRule"),
    kms("CreatePolicy", "kms:CreatePolicy"),
    kms("DeletePolicy", "kms:DeletePolicy"),
    kms("DescribePolicy", "kms:DescribePolicy"),
    kms("ListPolicies", "kms:ListPolicies"),
    kms("UpdatePolicy", "kms:UpdatePolicy"),
};

// KMS's words for a denial.
constexpr ram::Refusal kRefusal{"Forbidden.NoPermission",
                                "This operation is forbidden by permission system."};

class Kms final : public rpc::Product {
 public:
  Kms(Store& store, std::string region, ThreadPool& pool) : env_{store, std::move(region), pool} {}

  [[nodiscard]] std::string_view name() const override { return "Kms"; }
  [[nodiscard]] std::string_view version() const override { return "2016-01-20"; }
  [[nodiscard]] std::span<const gateway::OperationInfo> operations() const override {
    return kms_operations();
  }

  [[nodiscard]] std::optional<rpc::Fault> authorise(std::size_t operation,
                                                    const rpc::Invocation& in) const override {
    const wire::Invocation call(in);
    return refuse(asked_of(kRows[operation], env_, call), in);
  }

  [[nodiscard]] rpc::Asked asked(std::size_t operation, const rpc::Invocation& in) const override {
    rpc::Asked all;
    for (const wire::Asked& one : asked_of(kRows[operation], env_, wire::Invocation(in))) {
      all.emplace_back(one.permission, one.resource);
    }
    return all;
  }

  Task<rpc::Answer> run(std::size_t operation, const rpc::Invocation& call) override {
    const Row& row = kRows[operation];
    const wire::Invocation in(call);
    // What names stand for may have changed since authorise(): here it is looked up for good.
    const std::vector<wire::Asked> all = asked_of(row, env_, in);
    std::optional<rpc::Fault> refused;
    if (in.has_names()) refused = refuse(all, in);
    if (refused) co_return std::unexpected(std::move(*refused));
    auto dry = in.parameters.flag("DryRun", false);
    if (!row.dry_run || (dry && !*dry)) co_return co_await row.run(env_, in);
    if (!dry) co_return std::unexpected(std::move(dry.error()));
    // These change nothing: it is run, and what it would answer is not said.
    auto answer = co_await row.run(env_, in);
    if (!answer) co_return answer;
    co_return std::unexpected(
        rpc::Fault{400, "DryRunOperationError",
                   "The request would have succeeded, but the DryRun parameter is set."});
  }

 private:
  [[nodiscard]] static std::optional<rpc::Fault> refuse(const std::vector<wire::Asked>& all,
                                                        const rpc::Invocation& in) {
    for (const wire::Asked& asked : all) {
      if (auto fault = refuse(asked, in)) return fault;
    }
    return std::nullopt;
  }
  [[nodiscard]] static std::optional<rpc::Fault> refuse(const wire::Asked& asked,
                                                        const rpc::Invocation& in) {
    ram::CallContext context(in);
    for (const auto& [key, value] : asked.tags) context.add("kms:tag/" + key, value);
    return ram::authorise(
        in.caller(), {asked.permission, asked.resource, in.caller().account_id, false, &context},
        kRefusal);
  }

  wire::Environment env_;
};

std::vector<gateway::OperationInfo> infos() {
  std::vector<gateway::OperationInfo> infos;
  for (const Row& row : kRows) infos.push_back(row.info);
  return infos;
}

}  // namespace

std::span<const gateway::OperationInfo> kms_operations() {
  static const std::vector<gateway::OperationInfo> all = infos();
  return all;
}

std::unique_ptr<rpc::Product> make_kms(Store& store, std::string region, ThreadPool& pool) {
  return std::make_unique<Kms>(store, std::move(region), pool);
}

}  // namespace lakeside::kms
