// Codecs of the operations that write an object at once.
#include "services/oss/ops/put_object.h"

#include "base/encoding.h"
#include "services/oss/ops/copy_object.h"
#include "services/oss/wire/body.h"
#include "services/oss/wire/codecs.h"
#include "services/oss/wire/documents.h"
#include "services/oss/wire/request_headers.h"
#include "services/oss/wire/response_headers.h"
#include "services/oss/wire/write_options.h"

namespace lakeside::oss::wire {
namespace {

// COPY or REPLACE.
OssResult<bool> replaces_metadata(const OssCall& call) {
  auto text = vendor_argument(call, "metadata-directive");
  if (!text || text->empty() || equals_ignore_case(*text, "COPY")) return false;
  if (equals_ignore_case(*text, "REPLACE")) return true;
  return invalid_argument("Unknown metadata directive.", "metadata-directive", *text);
}

OssStatus check_copy_to_itself(const OssCall& call, const ops::CopyObject& op) {
  bool changes = op.options.replace_headers || vendor_argument(call, "storage-class");
  if (call.dialect == Dialect::kOss || changes || op.source.bucket != op.object.bucket ||
      op.source.key != op.object.key) {
    return {};
  }
  return fail(Errc::kInvalidRequest,
              "This copy request is illegal because it is trying to copy an object to itself "
              "without changing the object's metadata, storage class, website redirect location or "
              "encryption attributes.");
}

}  // namespace

OssResult<PutOptions> put_options(const OssCall& call) {
  PutOptions options;
  options.headers = object_headers(call);
  auto acl = acl_argument(call, "object-acl");
  if (!acl) return std::unexpected(std::move(acl.error()));
  options.acl = acl->value_or(Acl::kDefault);
  auto storage_class = storage_class_argument(call);
  if (!storage_class) return std::unexpected(std::move(storage_class.error()));
  options.storage_class = *storage_class;
  options.forbid_overwrite = forbid_overwrite(call);
  auto conditions = write_conditions(call);
  if (!conditions) return std::unexpected(std::move(conditions.error()));
  options.conditions = std::move(*conditions);
  return options;
}

static http::Response encode(OssCall& call, ops::PutObject&, ObjectInfo& info) {
  http::Response response;
  add_etag(response.headers, info.etag, call.dialect);
  add_crc64(response.headers, info.crc64, call.dialect);
  add_checksums(response.headers, info.checksums, 0, call.dialect);
  if (call.dialect == Dialect::kOss) {
    response.headers.add("Content-MD5", base64_encode(info.etag.oss));
  }
  return response;
}

static http::Response encode(OssCall& call, ops::AppendObject&, AppendResult& result) {
  http::Response response;
  add_etag(response.headers, result.info.etag, call.dialect);
  add_crc64(response.headers, result.info.crc64, call.dialect);
  response.headers.add("x-oss-next-append-position", result.next_position);
  return response;
}

static http::Response encode(OssCall& call, ops::CopyObject&, ObjectInfo& info) {
  http::Response response = xml_response(copy_object_result(info, call.dialect));
  if (call.dialect == Dialect::kOss) add_etag(response.headers, info.etag, call.dialect);
  add_crc64(response.headers, info.crc64, call.dialect);
  return response;
}

Decoded decode_put_object(OssCall& call, const std::string&) {
  if (auto plain = refuse_conditions(call); !plain) return std::unexpected(plain.error());
  auto options = put_options(call);
  if (!options) return std::unexpected(std::move(options.error()));
  auto data = data_body(call);
  if (!data) return std::unexpected(std::move(data.error()));
  bool sets_acl = options->acl != Acl::kDefault;
  return make_action(
      ops::PutObject{{call.bucket(), call.key()}, std::move(*options), std::move(*data)}, sets_acl);
}

Decoded decode_append_object(OssCall& call, const std::string&) {
  const http::QueryParam* param = call.head().param("position");
  std::string_view text = param == nullptr ? std::string_view{} : param->value;
  auto position = parse_uint(text);
  if (!position) {
    return invalid_argument("The position must be a non-negative integer.", "position", text);
  }
  auto options = put_options(call);
  if (!options) return std::unexpected(std::move(options.error()));
  auto data = data_body(call);
  if (!data) return std::unexpected(std::move(data.error()));
  bool sets_acl = options->acl != Acl::kDefault;
  return make_action(
      ops::AppendObject{
          {call.bucket(), call.key()}, *position, std::move(*options), std::move(*data)},
      sets_acl);
}

Decoded decode_copy_object(OssCall& call, const std::string&) {
  ops::CopyObject op;
  op.object = {call.bucket(), call.key()};
  auto source = copy_source(call);
  if (!source) return std::unexpected(std::move(source.error()));
  op.source = std::move(*source);
  auto replaces = replaces_metadata(call);
  if (!replaces) return std::unexpected(std::move(replaces.error()));
  op.options.replace_headers = *replaces;
  auto options = put_options(call);
  if (!options) return std::unexpected(std::move(options.error()));
  op.options.put = std::move(*options);
  op.options.source_conditions = copy_conditions(call);
  if (vendor_argument(call, "checksum-algorithm") && call.dialect == Dialect::kS3) {
    return fail(Errc::kNotImplemented);
  }
  if (auto fits = check_copy_to_itself(call, op); !fits) {
    return std::unexpected(std::move(fits.error()));
  }
  bool sets_acl = op.options.put.acl != Acl::kDefault;
  return make_action(std::move(op), sets_acl);
}

}  // namespace lakeside::oss::wire
