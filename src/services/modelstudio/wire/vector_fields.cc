#include "services/modelstudio/wire/vector_fields.h"

#include "services/modelstudio/wire/chat_fields.h"

namespace lakeside::modelstudio::wire {
namespace {

constexpr std::int64_t kMaxDimensions = 1 << 16;

// A document is a text, or {"text": …}.
std::optional<std::string> document_text(Fields& fields, const std::string& name,
                                         const Json& document) {
  if (document.is_string()) return document.get<std::string>();
  if (document.is_object() && document.contains("text") && document["text"].is_string()) {
    return document["text"].get<std::string>();
  }
  fields.wrong_type(name, "a string", document);
  return std::nullopt;
}

}  // namespace

std::vector<std::string> read_inputs(Fields& fields, std::string_view name) {
  const Json* input = fields.find(name);
  if (input == nullptr) {
    fields.missing(name);
    return {};
  }
  if (input->is_array() && !input->empty() &&
      (input->front().is_number() || input->front().is_array())) {
    // LangChain sends OpenAI's tokens unless told not to; vLLM would embed them as its own.
    fields.invalid(name,
                   "send texts; arrays of tokens are not supported. With LangChain's "
                   "OpenAIEmbeddings, set check_embedding_ctx_length=False.",
                   "unsupported_value");
    return {};
  }
  auto texts = fields.texts(name, kMaxTexts);
  for (const std::string& text : texts) {
    if (text.empty()) fields.invalid(name, "a text may not be empty.", "invalid_value");
  }
  return texts;
}

std::optional<std::uint32_t> read_dimensions(Fields& fields, std::string_view name) {
  auto dimensions = fields.integer(name, 1, kMaxDimensions);
  if (!dimensions) return std::nullopt;
  return static_cast<std::uint32_t>(*dimensions);
}

void read_ranking(Fields& fields, Fields& options, ops::Rank& rank) {
  rank.query = fields.required_text("query");
  const Json* documents = fields.array("documents");
  if (documents == nullptr) return fields.missing("documents");
  if (documents->empty()) return fields.invalid("documents", "an empty array.", "empty_array");
  if (documents->size() > kMaxTexts) {
    return fields.invalid("documents", "at most " + std::to_string(kMaxTexts) + " documents.",
                          "array_above_max_length");
  }
  for (std::size_t i = 0; i < documents->size() && !fields.failed(); ++i) {
    std::string name = "documents[" + std::to_string(i) + "]";
    rank.documents.push_back(document_text(fields, name, (*documents)[i]).value_or(""));
  }
  if (auto top = options.integer("top_n", 1, INT32_MAX)) {
    rank.top = static_cast<std::uint32_t>(*top);
  }
  refuse(options, {"instruct", "rank_fields", "max_chunks_per_doc", "max_tokens_per_doc"});
  rank.return_documents = options.boolean("return_documents").value_or(false);
}

}  // namespace lakeside::modelstudio::wire
