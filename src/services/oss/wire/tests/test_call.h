// A call for tests of the codecs, without a store behind it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "services/oss/wire/call.h"
#include "services/oss/wire/tests/test_head.h"

namespace lakeside::oss::wire {

class TestCall {
  TestHead head_;
  ManualClock clock_{*parse_iso8601("2026-11-21T23:15:09Z")};
  http::Request request_;
  Environment env_;

 public:
  explicit TestCall(Dialect dialect, std::string line,
                    std::vector<std::pair<std::string, std::string>> headers = {})
      : head_(std::move(line), std::move(headers)),
        env_{nullptr, clock_, {"cn-hangzhou", "ext", "int"}, {}, nullptr, {}},
        call(request_, env_) {
    request_.head = head_.get();
    request_.id = "0123456789ABCDEF01234567";
    call.dialect = dialect;
  }

  OssCall call;
};

}  // namespace lakeside::oss::wire
