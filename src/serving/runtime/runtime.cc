#include "serving/runtime/runtime.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include "serving/runtime/event.h"
#include "serving/runtime/prepare.h"

namespace lakeside::serving {
namespace {

// Texts of one embed() or rank() on the model's thread: replies wait so long.
constexpr std::size_t kTextsAtOnce = 8;

class RuntimeGeneration final : public Generation {
 public:
  RuntimeGeneration(std::shared_ptr<Stream> stream, std::shared_ptr<Registry::Lease> lease,
                    ChatPrompt prompt)
      : stream_(std::move(stream)), lease_(std::move(lease)), prompt_(std::move(prompt)) {}
  ~RuntimeGeneration() override { stream_->cancel(); }

  Task<ModelResult<std::optional<Delta>>> next() override { return stream_->next(); }
  void cancel() override { stream_->cancel(); }
  FinishReason finish_reason() const override { return stream_->finish_reason(); }
  Usage usage() const override { return stream_->usage(); }
  Result<ChatReply> parse(std::string_view text, bool partial) const override {
    return lease_->backend().parse_reply(prompt_, text, partial);
  }

 private:
  const std::shared_ptr<Stream> stream_;
  const std::shared_ptr<Registry::Lease> lease_;
  const ChatPrompt prompt_;
};

ModelError to_model_error(const Error& error, const char* wanted) {
  switch (error.code) {
    case ErrorCode::kUnsupported:
      return {ModelFault::kWrongModel, std::string("this model does not ") + wanted, {}};
    case ErrorCode::kTooLarge:
      return {ModelFault::kPromptTooLong, "a text is too long for the model: " + error.detail, {}};
    case ErrorCode::kInvalid:
      return {ModelFault::kInvalid, error.detail, {}};
    default:
      return {ModelFault::kInternal, "the model failed to compute", {}};
  }
}

RuntimeOptions with_metrics(RuntimeOptions options, std::unique_ptr<Metrics>& own) {
  if (!options.metrics) {
    own = std::make_unique<Metrics>();
    options.metrics = own.get();
  }
  return options;
}

}  // namespace

// Outlives the coroutine's interest only by the reference that the model's thread holds.
struct Runtime::Errand {
  // Before it begins, on a thread for text: counts the tokens.
  std::function<std::uint64_t(const Backend&)> prepare;
  // On the model's thread, until it returns true: a part of it.
  std::function<bool(Backend&)> part;
  UsageRecord::Kind kind = UsageRecord::Kind::kEmbed;
  std::optional<ModelError> error;
  std::uint64_t tokens = 0;
  bool done = false;
  Event turned;
};

Runtime::Runtime(RuntimeOptions options)
    : options_(with_metrics(std::move(options), own_metrics_)),
      limits_(*options_.clock),
      text_("model-text", options_.text_threads),
      registry_(options_) {}

Runtime::~Runtime() = default;

std::vector<ModelStatus> Runtime::models() const { return registry_.list(); }
void Runtime::add_model(ModelFile file) { registry_.add(std::move(file)); }
bool Runtime::remove_model(const std::string& name) { return registry_.remove(name); }
bool Runtime::pin_model(const std::string& name, bool pinned) {
  return registry_.pin(name, pinned);
}
void Runtime::expect_model(const std::string& name, const std::string& problem) {
  registry_.expect(name, problem);
}
std::size_t Runtime::unload_idle() { return registry_.unload_idle(); }

ModelResult<void> Runtime::begin_load(const std::string& name) {
  return registry_.begin_load(name);
}
ModelRuntime::Unloading Runtime::begin_unload(const std::string& name) {
  return registry_.begin_unload(name);
}
ModelMemory Runtime::memory() const { return registry_.memory(); }

Task<ModelResult<bool>> Runtime::load_model(const std::string& name) {
  auto lease = co_await registry_.open(name);
  if (!lease) co_return std::unexpected(std::move(lease.error()));
  co_return true;
}

Task<ModelResult<std::unique_ptr<Generation>>> Runtime::generate(const GenerateRequest& request) {
  const auto begun = std::chrono::steady_clock::now();
  const Time now = options_.clock->now();
  auto ticket = limits_.enter(request.tenant);
  if (!ticket) co_return std::unexpected(std::move(ticket.error()));
  auto lease = co_await registry_.open(request.model);
  if (!lease) co_return std::unexpected(std::move(lease.error()));
  auto prepared = co_await run_on(text_, [&request, &lease, this, now] {
    return prepare(request, (*lease)->backend(), options_.load, now);
  });
  if (!prepared) co_return std::unexpected(std::move(prepared.error()));

  ModelLoop& loop = (*lease)->loop();
  auto stream = std::make_shared<Stream>(loop.signal());
  auto generation =
      std::make_unique<RuntimeGeneration>(stream, *lease, std::move(prepared->prompt));
  Job& job = *prepared->job;
  job.submitted = begun;
  job.stream = std::move(stream);
  job.ticket = std::move(*ticket);
  job.lease = *lease;
  auto submitted = loop.submit(std::move(prepared->job));
  if (!submitted) co_return std::unexpected(std::move(submitted.error()));
  co_return std::unique_ptr<Generation>(std::move(generation));
}

// Runs the errand's parts one by one, so that the replies beside them go on.
Task<ModelResult<void>> Runtime::run_errand(const std::string& model, const Tenant& tenant,
                                            std::shared_ptr<Errand> errand) {
  auto ticket = limits_.enter(tenant);
  if (!ticket) co_return std::unexpected(std::move(ticket.error()));
  auto lease = co_await registry_.open(model);
  if (!lease) co_return std::unexpected(std::move(lease.error()));
  Backend& backend = (*lease)->backend();
  errand->tokens = co_await run_on(text_, [&] { return errand->prepare(backend); });

  ModelLoop& loop = (*lease)->loop();
  const auto begun = std::chrono::steady_clock::now();
  bool admitted = false;
  while (!errand->done && !errand->error) {
    auto queued = loop.run(tenant, [errand](Backend& on) {
      errand->done = errand->part(on);
      errand->turned.set();
    });
    if (!queued) errand->error = std::move(queued.error());
    if (!queued) break;
    admitted = true;
    co_await errand->turned.wait();
  }
  if (admitted) {
    UsageRecord record;
    record.kind = errand->kind;
    record.id = tenant.usage_id;
    record.tenant = tenant.id;
    record.usage.prompt_tokens = errand->tokens;
    record.usage.prefill = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begun);
    Outcome outcome{FinishReason::kStop, errand->error};
    if (errand->error) outcome.finish.reset();
    (*ticket)->charge(errand->tokens);
    loop.record(std::move(record), outcome, [errand] { errand->turned.set(); });
    co_await errand->turned.wait();
  }
  if (errand->error) co_return std::unexpected(std::move(*errand->error));
  co_return ModelResult<void>();
}

