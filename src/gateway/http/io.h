// What came of an attempt to move bytes that must not block.
#pragma once

#include <cstddef>

namespace lakeside::http {

struct Io {
  enum class Outcome {
    kDone,       // `bytes` were moved, at least one
    kWantRead,   // nothing was moved; try again when the socket is readable
    kWantWrite,  // … writable
    kEnd,        // the peer will send no more
    kFailed,     // the connection is of no more use
  };
  Outcome outcome;
  std::size_t bytes = 0;

  [[nodiscard]] bool done() const { return outcome == Outcome::kDone; }
  [[nodiscard]] bool blocked() const {
    return outcome == Outcome::kWantRead || outcome == Outcome::kWantWrite;
  }
};

}  // namespace lakeside::http
