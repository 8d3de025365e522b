#include "services/modelstudio/core/line_models.h"

#include <algorithm>
#include <atomic>
#include <utility>

namespace lakeside::modelstudio {
namespace {

// Keys' own priorities are far above.
constexpr std::int32_t kBackground = -1'000'000;
constexpr std::int32_t kMostPriority = 1000;

}  // namespace

// Counts what it cost when it is gone, whether it came to its end or not.
class TrackedGeneration final : public serving::Generation {
 public:
  TrackedGeneration(LineModels& models, std::unique_ptr<serving::Generation> inner, bool first)
      : models_(models), inner_(std::move(inner)), first_(first) {
    models_.running_.add(*this);
  }
  ~TrackedGeneration() override {
    models_.running_.remove(*this);
    const serving::Usage usage = inner_->usage();
    // Further choices of one prompt do not count it again, as in the answer.
    if (first_) {
      models_.usage_.input_tokens += usage.prompt_tokens;
      models_.usage_.cached_tokens += usage.cached_tokens;
    }
    models_.usage_.output_tokens += usage.completion_tokens;
  }
  TrackedGeneration(const TrackedGeneration&) = delete;
  TrackedGeneration& operator=(const TrackedGeneration&) = delete;

  Task<ModelResult<std::optional<serving::Delta>>> next() override {
    auto delta = co_await inner_->next();
    // What was cut off is no answer.
    if (cancelled_ && delta && !*delta) {
      delta = std::unexpected(ModelError{ModelFault::kInternal, "it was cancelled", {}});
    }
    if (!delta) models_.fault_ = delta.error();
    co_return delta;
  }
  void cancel() override {
    cancelled_ = true;
    inner_->cancel();
  }
  [[nodiscard]] serving::FinishReason finish_reason() const override {
    return inner_->finish_reason();
  }
  [[nodiscard]] serving::Usage usage() const override { return inner_->usage(); }
  [[nodiscard]] Result<serving::ChatReply> parse(std::string_view text,
                                                 bool partial) const override {
    return inner_->parse(text, partial);
  }

 private:
  LineModels& models_;
  const std::unique_ptr<serving::Generation> inner_;
  const bool first_;
  std::atomic<bool> cancelled_ = false;
};

void RunningGenerations::stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  for (serving::Generation* generation : all_) generation->cancel();
}

void RunningGenerations::add(serving::Generation& generation) {
  std::lock_guard lock(mutex_);
  all_.insert(&generation);
  if (stopped_) generation.cancel();
}

void RunningGenerations::remove(serving::Generation& generation) {
  std::lock_guard lock(mutex_);
  all_.erase(&generation);
}

serving::Tenant background_tenant(const ModelKey& key, std::string usage_id) {
  serving::Tenant tenant = tenant_of(key);
  tenant.priority = kBackground + std::clamp(tenant.priority, -kMostPriority, kMostPriority);
  tenant.max_concurrent = 0;
  tenant.usage_id = std::move(usage_id);
  return tenant;
}

template <class T>
void LineModels::note(const ModelResult<T>& result) {
  if (!result) fault_ = result.error();
}

std::vector<serving::ModelStatus> LineModels::models() const { return server_.models(); }

Task<ModelResult<std::unique_ptr<serving::Generation>>> LineModels::generate(
    const serving::GenerateRequest& request) {
  auto generation = co_await server_.generate(request);
  note(generation);
  if (!generation) co_return std::unexpected(std::move(generation.error()));
  const bool first = !std::exchange(asked_, true);
  co_return std::make_unique<TrackedGeneration>(*this, std::move(*generation), first);
}

Task<ModelResult<serving::EmbedResult>> LineModels::embed(const std::string& model,
                                                          const std::vector<std::string>& texts,
                                                          const serving::Tenant& tenant) {
  auto result = co_await server_.embed(model, texts, tenant);
  note(result);
  if (result) usage_.input_tokens += result->tokens;
  co_return result;
}

Task<ModelResult<serving::RankResult>> LineModels::rank(const std::string& model,
                                                        const std::string& query,
                                                        const std::vector<std::string>& documents,
                                                        const serving::Tenant& tenant) {
  auto result = co_await server_.rank(model, query, documents, tenant);
  note(result);
  if (result) usage_.input_tokens += result->tokens;
  co_return result;
}

Task<ModelResult<ModelServer::Tokens>> LineModels::tokenize(const std::string& model,
                                                            const std::string& text) {
  auto result = co_await server_.tokenize(model, text);
  note(result);
  co_return result;
}

}  // namespace lakeside::modelstudio
