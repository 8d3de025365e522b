// Codecs of ListObjects and ListObjectsV2.
#include "services/oss/ops/list_objects.h"

#include "base/encoding.h"
#include "services/oss/wire/codecs.h"
#include "services/oss/wire/documents.h"
#include "services/oss/wire/request_headers.h"

namespace lakeside::oss::wire {
namespace {

// What both versions have.
OssResult<ops::ListObjects> read_common(const OssCall& call) {
  ops::ListObjects op;
  op.bucket = call.bucket();
  op.options.prefix = text_param(call.head(), "prefix");
  op.options.delimiter = text_param(call.head(), "delimiter");
  op.echo_delimiter = call.head().has_param("delimiter");
  bool s3 = call.dialect == Dialect::kS3;
  auto max = number_param(call, "max-keys", s3 ? 1000 : 100, s3 ? 0 : 1, 1000);
  if (!max) return std::unexpected(std::move(max.error()));
  op.options.max_keys = *max;
  auto encoding = url_encoding(call.head());
  if (!encoding) return std::unexpected(std::move(encoding.error()));
  op.url_encoding = *encoding;
  return op;
}

std::optional<std::string> optional_param(const http::RequestHead& head, std::string_view name) {
  const http::QueryParam* param = head.param(name);
  if (param == nullptr) return std::nullopt;
  return param->value;
}

}  // namespace

static http::Response encode(OssCall& call, ops::ListObjects& op, ListPage& page) {
  ListObjectsAnswer answer;
  answer.bucket = op.bucket;
  answer.prefix = std::move(op.options.prefix);
  answer.delimiter = std::move(op.options.delimiter);
  answer.max_keys = op.options.max_keys;
  answer.url_encoding = op.url_encoding;
  answer.v2 = op.v2;
  answer.marker = std::move(op.marker);
  answer.continuation_token = std::move(op.continuation_token);
  answer.start_after = std::move(op.start_after);
  answer.fetch_owner = op.fetch_owner;
  answer.echo_delimiter = op.echo_delimiter;
  answer.page = &page;
  return xml_response(list_objects(answer, call.dialect));
}

Decoded decode_list_objects(OssCall& call, const std::string&) {
  if (const http::QueryParam* type = call.head().param("list-type")) {
    return invalid_argument("The list type must be 2.", "list-type", type->value);
  }
  auto op = read_common(call);
  if (!op) return std::unexpected(std::move(op.error()));
  op->marker = text_param(call.head(), "marker");
  op->options.after = op->marker;
  return make_action(std::move(*op));
}

Decoded decode_list_objects_v2(OssCall& call, const std::string&) {
  auto op = read_common(call);
  if (!op) return std::unexpected(std::move(op.error()));
  op->v2 = true;
  op->fetch_owner = text_param(call.head(), "fetch-owner") == "true";
  op->start_after = optional_param(call.head(), "start-after");
  op->continuation_token = optional_param(call.head(), "continuation-token");
  if (op->start_after) op->options.after = *op->start_after;
  if (op->continuation_token && !op->continuation_token->empty()) {
    auto after = decode_token(*op->continuation_token);
    if (!after) {
      return invalid_argument("The continuation token provided is incorrect", "continuation-token",
                              *op->continuation_token);
    }
    op->options.after = std::move(*after);
  }
  return make_action(std::move(*op));
}

}  // namespace lakeside::oss::wire
