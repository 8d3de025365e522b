#include "gateway/auth/request_date.h"

namespace lakeside::auth {
namespace {

std::optional<Time> parse_date(std::string_view text) {
  if (auto time = parse_iso8601_basic(text)) return time;
  if (auto time = parse_http_date(text)) return time;
  // s3cmd's x-amz-date ends in "+0000".
  if (text.ends_with(" +0000") || text.ends_with(" -0000")) {
    text.remove_suffix(5);
    if (auto time = parse_http_date(std::string(text) + "GMT")) return time;
  }
  return parse_iso8601(text);
}

}  // namespace

std::expected<RequestDate, AuthError> request_date(const LowerHeaders& headers, Vendor vendor) {
  std::string_view own = vendor == Vendor::kOss ? "x-oss-date" : "x-amz-date";
  std::string_view text = headers.get(own);
  bool has_own = !text.empty();
  if (!has_own) text = headers.get("date");
  if (auto time = parse_date(text)) return RequestDate{text, *time, has_own};
  // The same fault for a date that is absent and one that cannot be read, as the vendors have it.
  return reject(AuthFault::kMissingDate,
                vendor == Vendor::kOss
                    ? "OSS authentication requires a valid Date."
                    : "AWS authentication requires a valid Date or x-amz-date header",
                has_own ? own : "Date", text);
}

}  // namespace lakeside::auth
