// What a request leaves for the meters: how much was moved, for whom, on what.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace lakeside {

// The views are valid during the call.
struct MeteredCall {
  Time at{};
  std::string_view account_id;  // whose it is: the owner's of what was acted on
  std::string_view service;     // "oss"
  std::string_view resource;    // a bucket; empty: none
  std::string_view access_key_id;
  std::string_view caller_id;  // of the user or the role, the root's account's; empty: anonymous
  bool write = false;
  bool failed = false;
  std::uint64_t received = 0;  // bytes of the request's body
  std::uint64_t sent = 0;      // of the response's
};

// Thread-safe, and never blocks for long: called at the end of every request.
class MeterSink {
 public:
  virtual ~MeterSink() = default;
  virtual void record(const MeteredCall& call) = 0;
};

}  // namespace lakeside
