// Names for requests: 24 upper-case hex digits, unique within and across processes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace lakeside::http {

// One per event loop: each counts on its own, far from the others of the process.
class RequestIds {
 public:
  RequestIds();
  // Valid until the next call.
  std::string_view next();

 private:
  std::uint64_t counter_;
  std::array<char, 24> text_;
};

}  // namespace lakeside::http
