// Codecs of the operations that delete objects.
#include "services/oss/ops/delete_object.h"

#include "services/oss/wire/codecs.h"
#include "services/oss/wire/documents.h"
#include "services/oss/wire/request_headers.h"

namespace lakeside::oss::wire {
namespace {

// S3 wants the list of keys to delete vouched for: aws-sdk-js and boto3 by a checksum, older
// clients by Content-MD5.
bool has_integrity_header(const http::RequestHead& head) {
  if (head.header("Content-MD5") || head.header("x-amz-trailer")) return true;
  for (auto algorithm :
       {ChecksumAlgorithm::kCrc32, ChecksumAlgorithm::kCrc32c, ChecksumAlgorithm::kCrc64Nvme,
        ChecksumAlgorithm::kSha1, ChecksumAlgorithm::kSha256}) {
    if (head.header(checksum_header(algorithm))) return true;
  }
  return false;
}

}  // namespace

static http::Response encode(OssCall&, ops::DeleteObject&) { return empty_response(204); }

static http::Response encode(OssCall& call, ops::DeleteMultipleObjects& op,
                             ops::DeleteMultipleObjectsResult& result) {
  // oss2 takes an empty body for "all went well, quietly".
  if (op.quiet && result.failed.empty() && call.dialect == Dialect::kOss) return empty_response();
  DeleteManyAnswer answer;
  answer.deleted = std::move(result.deleted);
  for (auto& [key, error] : result.failed) {
    WireError wire = to_wire(error, call.dialect);
    answer.failed.push_back({std::move(key), std::move(wire.code), std::move(wire.message)});
  }
  answer.url_encoding = op.url_encoding;
  return xml_response(delete_result(answer, call.dialect));
}

Decoded decode_delete_object(OssCall& call, const std::string&) {
  // The domain cannot delete on conditions.
  if (call.head().header("If-Match")) return fail(Errc::kNotImplemented);
  return make_action(ops::DeleteObject{{call.bucket(), call.key()}});
}

Decoded decode_delete_multiple_objects(OssCall& call, const std::string& document) {
  if (call.dialect == Dialect::kS3 && !has_integrity_header(call.head())) {
    return fail(Errc::kInvalidRequest, "Missing required header for this request: Content-MD5");
  }
  auto request = parse_delete_many(document);
  if (!request) return std::unexpected(std::move(request.error()));
  if (request->names_versions) {
    return fail(Errc::kNotImplemented, "Versions are not implemented.");
  }
  auto encoding = url_encoding(call.head());
  if (!encoding) return std::unexpected(std::move(encoding.error()));
  return make_action(ops::DeleteMultipleObjects{call.bucket(), std::move(request->keys),
                                                request->quiet, *encoding});
}

}  // namespace lakeside::oss::wire
