#include "services/oss/core/blob_pins.h"

#include <utility>

namespace lakeside::oss {

BlobPins::Pin::Pin(BlobPins& pins, std::vector<engines::BlobId> blobs)
    : pins_(pins), blobs_(std::move(blobs)) {
  std::lock_guard lock(pins_.mutex_);
  for (const engines::BlobId& blob : blobs_) ++pins_.counts_[blob.value];
}

BlobPins::Pin::~Pin() {
  std::lock_guard lock(pins_.mutex_);
  for (const engines::BlobId& blob : blobs_) {
    auto found = pins_.counts_.find(blob.value);
    if (--found->second == 0) pins_.counts_.erase(found);
  }
}

bool BlobPins::pinned(const engines::BlobId& blob) {
  std::lock_guard lock(mutex_);
  return counts_.contains(blob.value);
}

}  // namespace lakeside::oss
