// Where a blob's file lies:  ROOT/<group>/<first 2 digits>/<32 hex digits>
// Files of unfinished blobs: ROOT/TMP/<32 hex digits>; no group has capital letters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engines/blob.h"
#include "engines/files/blob_format.h"

namespace lakeside::engines {

[[nodiscard]] std::string hex_of(const BlobUnique& unique);

struct BlobName {
  std::string group;
  BlobUnique unique;

  [[nodiscard]] BlobId id() const;
};

[[nodiscard]] BlobName new_blob_name(std::string_view group);
// Nothing for an id that this store cannot have given.
[[nodiscard]] std::optional<BlobName> parse_blob_id(const BlobId& id);

class BlobPaths {
 public:
  explicit BlobPaths(std::string root) : root_(std::move(root)) {}
  [[nodiscard]] const std::string& root() const { return root_; }
  [[nodiscard]] std::string temporary_folder() const { return root_ + "/TMP"; }
  [[nodiscard]] std::string temporary(const BlobName& name) const;
  [[nodiscard]] std::string group_folder(std::string_view group) const;
  [[nodiscard]] std::string folder(const BlobName& name) const;
  [[nodiscard]] std::string file(const BlobName& name) const;

 private:
  std::string root_;
};

}  // namespace lakeside::engines
