#include <algorithm>

#include "base/encoding.h"
#include "services/oss/wire/call.h"

namespace lakeside::oss::wire {
namespace {

bool starts_with_ignore_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() && equals_ignore_case(text.substr(0, start.size()), start);
}

bool only_s3_sends(const http::RequestHead& head) {
  for (const http::Header& header : head.headers) {
    if (starts_with_ignore_case(header.name, "x-amz-") ||
        starts_with_ignore_case(header.name, "amz-sdk-")) {
      return true;
    }
  }
  return std::ranges::any_of(head.query, [](const http::QueryParam& param) {
    return param.name == "x-id" || starts_with_ignore_case(param.name, "x-amz-");
  });
}

}  // namespace

Dialect choose_dialect(const http::RequestHead& head, bool s3_host) {
  switch (auth::claimed_scheme(head)) {
    case auth::Scheme::kAwsV2:
    case auth::Scheme::kAwsV4:
      return Dialect::kS3;
    case auth::Scheme::kOssV1:
    case auth::Scheme::kOssV2:
    case auth::Scheme::kOssV4:
      return Dialect::kOss;
    case auth::Scheme::kAnonymous:
    case auth::Scheme::kRpcV1:
    case auth::Scheme::kAcs3:
      break;
  }
  return s3_host || only_s3_sends(head) ? Dialect::kS3 : Dialect::kOss;
}

}  // namespace lakeside::oss::wire
