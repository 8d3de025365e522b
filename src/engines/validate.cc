#include "engines/validate.h"

#include <algorithm>
#include <optional>
#include <string>

namespace lakeside::engines {
namespace {

bool is_name(std::string_view name) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kMaxPartitionName && std::ranges::all_of(name, allowed);
}

Status validate_pair(const std::string& key, const std::optional<std::string>& value) {
  if (key.empty()) return fail(ErrorCode::kInvalid, "empty key");
  if (key.size() > kMaxKeySize) {
    return fail(ErrorCode::kTooLarge, "key of " + std::to_string(key.size()) + " bytes");
  }
  if (!value) return {};
  if (value->empty()) return fail(ErrorCode::kInvalid, "empty value");
  if (value->size() > kMaxValueSize) {
    return fail(ErrorCode::kTooLarge, "value of " + std::to_string(value->size()) + " bytes");
  }
  return {};
}

}  // namespace

Status validate(const Partition& partition) {
  if (is_name(partition.name)) return {};
  return fail(ErrorCode::kInvalid, "partition name \"" + partition.name + '"');
}

Status validate(const Batch& batch) {
  for (const Guard& guard : batch.guards()) {
    if (auto status = validate_pair(guard.key, guard.value); !status) return status;
  }
  for (const Batch::Write& write : batch.writes()) {
    if (auto status = validate_pair(write.key, write.value); !status) return status;
  }
  return {};
}

Status validate_group(std::string_view group) {
  // A leading dot would name a hidden or a parent folder.
  if (is_name(group) && group.front() != '.') return {};
  return fail(ErrorCode::kInvalid, "blob group \"" + std::string(group) + '"');
}

}  // namespace lakeside::engines
