// Vectors and ranks: a context of its own, without a cache that lasts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <llama.h>

#include "base/result.h"
#include "serving/backend.h"
#include "serving/llamacpp/handles.h"

namespace lakeside::serving {

struct EmbedderOptions {
  std::uint32_t longest = 512;  // tokens of a text
  std::uint32_t threads = 1;
  ggml_threadpool* pool = nullptr;
  enum llama_pooling_type pooling = LLAMA_POOLING_TYPE_UNSPECIFIED;  // the model's
};

class Embedder {
 public:
  // Errors: kNoSpace.
  [[nodiscard]] static Result<Embedder> make(llama_model* model, const EmbedderOptions& options);

  // What the model gives for each text: a vector, or a rank in its first element. Errors:
  // kTooLarge, kInvalid for an empty text, kIo.
  [[nodiscard]] Result<std::vector<std::vector<float>>> run(
      std::span<const std::vector<Token>> texts);

 private:
  Embedder(ContextHandle context, const EmbedderOptions& options, std::size_t width);
  [[nodiscard]] Status check(std::span<const std::vector<Token>> texts) const;
  [[nodiscard]] std::size_t how_many_fit(std::span<const std::vector<Token>> texts) const;
  [[nodiscard]] Status run_together(std::span<const std::vector<Token>> texts,
                                    std::vector<std::vector<float>>& out);

  ContextHandle context_;
  EmbedderOptions options_;
  std::size_t width_;  // numbers for each text
};

// A query and a document as a ranking model reads them.
[[nodiscard]] std::vector<Token> rank_tokens(const llama_model* model, std::string_view query,
                                             std::string_view document);

// What a model gives for a pair, as a score from 0 to 1.
[[nodiscard]] float rank_score(std::span<const float> rank);

// Of length 1, unless it is all zeros.
void normalise(std::vector<float>& vector);

}  // namespace lakeside::serving
