#include "services/oss/ops/multipart.h"

namespace lakeside::oss::ops {

Task<OssResult<Upload>> run(Context& context, InitiateMultipartUpload& request) {
  request.options.put.owner = context.bucket_owner;
  return context.store.initiate(request.object.bucket, request.object.key, request.options);
}

Task<OssResult<Part>> run(Context& context, UploadPart& request) {
  Body body = request.data.body();
  co_return co_await context.store.upload_part(request.object.bucket, request.object.key,
                                               request.upload_id, request.number, body);
}

Task<OssResult<Part>> run(Context& context, UploadPartCopy& request) {
  return context.store.upload_part_copy(
      request.object.bucket, request.object.key, request.upload_id, request.number,
      request.source.bucket, request.source.key, request.range, request.source_conditions);
}

Task<OssResult<PartsPage>> run(Context& context, ListParts& request) {
  return context.store.list_parts(request.object.bucket, request.object.key, request.upload_id,
                                  request.after_number, request.max_parts);
}

Task<OssResult<UploadsPage>> run(Context& context, ListMultipartUploads& request) {
  return context.store.list_uploads(request.bucket, request.options);
}

Task<OssResult<ObjectInfo>> run(Context& context, CompleteMultipartUpload& request) {
  return context.store.complete(request.object.bucket, request.object.key, request.upload_id,
                                request.options);
}

Task<OssStatus> run(Context& context, AbortMultipartUpload& request) {
  return context.store.abort(request.object.bucket, request.object.key, request.upload_id);
}

}  // namespace lakeside::oss::ops
