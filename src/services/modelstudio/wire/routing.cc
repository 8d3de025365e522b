#include "services/modelstudio/wire/routing.h"

#include "base/encoding.h"

namespace lakeside::modelstudio::wire {
namespace {

struct Prefix {
  std::string_view text;
  Dialect dialect;
};
constexpr Prefix kPrefixes[] = {
    {"/v1/", Dialect::kOpenAi},
    {"/compatible-mode/v1/", Dialect::kOpenAi},
    {"/compatible-api/v1/", Dialect::kOpenAi},  // Model Studio has its rerank there
    {"/api/v1/", Dialect::kDashScope},
};

// "/a/b" → "a", leaving "/b".
std::string_view take_segment(std::string_view& path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(segment.size());
  return segment;
}

}  // namespace

std::optional<Address> find_address(std::string_view raw_path) {
  for (const Prefix& prefix : kPrefixes) {
    if (!raw_path.starts_with(prefix.text)) continue;
    return Address{prefix.dialect, raw_path.substr(prefix.text.size() - 1)};
  }
  return std::nullopt;
}

std::optional<std::string> match(std::string_view pattern, std::string_view path) {
  std::string id;
  while (!pattern.empty()) {
    if (pattern == "/{rest...}") {
      if (!path.empty()) path.remove_prefix(1);
      return percent_decode(path);
    }
    std::string_view wanted = take_segment(pattern);
    std::string_view segment = take_segment(path);
    if (segment.empty()) return std::nullopt;
    if (wanted.starts_with('{')) {
      id.append(id.empty() ? "" : "/").append(segment);
    } else if (wanted != segment) {
      return std::nullopt;
    }
  }
  if (!path.empty() && path != "/") return std::nullopt;
  return percent_decode(id);
}

Found find_row(std::span<const Row> rows, const Address& address, std::string_view method) {
  Found found;
  for (const Row& row : rows) {
    if (row.dialect != address.dialect) continue;
    auto id = match(row.path, address.path);
    if (!id) continue;
    found.path_known = true;
    if (row.method != "*" && row.method != method) continue;
    found.row = &row;
    found.id = std::move(*id);
    break;
  }
  return found;
}

}  // namespace lakeside::modelstudio::wire
