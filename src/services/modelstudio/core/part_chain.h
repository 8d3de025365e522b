// Several objects, one after the other, as one body.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/stream_readers.h"
#include "services/modelstudio/core/objects.h"

namespace lakeside::modelstudio {

class PartChain final : public ByteSource {
 public:
  // `hashed`: an MD5 of all is made on the way. `objects` outlives it.
  PartChain(Objects& objects, std::vector<ObjectName> names, std::uint64_t bytes, bool hashed)
      : objects_(objects), names_(std::move(names)), bytes_(bytes) {
    if (hashed) hasher_.emplace(HashKind::kMd5);
  }

  // An object that is not there is kNotFound.
  Task<Result<std::size_t>> read(MutableBytes into) override;
  [[nodiscard]] std::optional<std::uint64_t> length() const override { return bytes_; }
  // In hex, at the end; empty where it was not asked for.
  [[nodiscard]] std::string md5();

 private:
  Objects& objects_;
  const std::vector<ObjectName> names_;
  const std::uint64_t bytes_;
  std::size_t next_ = 0;
  std::optional<ObjectStream> stream_;
  std::optional<SegmentReader> reader_;  // of the stream
  std::optional<Hasher> hasher_;
};

}  // namespace lakeside::modelstudio
