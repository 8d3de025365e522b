#include "serving/llamacpp/llamacpp.h"

#include <algorithm>
#include <cassert>
#include <exception>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include <llama.h>

#include "serving/llamacpp/chat.h"
#include "serving/llamacpp/embedder.h"
#include "serving/llamacpp/gguf.h"
#include "serving/llamacpp/gpus.h"
#include "serving/llamacpp/grammar.h"
#include "serving/llamacpp/handles.h"
#include "serving/llamacpp/header_card.h"
#include "serving/llamacpp/library.h"
#include "serving/llamacpp/sizes.h"
#include "serving/llamacpp/text.h"

namespace lakeside::serving {
namespace {

constexpr std::uint32_t kLongestEmbedding = 8192;  // tokens

// What a loaded model consists of; the contexts go before the model and the threads.
struct Parts {
  ThreadPool pool;
  ModelHandle model;
  ContextHandle context;              // of generation
  std::optional<ChatTemplate> chats;  // unless the model has no template
  EmbedderOptions embedder_options;
};

class LlamaBackend final : public Backend {
 public:
  LlamaBackend(ModelCard card, Parts parts, const LoadOptions& options)
      : card_(std::move(card)),
        parts_(std::move(parts)),
        vocab_(llama_model_get_vocab(parts_.model.get())),
        options_(options),
        memory_(parts_.context ? llama_get_memory(parts_.context.get()) : nullptr) {}

  [[nodiscard]] const ModelCard& card() const override { return card_; }
  [[nodiscard]] std::vector<Token> tokenize(std::string_view text, bool special) const override {
    return tokens_of(vocab_, text, special, special);
  }
  [[nodiscard]] std::vector<Token> pair(std::string_view query,
                                        std::string_view document) const override {
    return rank_tokens(parts_.model.get(), query, document);
  }
  [[nodiscard]] std::string piece(Token token, bool special) const override {
    return piece_of(vocab_, token, special);
  }
  [[nodiscard]] bool ends_generation(Token token) const override {
    return token >= 0 && token < llama_vocab_n_tokens(vocab_) && llama_vocab_is_eog(vocab_, token);
  }
  [[nodiscard]] Result<ChatPrompt> render(const ChatInput& chat) const override {
    if (!parts_.chats) return fail(ErrorCode::kUnsupported, "the model has no chat template");
    return parts_.chats->render(chat);
  }
  [[nodiscard]] Result<ChatReply> parse_reply(const ChatPrompt& prompt, std::string_view text,
                                              bool partial) const override {
    return parse_chat_reply(prompt, text, partial);
  }
  [[nodiscard]] Result<std::unique_ptr<Grammar>> grammar(std::string_view gbnf) const override {
    return make_grammar(vocab_, gbnf);
  }
  [[nodiscard]] Result<std::string> schema_grammar(std::string_view json_schema) const override {
    return grammar_of_schema(json_schema);
  }

  Status decode(std::span<const Row> rows) override;
  [[nodiscard]] std::span<const float> logits(std::size_t index) const override;
  void share(SequenceId from, SequenceId to, std::int32_t length) override;
  void truncate(SequenceId sequence, std::int32_t length) override;
  Result<std::vector<std::vector<float>>> embed(std::span<const std::vector<Token>> texts) override;
  Result<std::vector<float>> rank(std::span<const std::vector<Token>> pairs) override;

 private:
  [[nodiscard]] Status check_tokens(std::span<const std::vector<Token>> texts) const;
  [[nodiscard]] Status check_rows(std::span<const Row> rows) const;
  void fill_batch(std::span<const Row> rows);
  [[nodiscard]] Result<std::vector<std::vector<float>>> run_embedder(
      std::span<const std::vector<Token>> texts);
  [[nodiscard]] bool is_sequence(SequenceId id) const {
    return id >= 0 && static_cast<std::uint32_t>(id) < options_.max_sequences;
  }

