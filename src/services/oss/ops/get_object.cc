#include "services/oss/ops/get_object.h"

namespace lakeside::oss::ops {
namespace {

bool reaches_behind(const ByteRange& asked, std::uint64_t size) {
  return asked.last && (asked.first ? *asked.last >= size : *asked.last > size);
}

// OSS answers with the whole object where the range ends behind it.
Task<OssResult<ObjectData>> get_range_inside(Context& context, GetObject& request) {
  const ObjectName& name = request.object;
  auto data = co_await context.store.get(name.bucket, name.key, request.options);
  if (data && data->range && reaches_behind(*request.options.range, data->info->size)) {
    request.options.range.reset();
    co_return co_await context.store.get(name.bucket, name.key, request.options);
  }
  co_return data;
}

}  // namespace

Task<OssResult<ObjectData>> run(Context& context, GetObject& request) {
  if (request.end_must_be_inside && request.options.range) {
    return get_range_inside(context, request);
  }
  return context.store.get(request.object.bucket, request.object.key, request.options);
}

Task<OssResult<ObjectInfo>> run(Context& context, HeadObject& request) {
  return context.store.head(request.object.bucket, request.object.key, request.conditions);
}

Task<OssResult<ObjectInfo>> run(Context& context, GetObjectMeta& request) {
  Preconditions none;
  co_return co_await context.store.head(request.object.bucket, request.object.key, none);
}

Task<OssResult<GetObjectAclResult>> run(Context& context, GetObjectAcl& request) {
  Preconditions none;
  auto info = co_await context.store.head(request.object.bucket, request.object.key, none);
  if (!info) co_return std::unexpected(std::move(info.error()));
  co_return GetObjectAclResult{info->acl, info->owner};
}

Task<OssStatus> run(Context& context, PutObjectAcl& request) {
  return context.store.set_object_acl(request.object.bucket, request.object.key, request.acl);
}

}  // namespace lakeside::oss::ops
