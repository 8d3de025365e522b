#include "engines/files/blob_names.h"

#include <algorithm>
#include <cstring>

#include "base/crypto.h"
#include "base/encoding.h"
#include "engines/validate.h"

namespace lakeside::engines {

std::string hex_of(const BlobUnique& unique) { return hex_lower(unique); }

BlobId BlobName::id() const { return {group + '/' + hex_of(unique)}; }

BlobName new_blob_name(std::string_view group) {
  BlobName name{std::string(group), {}};
  fill_random(name.unique);
  return name;
}

std::optional<BlobName> parse_blob_id(const BlobId& id) {
  std::string_view group = id.group();
  if (!validate_group(group) || id.value.size() != group.size() + 1 + 2 * sizeof(BlobUnique)) {
    return std::nullopt;
  }
  std::string_view digits = std::string_view(id.value).substr(group.size() + 1);
  if (digits.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return std::nullopt;
  }
  std::optional<std::string> bytes = hex_decode(digits);
  if (!bytes || bytes->size() != sizeof(BlobUnique)) return std::nullopt;
  BlobName name{std::string(group), {}};
  std::memcpy(name.unique.data(), bytes->data(), bytes->size());
  return name;
}

std::string BlobPaths::temporary(const BlobName& name) const {
  return temporary_folder() + '/' + hex_of(name.unique);
}

std::string BlobPaths::group_folder(std::string_view group) const {
  return root_ + '/' + std::string(group);
}

std::string BlobPaths::folder(const BlobName& name) const {
  return group_folder(name.group) + '/' + hex_of(name.unique).substr(0, 2);
}

std::string BlobPaths::file(const BlobName& name) const {
  return folder(name) + '/' + hex_of(name.unique);
}

}  // namespace lakeside::engines
