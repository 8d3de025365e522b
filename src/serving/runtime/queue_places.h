// How many requests may wait for a model. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "serving/model.h"

namespace lakeside::serving {

class QueuePlaces;

// A place in the queue, until it is destroyed.
class QueuePlace {
 public:
  QueuePlace(QueuePlaces& places, std::string tenant)
      : places_(places), tenant_(std::move(tenant)) {}
  ~QueuePlace();
  QueuePlace(const QueuePlace&) = delete;
  QueuePlace& operator=(const QueuePlace&) = delete;

 private:
  QueuePlaces& places_;
  const std::string tenant_;
};

class QueuePlaces {
 public:
  // One tenant may have half of them, so that it cannot shut out the others.
  explicit QueuePlaces(std::uint32_t most) : most_(most) {}

  // Fault: kQueueFull.
  ModelResult<std::unique_ptr<QueuePlace>> take(const std::string& tenant);
  [[nodiscard]] std::uint32_t taken() const;

 private:
  friend class QueuePlace;
  void give_back(const std::string& tenant);

  const std::uint32_t most_;
  mutable std::mutex mutex_;
  std::uint32_t taken_ = 0;
  std::map<std::string, std::uint32_t> by_tenant_;
};

}  // namespace lakeside::serving
