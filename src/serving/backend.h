// One loaded model as the arithmetic offers it: llamacpp/ runs real ones, fake/ stands in for them
// in tests. serving/runtime schedules many requests on it and is its only user; services see
// serving/model.h. Both pass the suite in contract/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lakeside::serving {

using Token = std::int32_t;
using SequenceId = std::int32_t;

// What a model says of itself.
struct ModelCard {
  std::string architecture;  // "llama", "bert"
  std::string description;   // "llama 135M Q4_1"
  std::uint64_t parameters = 0;
  std::uint64_t file_bytes = 0;
  std::uint32_t vocabulary = 0;       // tokens are 0 … vocabulary-1
  std::uint32_t trained_context = 0;  // tokens
  std::uint32_t embedding_size = 0;   // numbers in a vector of embed()
  bool generates = true;
  bool embeds = false;        // made for embeddings
  bool reranks = false;       // made for ranking pairs
  std::string chat_template;  // empty: it has none
};

struct LoadOptions {
  std::string path;                     // a GGUF file
  std::uint32_t context_tokens = 8192;  // cells of the cache, shared by all sequences
  std::uint32_t max_sequences = 64;     // sequences are 0 … max_sequences-1
  std::uint32_t batch_tokens = 512;     // the most rows of one decode()
  std::uint32_t threads = 0;            // 0: one for each core
};

// One token to be computed.
struct Row {
  Token token = 0;
  std::int32_t position = 0;  // the next one of its sequence
  SequenceId sequence = 0;
  bool wants_logits = false;
};

// A chat in OpenAI's form, both parts JSON arrays; the dialects are turned into this.
struct ChatInput {
  std::string messages;              // [{"role": …, "content": …}, …]
  std::string tools;                 // [{"type": "function", …}, …]; empty: none
  std::string tool_choice = "auto";  // "auto", "none", "required"
  bool parallel_tool_calls = false;
  // The reply's schema, JSON; empty: free text. With tools: of what is no call.
  std::string json_schema;
  // What the template is given beside, a JSON object: {"enable_thinking": false}; empty: nothing.
  std::string template_arguments;
};

// A chat as the model reads it, and what its reply looks like.
struct ChatPrompt {
  std::string text;
  std::string grammar;                 // GBNF that the reply keeps to; empty: none
  bool grammar_after_trigger = false;  // the grammar holds only from one of the triggers on
  std::vector<std::string> triggers;
  std::vector<std::string> stops;  // beside the caller's
  std::string parser;              // for parse_reply(); opaque
};

struct ToolCall {
  std::string id;  // may be empty where the model gives none
  std::string name;
  std::string arguments;  // JSON text, perhaps still incomplete
  friend bool operator==(const ToolCall&, const ToolCall&) = default;
};
struct ChatReply {
  std::string content;
  std::string reasoning;
  std::vector<ToolCall> tool_calls;
};

// What may come next under a grammar. For one generation, on the model's thread.
class Grammar {
 public:
  virtual ~Grammar() = default;
  // Makes the logits of all tokens that may not come next minus infinity. Costs little where most
  // are so already.
  virtual void mask(std::span<float> logits) = 0;
  virtual void accept(Token token) = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;

  // ---- text: from any thread ------------------------------------------------------------
  [[nodiscard]] virtual const ModelCard& card() const = 0;
  // `special`: texts like <|im_end|> become their tokens, and what begins a text is added.
  [[nodiscard]] virtual std::vector<Token> tokenize(std::string_view text, bool special) const = 0;
  // A query and a document as a model for ranking reads them, for rank().
  [[nodiscard]] virtual std::vector<Token> pair(std::string_view query,
                                                std::string_view document) const = 0;
  // The bytes of a token; they may be part of a character. Special tokens have none unless asked.
  [[nodiscard]] virtual std::string piece(Token token, bool special) const = 0;
  [[nodiscard]] virtual bool ends_generation(Token token) const = 0;
  // Errors: kInvalid for messages that the template refuses, a schema that is none; kUnsupported
  // where the model has no chat template.
  [[nodiscard]] virtual Result<ChatPrompt> render(const ChatInput& chat) const = 0;
  // Of a whole or, with `partial`, a growing reply.
  [[nodiscard]] virtual Result<ChatReply> parse_reply(const ChatPrompt& prompt,
                                                      std::string_view text,
                                                      bool partial) const = 0;
  // Errors: kInvalid.
  [[nodiscard]] virtual Result<std::unique_ptr<Grammar>> grammar(std::string_view gbnf) const = 0;
  // GBNF of a JSON schema. Errors: kInvalid.
  [[nodiscard]] virtual Result<std::string> schema_grammar(std::string_view json_schema) const = 0;

  // ---- arithmetic: one thread at a time -------------------------------------------------
  // Computes the rows and keeps them in the cache. Errors: kNoSpace where the cache has no room
  // for all (then nothing was done), kIo.
  virtual Status decode(std::span<const Row> rows) = 0;
  // Of row `index` of the last decode(), which wanted them; until the next decode().
  [[nodiscard]] virtual std::span<const float> logits(std::size_t index) const = 0;
  // The first `length` tokens of `from` are the first ones of `to` too; `to` was empty. Costs no
  // cells.
  virtual void share(SequenceId from, SequenceId to, std::int32_t length) = 0;
  // Forgets what is in a sequence from position `length` on; 0: all. Cells that no sequence uses
  // any more are free.
  virtual void truncate(SequenceId sequence, std::int32_t length) = 0;

  // A vector of unit length for each text. Errors: kTooLarge, kUnsupported.
  virtual Result<std::vector<std::vector<float>>> embed(
      std::span<const std::vector<Token>> texts) = 0;
  // How well each pair's document answers its query, from 0 to 1. Errors as embed().
  virtual Result<std::vector<float>> rank(std::span<const std::vector<Token>> pairs) = 0;
};

}  // namespace lakeside::serving
