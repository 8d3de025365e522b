#include "gateway/pipeline/audited.h"

#include <algorithm>
#include <array>

namespace lakeside::gateway {

bool is_read(std::string_view operation) {
  constexpr std::array<std::string_view, 7> kReads = {"Get",    "List",  "Describe", "Head",
                                                      "Lookup", "Check", "Query"};
  return std::ranges::any_of(kReads,
                             [&](std::string_view verb) { return operation.starts_with(verb); });
}

std::string text_between(const http::Response& response, std::string_view from,
                         std::string_view to) {
  std::string_view text = response.text().value_or("");
  std::size_t start = text.find(from);
  if (start == text.npos) return {};
  text.remove_prefix(start + from.size());
  std::size_t end = text.find(to);
  return end == text.npos ? std::string() : std::string(text.substr(0, end));
}

}  // namespace lakeside::gateway
