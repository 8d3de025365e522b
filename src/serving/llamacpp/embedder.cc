#include "serving/llamacpp/embedder.h"

#include <cmath>
#include <numeric>
#include <utility>

#include <common/common.h>

#include "serving/llamacpp/text.h"

namespace lakeside::serving {
namespace {

constexpr std::size_t kMostTextsAtOnce = 32;

void append(std::vector<Token>& out, const std::vector<Token>& tokens) {
  out.insert(out.end(), tokens.begin(), tokens.end());
}

}  // namespace

Embedder::Embedder(ContextHandle context, const EmbedderOptions& options, std::size_t width)
    : context_(std::move(context)), options_(options), width_(width) {}

Result<Embedder> Embedder::make(llama_model* model, const EmbedderOptions& options) {
  llama_context_params params = llama_context_default_params();
  params.embeddings = true;
  params.pooling_type = options.pooling;
  // A text is computed in one piece: where every token sees every other, it cannot be cut.
  params.n_ctx = params.n_batch = params.n_ubatch = options.longest;
  params.n_seq_max = kMostTextsAtOnce;
  params.kv_unified = true;
  params.no_perf = true;
  params.n_threads = params.n_threads_batch = static_cast<std::int32_t>(options.threads);
  ContextHandle context(llama_init_from_model(model, params));
  if (!context) return fail(ErrorCode::kNoSpace, "no memory for embeddings");
  if (options.pool != nullptr) llama_attach_threadpool(context.get(), options.pool, nullptr);
  bool ranks = llama_pooling_type(context.get()) == LLAMA_POOLING_TYPE_RANK;
  std::size_t width = ranks ? llama_model_n_cls_out(model)
                            : static_cast<std::size_t>(llama_model_n_embd_out(model));
  return Embedder(std::move(context), options, width);
}

Status Embedder::check(std::span<const std::vector<Token>> texts) const {
  for (const std::vector<Token>& text : texts) {
    if (text.empty()) return fail(ErrorCode::kInvalid, "an empty text");
    if (text.size() > options_.longest) {
      return fail(ErrorCode::kTooLarge, "a text of " + std::to_string(text.size()) +
                                            " tokens; the model takes " +
                                            std::to_string(options_.longest));
    }
  }
  return {};
}

std::size_t Embedder::how_many_fit(std::span<const std::vector<Token>> texts) const {
  std::size_t tokens = 0;
  std::size_t count = 0;
  while (count < texts.size() && count < kMostTextsAtOnce) {
    tokens += texts[count].size();
    if (tokens > options_.longest) break;
    ++count;
  }
  return count;
}

Status Embedder::run_together(std::span<const std::vector<Token>> texts,
                              std::vector<std::vector<float>>& out) {
  std::size_t total = 0;
  for (const auto& text : texts) total += text.size();
  llama_batch batch = llama_batch_init(static_cast<std::int32_t>(total), 0, 1);
  for (std::size_t t = 0; t < texts.size(); ++t) {
    for (std::size_t i = 0; i < texts[t].size(); ++i) {
      std::int32_t row = batch.n_tokens++;
      batch.token[row] = texts[t][i];
      batch.pos[row] = static_cast<llama_pos>(i);
      batch.n_seq_id[row] = 1;
      batch.seq_id[row][0] = static_cast<llama_seq_id>(t);
      batch.logits[row] = 1;
    }
  }
  if (llama_memory_t memory = llama_get_memory(context_.get())) llama_memory_clear(memory, false);
  std::int32_t status = llama_decode(context_.get(), batch);
  llama_batch_free(batch);
  if (status != 0) return fail(ErrorCode::kIo, "embeddings: " + std::to_string(status));
  for (std::size_t t = 0; t < texts.size(); ++t) {
    const float* values = llama_get_embeddings_seq(context_.get(), static_cast<llama_seq_id>(t));
    if (values == nullptr) return fail(ErrorCode::kIo, "no embeddings came");
    out.emplace_back(values, values + width_);
  }
  return {};
}

Result<std::vector<std::vector<float>>> Embedder::run(std::span<const std::vector<Token>> texts) {
  if (Status checked = check(texts); !checked) return std::unexpected(checked.error());
  std::vector<std::vector<float>> out;
  while (!texts.empty()) {
    std::size_t count = how_many_fit(texts);
    if (Status done = run_together(texts.first(count), out); !done) {
      return std::unexpected(done.error());
    }
    texts = texts.subspan(count);
  }
  return out;
}

std::vector<Token> rank_tokens(const llama_model* model, std::string_view query,
                               std::string_view document) {
  const llama_vocab* vocab = llama_model_get_vocab(model);
  if (const char* form = llama_model_chat_template(model, "rerank")) {
    std::string text = form;
    string_replace_all(text, "{query}", std::string(query));
    string_replace_all(text, "{document}", std::string(document));
    return tokens_of(vocab, text, false, true);
  }
  llama_token end = llama_vocab_eos(vocab);
  if (end == LLAMA_TOKEN_NULL) end = llama_vocab_sep(vocab);
  std::vector<Token> out;
  if (llama_vocab_get_add_bos(vocab)) out.push_back(llama_vocab_bos(vocab));
  append(out, tokens_of(vocab, query, false, false));
  if (llama_vocab_get_add_eos(vocab)) out.push_back(end);
  if (llama_vocab_get_add_sep(vocab)) out.push_back(llama_vocab_sep(vocab));
  append(out, tokens_of(vocab, document, false, false));
  // A BERT learned its pairs with a separator at their end, too: [CLS] A [SEP] B [SEP]. Files that
  // do not say so ask for no end; llama.cpp's own server leaves it out then.
  bool ends = llama_vocab_get_add_eos(vocab) || llama_vocab_type(vocab) == LLAMA_VOCAB_TYPE_WPM;
  if (ends && end != LLAMA_TOKEN_NULL) out.push_back(end);
  return out;
}

float rank_score(std::span<const float> rank) {
  if (rank.empty()) return 0;
  // With several outputs they are shares of one already (Qwen3's yes and no): the first is the
  // score. A single one is a logit, and what clients compare with thresholds is from 0 to 1
  // everywhere: DashScope's, Cohere's and Jina's relevance_score.
  return rank.size() > 1 ? rank[0] : 1 / (1 + std::exp(-rank[0]));
}

void normalise(std::vector<float>& vector) {
  double square = std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0);
  if (square <= 0) return;
  auto scale = static_cast<float>(1 / std::sqrt(square));
  for (float& value : vector) value *= scale;
}

}  // namespace lakeside::serving
