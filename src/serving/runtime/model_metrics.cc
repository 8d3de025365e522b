#include "serving/runtime/model_metrics.h"

#include <algorithm>
#include <utility>

namespace lakeside::serving {

std::string model_label(const std::string& model) {
  std::string text = "model=\"";
  for (char c : model) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

namespace {

Counter& outcome(Metrics& metrics, const std::string& model, const char* name) {
  return metrics.counter("lakeside_model_requests_total", "Model requests by how they ended.",
                         model_label(model) + ",outcome=\"" + name + '"');
}

double seconds(std::chrono::microseconds time) {
  return std::chrono::duration<double>(time).count();
}

// Of so many requests the mean; then each new one counts for one in so many.
void average(double value, std::uint32_t& count, double& mean) {
  constexpr std::uint32_t kLatest = 16;
  count = std::min(count + 1, kLatest);
  mean += (value - mean) / count;
}

}  // namespace

void RecentSpeed::note(const Usage& usage) {
  std::lock_guard lock(mutex_);
  if (usage.completion_tokens > 0) average(seconds(usage.queued + usage.prefill), firsts_, first_);
  if (usage.completion_tokens > 1) {
    average(seconds(usage.decode) / static_cast<double>(usage.completion_tokens - 1), rates_,
            each_);
  }
}

ModelSpeed RecentSpeed::now() const {
  std::lock_guard lock(mutex_);
  ModelSpeed speed;
  speed.first_token = std::chrono::microseconds(static_cast<std::int64_t>(first_ * 1e6));
  if (each_ > 0) speed.tokens_per_second = 1 / each_;
  return speed;
}

ModelMetrics::ModelMetrics(Metrics& metrics, const std::string& model,
                           std::shared_ptr<RecentSpeed> speed)
    : prompt_tokens_(metrics.counter("lakeside_model_prompt_tokens_total", "Tokens of prompts.",
                                     model_label(model))),
      cached_tokens_(metrics.counter("lakeside_model_cached_tokens_total",
                                     "Of the prompts' tokens those not computed again.",
                                     model_label(model))),
      completion_tokens_(metrics.counter("lakeside_model_completion_tokens_total",
                                         "Tokens of replies.", model_label(model))),
      finished_(outcome(metrics, model, "finished")),
      failed_(outcome(metrics, model, "failed")),
      cancelled_(outcome(metrics, model, "cancelled")),
      first_token_(metrics.histogram("lakeside_model_time_to_first_token_seconds",
                                     "From the request to the first token.", model_label(model))),
      each_token_(metrics.histogram("lakeside_model_time_per_output_token_seconds",
                                    "Between two tokens, the mean of each reply.",
                                    model_label(model))),
      queued_(
          metrics.gauge("lakeside_model_queue_depth", "Requests that wait.", model_label(model))),
      running_(metrics.gauge("lakeside_model_running", "Requests that run.", model_label(model))),
      speed_(std::move(speed)) {}

void ModelMetrics::note_end(const Usage& usage, const Outcome& outcome) {
  prompt_tokens_.add(usage.prompt_tokens);
  cached_tokens_.add(usage.cached_tokens);
  completion_tokens_.add(usage.completion_tokens);
  (outcome.error ? failed_ : outcome.finish ? finished_ : cancelled_).add();
  if (speed_) speed_->note(usage);
  if (usage.completion_tokens > 0) first_token_.observe(seconds(usage.queued + usage.prefill));
  if (usage.completion_tokens > 1) {
    each_token_.observe(seconds(usage.decode) / static_cast<double>(usage.completion_tokens - 1));
  }
}

void ModelMetrics::note_load(std::size_t queued, std::size_t running) {
  queued_.set(static_cast<std::int64_t>(queued));
  running_.set(static_cast<std::int64_t>(running));
}

}  // namespace lakeside::serving
