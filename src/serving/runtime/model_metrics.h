// A model's figures for Prometheus.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "base/metrics.h"
#include "serving/runtime/job.h"
#include "serving/runtime/scheduler.h"

namespace lakeside::serving {

// The label that names a model.
[[nodiscard]] std::string model_label(const std::string& model);

// How fast a model is for one request, of late. Thread-safe.
class RecentSpeed {
 public:
  void note(const Usage& usage);
  [[nodiscard]] ModelSpeed now() const;

 private:
  mutable std::mutex mutex_;
  std::uint32_t firsts_ = 0;
  double first_ = 0;  // seconds
  std::uint32_t rates_ = 0;
  double each_ = 0;  // seconds for a token
};

class ModelMetrics {
 public:
  // `speed` may be none.
  ModelMetrics(Metrics& metrics, const std::string& model, std::shared_ptr<RecentSpeed> speed);

  void note_end(const Usage& usage, const Outcome& outcome);
  void note_load(std::size_t queued, std::size_t running);

 private:
  Counter& prompt_tokens_;
  Counter& cached_tokens_;
  Counter& completion_tokens_;
  Counter& finished_;
  Counter& failed_;
  Counter& cancelled_;
  Histogram& first_token_;
  Histogram& each_token_;
  Gauge& queued_;
  Gauge& running_;
  const std::shared_ptr<RecentSpeed> speed_;
};

}  // namespace lakeside::serving
