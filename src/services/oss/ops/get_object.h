#pragma once

#include "services/oss/ops/context.h"

namespace lakeside::oss::ops {

struct GetObject {
  ObjectName object;
  GetOptions options;
  // A range that ends behind the object counts as invalid: OSS unless asked for the standard's
  // behaviour (help "how-to-obtain-oss-resources-by-segmenting-http-range-requests").
  bool end_must_be_inside = false;
};
[[nodiscard]] Task<OssResult<ObjectData>> run(Context& context, GetObject& request);

struct HeadObject {
  ObjectName object;
  Preconditions conditions;
};
[[nodiscard]] Task<OssResult<ObjectInfo>> run(Context& context, HeadObject& request);

struct GetObjectMeta {
  ObjectName object;
};
[[nodiscard]] Task<OssResult<ObjectInfo>> run(Context& context, GetObjectMeta& request);

struct GetObjectAcl {
  ObjectName object;
};
struct GetObjectAclResult {
  Acl acl;
  std::string owner;
};
[[nodiscard]] Task<OssResult<GetObjectAclResult>> run(Context& context, GetObjectAcl& request);

struct PutObjectAcl {
  ObjectName object;
  Acl acl = Acl::kDefault;
};
[[nodiscard]] Task<OssStatus> run(Context& context, PutObjectAcl& request);

}  // namespace lakeside::oss::ops
