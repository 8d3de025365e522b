#include "gateway/rpc/parameters.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/encoding.h"

namespace lakeside::rpc {

Parameters::Parameters(const std::vector<http::QueryParam>& first,
                       const std::vector<http::QueryParam>& then) {
  // Sorted by name, and among equals as they came. (clang warns of libstdc++ 12's stable_sort.)
  std::vector<std::pair<const http::QueryParam*, std::size_t>> order;
  for (const auto* list : {&first, &then}) {
    for (const http::QueryParam& param : *list) order.emplace_back(&param, order.size());
  }
  std::ranges::sort(order, {}, [](const auto& entry) {
    return std::pair(std::string_view(entry.first->name), entry.second);
  });
  for (const auto& [param, place] : order) params_.push_back(*param);
}

const std::string* Parameters::find(std::string_view name) const {
  auto found = std::ranges::lower_bound(params_, name, {}, [](const http::QueryParam& param) {
    return std::string_view(param.name);
  });
  return found == params_.end() || found->name != name ? nullptr : &found->value;
}

std::string_view Parameters::get(std::string_view name) const {
  const std::string* value = find(name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

Read<std::string> Parameters::required(std::string_view name) const {
  std::string_view value = get(name);
  if (value.empty()) return std::unexpected(missing_parameter(name));
  return std::string(value);
}

Read<std::uint64_t> Parameters::number(std::string_view name, std::uint64_t otherwise,
                                       Range range) const {
  std::string_view text = get(name);
  if (text.empty()) return otherwise;
  auto value = parse_uint(text);
  if (value && *value >= range.least && *value <= range.most) return *value;
  return std::unexpected(invalid_parameter(
      name, "a number from " + std::to_string(range.least) + " to " + std::to_string(range.most)));
}

Read<bool> Parameters::flag(std::string_view name, bool otherwise) const {
  std::string_view text = get(name);
  if (text.empty()) return otherwise;
  if (equals_ignore_case(text, "true")) return true;
  if (equals_ignore_case(text, "false")) return false;
  return std::unexpected(invalid_parameter(name, "true or false"));
}

Read<std::string> Parameters::one_of(std::string_view name,
                                     std::vector<std::string_view> values) const {
  std::string_view text = get(name);
  if (text.empty()) return std::string(values.front());
  if (std::ranges::find(values, text) != values.end()) return std::string(text);
  std::string help = "one of";
  for (std::string_view value : values) help += " " + std::string(value);
  return std::unexpected(invalid_parameter(name, help));
}

std::vector<std::string> Parameters::list(std::string_view name, std::size_t most) const {
  std::vector<std::string> values;
  while (values.size() < most) {
    const std::string* value = find(std::string(name) + "." + std::to_string(values.size() + 1));
    if (value == nullptr) break;
    values.push_back(*value);
  }
  return values;
}

std::vector<Parameters::Tag> Parameters::tags(std::string_view name, std::size_t most) const {
  std::vector<Tag> tags;
  while (tags.size() < most) {
    std::string place = std::string(name) + "." + std::to_string(tags.size() + 1);
    const std::string* key = find(place + ".Key");
    if (key == nullptr) break;
    tags.push_back({*key, std::string(get(place + ".Value"))});
  }
  return tags;
}

std::vector<Parameters::Tag> Parameters::members(std::string_view name, std::size_t most) const {
  const std::string prefix = std::string(name) + ".";
  std::vector<Tag> members;
  auto at = std::ranges::lower_bound(params_, prefix, {}, &http::QueryParam::name);
  for (; at != params_.end() && at->name.starts_with(prefix) && members.size() < most; ++at) {
    std::string key = at->name.substr(prefix.size());
    if (members.empty() || members.back().key != key) members.push_back({key, at->value});
  }
  return members;
}

}  // namespace lakeside::rpc
