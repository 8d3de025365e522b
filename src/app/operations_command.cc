#include "app/operations_command.h"

#include <nlohmann/json.hpp>

#include "app/admin_service.h"
#include "services/actiontrail/service.h"
#include "services/cms/operations.h"
#include "services/kms/operations.h"
#include "services/modelstudio/management_operations.h"
#include "services/modelstudio/operations.h"
#include "services/oss/operations.h"
#include "services/ram/operations.h"

namespace lakeside::app {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  while (!text.empty()) {
    auto space = std::min(text.find(' '), text.size());
    if (space > 0) list.emplace_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return list;
}

struct Listing {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  std::string text;

  nlohmann::ordered_json& add(std::string_view service, const gateway::OperationInfo& operation) {
    text += std::string(operation.implemented ? "yes  " : "no   ") + std::string(service) + "  " +
            std::string(operation.name) + "\n";
    list.push_back({{"service", service},
                    {"operation", operation.name},
                    {"permission", operation.permission},
                    {"dialects", words(operation.dialects)},
                    {"implemented", operation.implemented}});
    return list.back();
  }
};

// Models' operations are known by their paths.
std::string full_path(const modelstudio::wire::Row& row) {
  const bool openai = row.dialect == modelstudio::wire::Dialect::kOpenAi;
  return (openai ? "/v1" : "/api/v1") + std::string(row.path);
}

std::string_view access_name(oss::wire::Access access) {
  switch (access) {
    case oss::wire::Access::kAccount:
      return "account";
    case oss::wire::Access::kBucketOwner:
    case oss::wire::Access::kBucketRead:
    case oss::wire::Access::kBucketWrite:
      return "bucket";
    case oss::wire::Access::kObjectRead:
      return "object";
  }
  return "";
}

}  // namespace

std::string operations_text(bool json) {
  Listing listing;
  for (const oss::wire::Row& row : oss::operations()) {
    auto& entry = listing.add("oss", row.info);
    entry["request"] = row.form;
    entry["access"] = access_name(row.access);
  }
  for (const modelstudio::wire::Row& row : modelstudio::operations()) {
    auto& entry = listing.add("modelstudio", row.info);
    entry["method"] = row.method;
    entry["path"] = full_path(row);
  }
  for (const gateway::OperationInfo& operation : ram::ram_operations()) {
    listing.add("ram", operation);
  }
  for (const gateway::OperationInfo& operation : ram::sts_operations()) {
    listing.add("sts", operation);
  }
  for (const gateway::OperationInfo& operation : ram::ims_operations()) {
    listing.add("ims", operation);
  }
  for (const gateway::OperationInfo& operation : ram::sign_in_operations()) {
    listing.add("signin", operation);
  }
  for (const gateway::OperationInfo& operation : kms::kms_operations()) {
    listing.add("kms", operation);
  }
  for (const gateway::OperationInfo& operation : actiontrail::actiontrail_operations()) {
    listing.add("actiontrail", operation);
  }
  for (const gateway::OperationInfo& operation : cms::cms_operations()) {
    listing.add("cms", operation);
  }
  for (const gateway::OperationInfo& operation : modelstudio::management_operations()) {
    listing.add("modelstudio-management", operation);
  }
  for (const AdminPage& page : admin_pages()) {
    auto& entry = listing.add("lakeside", *page.operation);
    entry["method"] = page.method;
    entry["path"] = page.path;
  }
  return json ? listing.list.dump(1) + "\n" : listing.text;
}

}  // namespace lakeside::app