  ModelCard card_;
  Parts parts_;
  const llama_vocab* vocab_;
  LoadOptions options_;
  llama_memory_t memory_;
  std::optional<Embedder> embedder_;  // made when it is first needed

  // A batch as llama.cpp wants it, one array for each member of Row.
  std::vector<llama_token> tokens_;
  std::vector<llama_pos> positions_;
  std::vector<llama_seq_id> sequences_;
  std::vector<llama_seq_id*> sequence_lists_;
  std::vector<std::int32_t> sequence_counts_;
  std::vector<std::int8_t> outputs_;
};

Status LlamaBackend::check_rows(std::span<const Row> rows) const {
  if (!parts_.context) return fail(ErrorCode::kUnsupported, "the model does not generate");
  if (rows.empty() || rows.size() > options_.batch_tokens) {
    return fail(ErrorCode::kInvalid, "a batch of " + std::to_string(rows.size()) + " rows");
  }
  for (const Row& row : rows) {
    if (row.token < 0 || static_cast<std::uint32_t>(row.token) >= card_.vocabulary ||
        !is_sequence(row.sequence)) {
      return fail(ErrorCode::kInvalid, "a row of no token or sequence");
    }
  }
  return {};
}

void LlamaBackend::fill_batch(std::span<const Row> rows) {
  std::size_t count = rows.size();
  tokens_.resize(count);
  positions_.resize(count);
  sequences_.resize(count);
  sequence_lists_.resize(count);
  sequence_counts_.assign(count, 1);
  outputs_.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    tokens_[i] = rows[i].token;
    positions_[i] = rows[i].position;
    sequences_[i] = rows[i].sequence;
    sequence_lists_[i] = &sequences_[i];
    outputs_[i] = rows[i].wants_logits ? 1 : 0;
  }
}

Status LlamaBackend::decode(std::span<const Row> rows) {
  if (Status checked = check_rows(rows); !checked) return checked;
  fill_batch(rows);
  llama_batch batch = {static_cast<std::int32_t>(rows.size()),
                       tokens_.data(),
                       nullptr,
                       positions_.data(),
                       sequence_counts_.data(),
                       sequence_lists_.data(),
                       outputs_.data()};
  try {
    switch (int status = llama_decode(parts_.context.get(), batch)) {
      case 0:
        // GPUs go on computing after it; the scheduler measures how long a batch takes.
        llama_synchronize(parts_.context.get());
        return {};
      case 1:
        return fail(ErrorCode::kNoSpace, "the cache is full");
      case -1:
        return fail(ErrorCode::kInvalid, "rows out of order");
      default:
        return fail(ErrorCode::kIo, "llama_decode: " + std::to_string(status));
    }
  } catch (const std::exception& error) {
    return fail(ErrorCode::kIo, std::string("llama_decode: ") + error.what());
  }
}

std::span<const float> LlamaBackend::logits(std::size_t index) const {
  const float* values =
      llama_get_logits_ith(parts_.context.get(), static_cast<std::int32_t>(index));
  assert(values != nullptr);
  return {values, card_.vocabulary};
}

void LlamaBackend::share(SequenceId from, SequenceId to, std::int32_t length) {
  assert(memory_ != nullptr && is_sequence(from) && is_sequence(to));
  if (from != to && length > 0) llama_memory_seq_cp(memory_, from, to, 0, length);
}

void LlamaBackend::truncate(SequenceId sequence, std::int32_t length) {
  assert(memory_ != nullptr && is_sequence(sequence));
  llama_memory_seq_rm(memory_, sequence, std::max(length, 0), -1);
}

Result<std::vector<std::vector<float>>> LlamaBackend::run_embedder(
    std::span<const std::vector<Token>> texts) {
  try {
    if (!embedder_) {
      Result<Embedder> made = Embedder::make(parts_.model.get(), parts_.embedder_options);
      if (!made) return std::unexpected(made.error());
      embedder_ = std::move(*made);
    }
    return embedder_->run(texts);
  } catch (const std::exception& error) {
    return fail(ErrorCode::kIo, std::string("embeddings: ") + error.what());
  }
}

Status LlamaBackend::check_tokens(std::span<const std::vector<Token>> texts) const {
  for (const std::vector<Token>& text : texts) {
    for (Token token : text) {
      if (token < 0 || static_cast<std::uint32_t>(token) >= card_.vocabulary) {
        return fail(ErrorCode::kInvalid, "no token");
      }
    }
  }
  return {};
}

Result<std::vector<std::vector<float>>> LlamaBackend::embed(
    std::span<const std::vector<Token>> texts) {
  if (!card_.embeds) return fail(ErrorCode::kUnsupported, "the model is not for embeddings");
  if (Status checked = check_tokens(texts); !checked) return std::unexpected(checked.error());
  auto vectors = run_embedder(texts);
  if (vectors) std::ranges::for_each(*vectors, normalise);
  return vectors;
}

Result<std::vector<float>> LlamaBackend::rank(std::span<const std::vector<Token>> pairs) {
  if (!card_.reranks) return fail(ErrorCode::kUnsupported, "the model is not for ranking");
  if (Status checked = check_tokens(pairs); !checked) return std::unexpected(checked.error());
  auto ranks = run_embedder(pairs);
  if (!ranks) return std::unexpected(ranks.error());
  std::vector<float> scores;
  scores.reserve(ranks->size());
  for (const std::vector<float>& rank : *ranks) scores.push_back(rank_score(rank));
  return scores;
}

// ---- loading ------------------------------------------------------------------------------

Status check_options(const LoadOptions& options) {
  if (options.context_tokens == 0 || options.batch_tokens == 0 || options.max_sequences == 0 ||
      options.max_sequences > llama_max_parallel_sequences() ||
      options.batch_tokens > options.context_tokens) {
    return fail(ErrorCode::kInvalid, "a model cannot be loaded like that");
  }
  return {};
}

std::int32_t gpu_layers(const GgufFile& file, const LoadOptions& options) {
  const GpuMemory memory = gpu_memory();
  if (memory.gpus == 0) return -1;
  std::error_code ignored;
  const std::uint64_t weights = std::filesystem::file_size(options.path, ignored);
  const std::uint64_t cache = cache_bytes(file, options.context_tokens);
  return layers_for_gpus({.bytes = weights + cache, .blocks = block_count(file)}, memory);
}

Result<ModelHandle> load_model(const GgufFile& file, const LoadOptions& options) {
  const std::string& path = options.path;
  llama_model_params params = llama_model_default_params();
  params.n_gpu_layers = gpu_layers(file, options);
  params.progress_callback = [](float, void*) { return true; };
  forget_llamacpp_error();
  ModelHandle model(llama_model_load_from_file(path.c_str(), params));
  if (model) return model;
  std::string why = first_llamacpp_error();
  ErrorCode code = ErrorCode::kCorrupt;
  if (why.contains("unknown model architecture") || why.contains("not supported")) {
    code = ErrorCode::kUnsupported;
  } else if (why.contains("alloc")) {
    code = ErrorCode::kNoSpace;
  }
  return fail(code, path + ": " + why);
}

std::string description_of(const llama_model* model) {
  std::string text(128, '\0');
  std::int32_t length = llama_model_desc(model, text.data(), text.size());
  text.resize(std::clamp<std::size_t>(length < 0 ? 0 : length, 0, text.size() - 1));
  return text;
}

ModelCard card_of(const llama_model* model, const GgufFile& file, const std::string& path) {
  ModelCard card = header_card(file);
  card.description = description_of(model);
  card.parameters = llama_model_n_params(model);
  std::error_code ignored;
  card.file_bytes = std::filesystem::file_size(path, ignored);
  card.vocabulary = static_cast<std::uint32_t>(llama_vocab_n_tokens(llama_model_get_vocab(model)));
  card.trained_context = static_cast<std::uint32_t>(llama_model_n_ctx_train(model));
  card.embedding_size = static_cast<std::uint32_t>(llama_model_n_embd_out(model));
  const char* form = llama_model_chat_template(model, nullptr);
  card.chat_template = form == nullptr ? "" : form;
  return card;
}

// What the scheduler does to sequences, a cache of keys and values can do, a running state cannot.
Status check_kind(const llama_model* model) {
  if (llama_model_has_encoder(model)) {
    return fail(ErrorCode::kUnsupported, "models with encoder and decoder are not served");
  }
  if (llama_model_is_recurrent(model) || llama_model_is_hybrid(model)) {
    return fail(ErrorCode::kUnsupported, "recurrent models are not served");
  }
  return {};
}

Result<ContextHandle> make_context(const Parts& parts, const LoadOptions& options) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = options.context_tokens;
  // One piece for each decode(): the scheduler has cut already.
  params.n_batch = params.n_ubatch = options.batch_tokens;
  params.n_seq_max = options.max_sequences;
  params.kv_unified = true;  // cells belong to no sequence, so prefixes can be shared
  params.swa_full = true;    // keep what a window leaves behind: a prefix may be taken up there
  params.no_perf = true;
  params.n_threads = params.n_threads_batch =
      static_cast<std::int32_t>(thread_count(options.threads));
  ContextHandle context(llama_init_from_model(parts.model.get(), params));
  if (!context) return fail(ErrorCode::kNoSpace, "no memory for the cache");
  if (parts.pool) llama_attach_threadpool(context.get(), parts.pool.get(), nullptr);
  return context;
}

