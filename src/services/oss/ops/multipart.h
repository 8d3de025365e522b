// Uploads in parts.
#pragma once

#include "services/oss/ops/context.h"

namespace lakeside::oss::ops {

struct InitiateMultipartUpload {  // S3: CreateMultipartUpload
  ObjectName object;
  InitiateOptions options;
  bool url_encoding = false;
};
[[nodiscard]] Task<OssResult<Upload>> run(Context& context, InitiateMultipartUpload& request);

struct UploadPart {
  ObjectName object;
  std::string upload_id;
  std::uint32_t number = 0;
  Data data;
};
[[nodiscard]] Task<OssResult<Part>> run(Context& context, UploadPart& request);

struct UploadPartCopy {
  ObjectName object;
  ObjectName source;
  std::string upload_id;
  std::uint32_t number = 0;
  std::optional<ByteRange> range;
  Preconditions source_conditions;
};
[[nodiscard]] Task<OssResult<Part>> run(Context& context, UploadPartCopy& request);

struct ListParts {
  ObjectName object;
  std::string upload_id;
  std::uint32_t after_number = 0;
  std::uint32_t max_parts = 1000;
  bool url_encoding = false;
};
[[nodiscard]] Task<OssResult<PartsPage>> run(Context& context, ListParts& request);

struct ListMultipartUploads {
  std::string bucket;
  UploadsOptions options;
  bool url_encoding = false;
};
[[nodiscard]] Task<OssResult<UploadsPage>> run(Context& context, ListMultipartUploads& request);

struct CompleteMultipartUpload {
  ObjectName object;
  std::string upload_id;
  CompleteOptions options;
  bool url_encoding = false;
};
[[nodiscard]] Task<OssResult<ObjectInfo>> run(Context& context, CompleteMultipartUpload& request);

struct AbortMultipartUpload {
  ObjectName object;
  std::string upload_id;
};
[[nodiscard]] Task<OssStatus> run(Context& context, AbortMultipartUpload& request);

}  // namespace lakeside::oss::ops
