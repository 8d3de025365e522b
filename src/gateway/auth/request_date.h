// When a request says it was made.
#pragma once

#include "gateway/auth/attempt.h"

namespace lakeside::auth {

struct RequestDate {
  std::string_view text;  // as sent: the older schemes sign it
  Time time;
  bool own_header = false;  // from x-oss-date or x-amz-date rather than Date
};

// The vendor's own header, else Date: ali-oss sends no Date at all, oss2 sends both in V4.
[[nodiscard]] std::expected<RequestDate, AuthError> request_date(const LowerHeaders& headers,
                                                                 Vendor vendor);

}  // namespace lakeside::auth
