// What every operation works with.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/principal.h"
#include "base/stream.h"
#include "services/oss/core/object_store.h"

namespace lakeside::oss::ops {

struct Context {
  ObjectStore& store;
  const Principal& caller;
  const std::string& bucket_owner;  // account; also of what others write into the bucket
};

struct ObjectName {
  std::string bucket;
  std::string key;
};

// Where a write reads its data from: Body, owning what it refers to.
struct Data {
  ByteSource* source = nullptr;  // `owned`, or one that outlives the request
  std::unique_ptr<ByteSource> owned;
  std::optional<Md5Digest> expected_md5;
  std::function<std::vector<ObjectChecksum>()> checksums;
  std::function<OssError(Error)> explain;

  [[nodiscard]] Body body() { return {*source, expected_md5, checksums, explain}; }
};

}  // namespace lakeside::oss::ops
