#include "serving/llamacpp/header_card.h"

#include <limits>
#include <string>

#include "base/encoding.h"

namespace lakeside::serving {
namespace {

// llama.h's LLAMA_POOLING_TYPE_NONE and _RANK, which are part of the file format.
constexpr const char* kNoPooling = "0";
constexpr const char* kRankPooling = "4";

std::uint32_t number(const std::string& text) {
  auto value = parse_uint(text);
  return value && *value <= std::numeric_limits<std::uint32_t>::max()
             ? static_cast<std::uint32_t>(*value)
             : 0;
}

void tell_purpose(const GgufFile& file, ModelCard& card) {
  const std::string pooling = file.of("pooling_type");
  card.reranks = pooling == kRankPooling;
  // Without a pooling type, but of the kind where tokens see those after them: a BERT.
  const bool looks_ahead = file.of("attention.causal") == "false";
  const bool pools = !pooling.empty() && pooling != kNoPooling;
  card.embeds = !card.reranks && (pools || looks_ahead);
  card.generates = !card.embeds && !card.reranks;
}

}  // namespace

ModelCard header_card(const GgufFile& file) {
  ModelCard card;
  card.architecture = file.architecture;
  card.description = file.architecture;
  if (auto label = file.value("general.size_label"); !label.empty()) {
    card.description += " " + label.substr(0, 64);
  }
  card.parameters = file.parameters;
  card.trained_context = number(file.of("context_length"));
  card.embedding_size = number(file.of("embedding_length"));
  tell_purpose(file, card);
  card.chat_template = file.value("tokenizer.chat_template");
  return card;
}

}  // namespace lakeside::serving
