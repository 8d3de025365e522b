#include "app/operations_command.h"

#include <nlohmann/json.hpp>

#include "services/oss/service.h"

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

}  // namespace

std::string operations_text(bool json) {
  auto list = nlohmann::ordered_json::array();
  std::string text;
  for (const gateway::OperationInfo& operation : oss::oss_operations()) {
    list.push_back({{"service", "oss"},
                    {"operation", operation.name},
                    {"permission", operation.permission},
                    {"dialects", words(operation.dialects)},
                    {"implemented", operation.implemented}});
    text +=
        std::string(operation.implemented ? "yes  " : "no   ") + std::string(operation.name) + "\n";
  }
  return json ? list.dump(1) + "\n" : text;
}

}  // namespace lakeside::app
