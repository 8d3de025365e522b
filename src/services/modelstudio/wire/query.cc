#include "services/modelstudio/wire/query.h"

#include "base/encoding.h"

namespace lakeside::modelstudio::wire {

Decoded<std::uint64_t> query_number(const http::RequestHead& head, std::string_view name,
                                    std::uint64_t usual, std::uint64_t most) {
  const http::QueryParam* param = head.param(name);
  if (param == nullptr || param->value.empty()) return usual;
  auto number = parse_uint(param->value);
  if (number && *number >= 1 && *number <= most) return *number;
  return std::unexpected(BadInput{std::string(name),
                                  "Invalid '" + std::string(name) +
                                      "': expected a number from 1 to " + std::to_string(most) +
                                      ".",
                                  "invalid_value"});
}

std::string query_text(const http::RequestHead& head, std::string_view name) {
  const http::QueryParam* param = head.param(name);
  return param == nullptr ? std::string() : param->value;
}

Decoded<bool> query_newest_first(const http::RequestHead& head) {
  std::string order = query_text(head, "order");
  if (order.empty() || order == "desc") return true;
  if (order == "asc") return false;
  return std::unexpected(
      BadInput{"order", "Invalid value: '" + order + "'. Supported values are: 'asc' and 'desc'.",
               "invalid_value"});
}

}  // namespace lakeside::modelstudio::wire