Task<ModelResult<EmbedResult>> Runtime::embed(const std::string& model,
                                              const std::vector<std::string>& texts,
                                              const Tenant& tenant) {
  auto tokens = std::make_shared<std::vector<std::vector<Token>>>();
  auto result = std::make_shared<EmbedResult>();
  auto errand = std::make_shared<Errand>();
  errand->prepare = [&texts, tokens](const Backend& backend) {
    std::uint64_t count = 0;
    for (const std::string& text : texts) {
      tokens->push_back(backend.tokenize(text, true));
      count += tokens->back().size();
    }
    return count;
  };
  errand->part = [tokens, result, errand = errand.get()](Backend& backend) {
    const std::size_t begin = result->vectors.size();
    const std::size_t count = std::min(kTextsAtOnce, tokens->size() - begin);
    auto vectors = backend.embed(std::span(*tokens).subspan(begin, count));
    if (!vectors) {
      errand->error = to_model_error(vectors.error(), "make embeddings");
      return true;
    }
    for (auto& vector : *vectors) result->vectors.push_back(std::move(vector));
    return result->vectors.size() >= tokens->size();
  };
  auto done = co_await run_errand(model, tenant, errand);
  if (!done) co_return std::unexpected(std::move(done.error()));
  result->tokens = errand->tokens;
  co_return std::move(*result);
}

Task<ModelResult<RankResult>> Runtime::rank(const std::string& model, const std::string& query,
                                            const std::vector<std::string>& documents,
                                            const Tenant& tenant) {
  auto pairs = std::make_shared<std::vector<std::vector<Token>>>();
  auto result = std::make_shared<RankResult>();
  auto errand = std::make_shared<Errand>();
  errand->kind = UsageRecord::Kind::kRank;
  errand->prepare = [&query, &documents, pairs](const Backend& backend) {
    std::uint64_t count = 0;
    for (const std::string& document : documents) {
      pairs->push_back(backend.pair(query, document));
      count += pairs->back().size();
    }
    return count;
  };
  errand->part = [pairs, result, errand = errand.get()](Backend& backend) {
    const std::size_t begin = result->scores.size();
    const std::size_t count = std::min(kTextsAtOnce, pairs->size() - begin);
    auto scores = backend.rank(std::span(*pairs).subspan(begin, count));
    if (!scores) {
      errand->error = to_model_error(scores.error(), "rank documents");
      return true;
    }
    result->scores.insert(result->scores.end(), scores->begin(), scores->end());
    return result->scores.size() >= pairs->size();
  };
  auto done = co_await run_errand(model, tenant, errand);
  if (!done) co_return std::unexpected(std::move(done.error()));
  result->tokens = errand->tokens;
  co_return std::move(*result);
}

Task<ModelResult<ModelServer::Tokens>> Runtime::tokenize(const std::string& model,
                                                         const std::string& text) {
  auto lease = co_await registry_.open(model);
  if (!lease) co_return std::unexpected(std::move(lease.error()));
  const Backend& backend = (*lease)->backend();
  co_return co_await run_on(text_, [&backend, &text]() -> ModelResult<Tokens> {
    Tokens tokens;
    tokens.ids = backend.tokenize(text, false);
    for (Token id : tokens.ids) tokens.texts.push_back(backend.piece(id, true));
    return tokens;
  });
}

std::unique_ptr<ModelRuntime> make_model_server(RuntimeOptions options) {
  return std::make_unique<Runtime>(std::move(options));
}

}  // namespace lakeside::serving
