// Embedding, ranking and counting tokens, decoded in both dialects. Pure.
#pragma once

#include <string_view>

#include "services/modelstudio/ops/vectors.h"
#include "services/modelstudio/wire/fields.h"

namespace lakeside::modelstudio::wire {

struct EmbeddingRequest {
  ops::Embed embed;
  bool base64 = false;  // OpenAI's encoding_format
};
[[nodiscard]] Decoded<EmbeddingRequest> parse_openai_embedding(std::string_view body);
[[nodiscard]] Decoded<EmbeddingRequest> parse_dashscope_embedding(std::string_view body);

[[nodiscard]] Decoded<ops::Rank> parse_openai_rerank(std::string_view body);
[[nodiscard]] Decoded<ops::Rank> parse_dashscope_rerank(std::string_view body);

[[nodiscard]] Decoded<ops::Tokenize> parse_tokenizer(std::string_view body);

// {"index", "relevance_score", "document": {"text"}}
[[nodiscard]] Json ranking_json(const ops::Rank& request, const ops::Ranking& ranking);

}  // namespace lakeside::modelstudio::wire
