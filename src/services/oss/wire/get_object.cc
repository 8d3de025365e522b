// Codecs of the operations that read an object. GetObject is the hottest path of all.
#include "services/oss/ops/get_object.h"

#include "base/encoding.h"
#include "services/oss/wire/codecs.h"
#include "services/oss/wire/documents.h"
#include "services/oss/wire/request_headers.h"
#include "services/oss/wire/response_headers.h"

namespace lakeside::oss::wire {
namespace {

OssStatus check_overrides(const OssCall& call) {
  if (call.identity.principal.kind != Principal::Kind::kAnonymous || call.head().query.empty() ||
      !overrides(call.head()).any) {
    return {};
  }
  return fail(Errc::kInvalidRequest,
              "Request specific response headers cannot be used for anonymous GET requests.");
}

void read_range(const OssCall& call, ops::GetObject& op) {
  auto text = call.head().header("Range");
  if (!text) return;
  op.options.range = parse_range(*text, call.dialect);
  if (call.dialect == Dialect::kS3) {
    op.options.invalid_range = InvalidRangeIs::kError;
    return;
  }
  auto behavior = call.head().header("x-oss-range-behavior");
  bool standard = behavior && equals_ignore_case(*behavior, "standard");
  op.options.invalid_range = standard ? InvalidRangeIs::kError : InvalidRangeIs::kWholeObject;
  op.end_must_be_inside = !standard;
}

void add_body(http::Response& response, ObjectData& data) {
  response.content_length = data.range ? data.range->length : data.info->size;
  if (data.stream) {
    response.body = std::move(data.stream);
  } else {
    response.body = std::move(data.inline_data);
  }
}

// S3 answers a HEAD with a range as it would the GET.
OssStatus add_head_range(const OssCall& call, const ObjectInfo& info, http::Response& response) {
  auto text = call.head().header("Range");
  if (!text || call.dialect == Dialect::kOss) return {};
  auto range = parse_range(*text, call.dialect);
  if (!range) return {};
  auto resolved = resolve(*range, info.size);
  if (!resolved) return fail(Errc::kInvalidRange);
  response.status = 206;
  response.content_length = resolved->length;
  add_content_range(response.headers, *resolved, info.size);
  return {};
}

}  // namespace

static http::Response encode(OssCall& call, ops::GetObject&, ObjectData& data) {
  http::Response response;
  bool partial = data.range.has_value();
  add_object_headers(response.headers, *data.info, call, overrides(call.head()), partial);
  if (partial) {
    response.status = 206;
    add_content_range(response.headers, *data.range, data.info->size);
  }
  add_body(response, data);
  return response;
}

static http::Response encode(OssCall& call, ops::HeadObject&, ObjectInfo& info) {
  http::Response response;
  response.content_length = info.size;
  if (auto ranged = add_head_range(call, info, response); !ranged) {
    return error_response(call, ranged.error());
  }
  add_object_headers(response.headers, info, call, overrides(call.head()), response.status == 206);
  return response;
}

static http::Response encode(OssCall& call, ops::GetObjectMeta&, ObjectInfo& info) {
  http::Response response;
  response.content_length = info.size;
  add_etag(response.headers, info.etag, call.dialect);
  response.headers.add("Last-Modified", format_http_date(info.modified));
  add_crc64(response.headers, info.crc64, call.dialect);
  return response;
}

Decoded decode_get_object(OssCall& call, const std::string&) {
  if (auto fits = check_overrides(call); !fits) return std::unexpected(std::move(fits.error()));
  ops::GetObject op;
  op.object = {call.bucket(), call.key()};
  op.options.conditions = preconditions(call.head());
  read_range(call, op);
  return make_action(std::move(op));
}

Decoded decode_head_object(OssCall& call, const std::string&) {
  if (auto fits = check_overrides(call); !fits) return std::unexpected(std::move(fits.error()));
  return make_action(ops::HeadObject{{call.bucket(), call.key()}, preconditions(call.head())});
}

Decoded decode_get_object_meta(OssCall& call, const std::string&) {
  return make_action(ops::GetObjectMeta{{call.bucket(), call.key()}});
}

}  // namespace lakeside::oss::wire
