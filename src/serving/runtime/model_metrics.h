// A model's figures for Prometheus.
#pragma once

#include <string>

#include "base/metrics.h"
#include "serving/runtime/job.h"
#include "serving/runtime/scheduler.h"

namespace lakeside::serving {

// The label that names a model.
[[nodiscard]] std::string model_label(const std::string& model);

class ModelMetrics {
 public:
  ModelMetrics(Metrics& metrics, const std::string& model);

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
};

}  // namespace lakeside::serving
