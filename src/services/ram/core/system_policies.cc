// The system's policies for what this cloud has, with the vendor's names and documents' meaning.
#include <array>
#include <cstdlib>

#include "services/ram/core/identity_store.h"

namespace lakeside::ram {
namespace {

struct Row {
  const char* name;
  const char* description;
  const char* statement;
};

constexpr std::array kRows = {
    Row{"AdministratorAccess", "Manages all resources of the account.",
        R"({"Effect":"Allow","Action":"*","Resource":"*"})"},
    Row{"ReadOnlyAccess", "Reads all resources of the account.",
        R"({"Effect":"Allow","Action":["*:Get*","*:List*","*:Describe*","*:Query*","*:Head*"],)"
        R"("Resource":"*"})"},
    Row{"AliyunOSSFullAccess", "Manages object storage.",
        R"({"Effect":"Allow","Action":"oss:*","Resource":"*"})"},
    Row{"AliyunOSSReadOnlyAccess", "Reads object storage.",
        R"({"Effect":"Allow","Action":["oss:Get*","oss:List*"],"Resource":"*"})"},
    Row{"AliyunRAMFullAccess", "Manages users, groups, roles and policies.",
        R"({"Effect":"Allow","Action":["ram:*","ims:*"],"Resource":"*"})"},
    Row{"AliyunRAMReadOnlyAccess", "Reads users, groups, roles and policies.",
        R"({"Effect":"Allow","Action":["ram:Get*","ram:List*","ims:Get*","ims:List*"],)"
        R"("Resource":"*"})"},
    Row{"AliyunSTSAssumeRoleAccess", "Assumes roles.",
        R"({"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"})"},
};

Policy make(const Row& row) {
  Policy policy;
  policy.name = row.name;
  policy.description = row.description;
  policy.system = true;
  policy.default_version = "v1";
  // When RAM's API was born: the same at every start.
  policy.created = policy.updated = *parse_iso8601("2015-05-01T00:00:00Z");
  std::string document = R"({"Version":"1","Statement":[)" + std::string(row.statement) + "]}";
  auto compiled =
      policy::compile(document, policy::Kind::kIdentity, policy::kMaxIdentityPolicyLength);
  if (!compiled) std::abort();  // the table above is wrong; a test reads it
  policy.compiled = std::move(*compiled);
  policy.versions.push_back({"v1", std::move(document), policy.created});
  return policy;
}

}  // namespace

const Table<Policy>& system_policies() {
  static const Table<Policy> all = [] {
    Table<Policy> table;
    for (const Row& row : kRows) table.emplace(row.name, std::make_shared<Policy>(make(row)));
    return table;
  }();
  return all;
}

}  // namespace lakeside::ram