EmbedderOptions embedder_options(const Parts& parts, const GgufFile& file, const ModelCard& card,
                                 const LoadOptions& options) {
  EmbedderOptions out;
  out.longest =
      std::min({std::max(card.trained_context, 1U), options.context_tokens, kLongestEmbedding});
  out.threads = thread_count(options.threads);
  out.pool = parts.pool.get();
  std::string pooling = file.of("pooling_type");
  if (pooling.empty() || pooling == std::to_string(LLAMA_POOLING_TYPE_NONE)) {
    out.pooling = LLAMA_POOLING_TYPE_MEAN;
  }
  return out;
}

Result<std::unique_ptr<Backend>> load(const LoadOptions& options) {
  Result<GgufFile> file = read_gguf(options.path);
  if (!file) return std::unexpected(file.error());
  if (Status sizes = check_sizes(*file); !sizes) return std::unexpected(sizes.error());
  if (Status started = start_llamacpp(); !started) return std::unexpected(started.error());
  if (Status checked = check_options(options); !checked) return std::unexpected(checked.error());
  Parts parts;
  Result<ModelHandle> model = load_model(*file, options);
  if (!model) return std::unexpected(model.error());
  parts.model = std::move(*model);
  if (Status kind = check_kind(parts.model.get()); !kind) return std::unexpected(kind.error());
  parts.pool = make_thread_pool(options.threads);
  ModelCard card = card_of(parts.model.get(), *file, options.path);
  if (card.generates) {
    Result<ContextHandle> context = make_context(parts, options);
    if (!context) return std::unexpected(context.error());
    parts.context = std::move(*context);
  }
  if (Result<ChatTemplate> chats = ChatTemplate::of(parts.model.get()); chats) {
    parts.chats = std::move(*chats);
  } else {
    card.chat_template.clear();
  }
  parts.embedder_options = embedder_options(parts, *file, card, options);
  return std::make_unique<LlamaBackend>(std::move(card), std::move(parts), options);
}

}  // namespace

std::uint64_t gpu_memory_bytes() {
#ifdef LAKESIDE_CUDA
  if (start_llamacpp()) return gpu_memory().total;
#endif
  return 0;
}

Result<std::unique_ptr<Backend>> load_llamacpp(const LoadOptions& options) {
  try {
    return load(options);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kNoSpace, options.path + ": no memory");
  } catch (const std::exception& error) {
    return fail(ErrorCode::kCorrupt, options.path + ": " + error.what());
  }
}

}  // namespace lakeside::serving
