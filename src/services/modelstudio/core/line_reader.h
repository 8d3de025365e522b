// The lines of an object, as they are streamed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/stream.h"
#include "base/stream_readers.h"
#include "services/modelstudio/core/objects.h"

namespace lakeside::modelstudio {

class LineReader {
 public:
  LineReader(ObjectStream stream, std::size_t most) : stream_(std::move(stream)), most_(most) {}

  // Without its end ("\n" or "\r\n"); nothing at the end. What stands after the last line feed is a
  // line too unless it is empty. Errors: kTooLarge (a line), the stream's.
  Task<Result<std::optional<std::string>>> next();
  // Of the line that came last, from 1 on.
  [[nodiscard]] std::uint32_t number() const { return number_; }

 private:
  ObjectStream stream_;
  SegmentReader bytes_{*stream_.data, stream_.bytes};
  const std::size_t most_;
  std::string buffer_;
  std::size_t at_ = 0;  // what of it is still to come
  std::uint32_t number_ = 0;
  bool ended_ = false;
};

}  // namespace lakeside::modelstudio
