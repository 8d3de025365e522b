// Blobs that a reader has yet to open: the collector of garbage leaves them alone.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "engines/blob.h"

namespace lakeside::oss {

// An open blob stays readable after it was removed, but a long object is read blob by blob, and
// a slow client may reach the last one long after the grace. Outlives its pins.
class BlobPins {
 public:
  class Pin {
   public:
    Pin(BlobPins& pins, std::vector<engines::BlobId> blobs);
    ~Pin();
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;

   private:
    BlobPins& pins_;
    std::vector<engines::BlobId> blobs_;
  };

  [[nodiscard]] bool pinned(const engines::BlobId& blob);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, int> counts_;
};

}  // namespace lakeside::oss
