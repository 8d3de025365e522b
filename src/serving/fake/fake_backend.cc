#include "serving/fake/fake_backend.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <cmath>
#include <set>
#include <utility>

#include "serving/fake/cells.h"
#include "serving/fake/chat.h"
#include "serving/fake/grammar.h"
#include "serving/fake/schema.h"
#include "serving/fake/script.h"
#include "serving/fake/vocabulary.h"

namespace lakeside::serving {
namespace {

using namespace fake;  // NOLINT(google-build-using-namespace): its own parts

// How far the scripted token stands above the noise of the others: at the highest temperature, 2,
// another is drawn once in hundreds of millions. (At 20, once in a million at temperature 1, and a
// test that made 90,000 tokens failed once in twenty runs.)
constexpr float kSure = 50.0F;

// FNV-1a; the same on every machine, as std::hash is not.
std::uint64_t hash_of(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325ULL) {
  for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || byte >= 0x80) {
      words.back() += static_cast<char>(std::tolower(byte));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// A sum of one direction for each word, so that texts with the same words are near each other.
std::vector<float> vector_of(std::string_view text) {
  std::vector<float> vector(kFakeEmbeddingSize, 0.01F);
  for (const std::string& word : words_of(text)) {
    const std::uint64_t bits = hash_of(word);
    for (std::size_t i = 0; i < vector.size(); ++i) {
      vector[i] += ((bits >> i) & 1U) != 0 ? 1.0F : -1.0F;
    }
  }
  float square = 0;
  for (float number : vector) square += number * number;
  for (float& number : vector) number /= std::sqrt(square);
  return vector;
}

class FakeBackend final : public Backend {
 public:
  explicit FakeBackend(const FakeOptions& options)
      : options_(options), cells_(options.load.context_tokens, options.load.max_sequences) {
    card_.architecture = "fake";
    card_.description = "a model without arithmetic";
    card_.parameters = options.file_bytes;
    card_.file_bytes = options.file_bytes;
    card_.vocabulary = static_cast<std::uint32_t>(kVocabulary);
    card_.trained_context = options.load.context_tokens;
    card_.embedding_size = kFakeEmbeddingSize;
    card_.generates = options.generates;
    card_.embeds = options.embeds;
    card_.reranks = options.reranks;
    if (options.chat_template) card_.chat_template = "fake";
  }

  ~FakeBackend() override { note_used(0); }

  const ModelCard& card() const override { return card_; }

  std::vector<Token> tokenize(std::string_view text, bool special) const override {
    std::vector<Token> tokens;
    if (special) tokens.push_back(kBegin);
    while (!text.empty()) {
      const Token token = special ? special_at(text) : byte_at(text);
      tokens.push_back(token);
      text.remove_prefix(piece(token, true).size());
    }
    return tokens;
  }

  std::vector<Token> pair(std::string_view query, std::string_view document) const override {
    std::vector<Token> tokens = tokenize(query, false);
    tokens.push_back(kEnd);
    const std::vector<Token> rest = tokenize(document, false);
    tokens.insert(tokens.end(), rest.begin(), rest.end());
    return tokens;
  }

  std::string piece(Token token, bool special) const override {
    if (is_byte(token)) return std::string(1, static_cast<char>(token));
    if (!special || token < kBegin || token >= kVocabulary) return {};
    return std::string(kSpecials[static_cast<std::size_t>(token - kBegin)]);
  }

  bool ends_generation(Token token) const override { return token == kEnd; }

  Result<ChatPrompt> render(const ChatInput& chat) const override {
    if (!options_.chat_template) return fail(ErrorCode::kUnsupported, "it has no chat template");
    return render_chat(chat);
  }

  Result<ChatReply> parse_reply(const ChatPrompt& prompt, std::string_view text,
                                bool partial) const override {
    return parse_chat_reply(prompt, text, partial);
  }

  Result<std::unique_ptr<Grammar>> grammar(std::string_view gbnf) const override {
    return parse_grammar(gbnf);
  }

  Result<std::string> schema_grammar(std::string_view json_schema) const override {
    auto instance = least_instance(json_schema);
    if (!instance) return instance;
    return "root ::= " + literal(*instance);
  }

  Status decode(std::span<const Row> rows) override {
    if (rows.empty() || rows.size() > options_.load.batch_tokens) {
      return fail(ErrorCode::kInvalid, "a batch of " + std::to_string(rows.size()) + " rows");
    }
    if (options_.probe && options_.probe->on_decode) {
      if (Status status = options_.probe->on_decode(rows); !status) return status;
    }
    if (Status status = cells_.append(rows); !status) return status;
    logits_.assign(rows.size(), {});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].wants_logits) logits_[i] = logits_after(rows[i]);
    }
    note_decode(rows.size());
    return {};
  }

  std::span<const float> logits(std::size_t index) const override {
    assert(!logits_.at(index).empty() && "the row did not want logits");
    return logits_[index];
  }

  void share(SequenceId from, SequenceId to, std::int32_t length) override {
    cells_.share(from, to, length);
  }

  void truncate(SequenceId sequence, std::int32_t length) override {
    cells_.truncate(sequence, length);
    note_used(cells_.used());
  }

  Result<std::vector<std::vector<float>>> embed(
      std::span<const std::vector<Token>> texts) override {
    if (!card_.embeds) return fail(ErrorCode::kUnsupported, "it makes no embeddings");
    std::vector<std::vector<float>> vectors;
    for (const std::vector<Token>& tokens : texts) {
      if (tokens.size() > options_.load.context_tokens) {
        return fail(ErrorCode::kTooLarge, std::to_string(tokens.size()) + " tokens");
      }
      std::string text;
      for (Token token : tokens) text += piece(token, false);
      vectors.push_back(vector_of(text));
    }
    return vectors;
  }

  Result<std::vector<float>> rank(std::span<const std::vector<Token>> pairs) override {
    if (!card_.reranks) return fail(ErrorCode::kUnsupported, "it ranks nothing");
    std::vector<float> scores;
    for (const std::vector<Token>& tokens : pairs) {
      if (tokens.size() > options_.load.context_tokens) {
        return fail(ErrorCode::kTooLarge, std::to_string(tokens.size()) + " tokens");
      }
      const auto middle = std::ranges::find(tokens, kEnd);
      std::string query;
      std::string document;
      for (auto at = tokens.begin(); at != tokens.end(); ++at) {
        (at < middle ? query : document) += piece(*at, false);
      }
      const auto wanted = words_of(query);
      const auto words = words_of(document);
      const std::set<std::string> held(words.begin(), words.end());
      const auto found = std::ranges::count_if(
          wanted, [&](const std::string& word) { return held.contains(word); });
      scores.push_back(
          wanted.empty() ? 0.0F : static_cast<float>(found) / static_cast<float>(wanted.size()));
    }
    return scores;
  }

 private:
  static Token byte_at(std::string_view text) {
    return static_cast<Token>(static_cast<unsigned char>(text.front()));
  }
  static Token special_at(std::string_view text) {
    for (std::size_t i = 0; i < kSpecials.size(); ++i) {
      if (text.starts_with(kSpecials[i])) return kBegin + static_cast<Token>(i);
    }
    return byte_at(text);
  }

  std::vector<float> logits_after(const Row& row) const {
    std::vector<Token> tokens = cells_.tokens(row.sequence);
    tokens.resize(static_cast<std::size_t>(row.position) + 1);
    std::vector<float> logits(static_cast<std::size_t>(kVocabulary));
    std::uint64_t noise = hash_of("noise") + static_cast<std::uint64_t>(row.position);
    for (float& number : logits) {
      noise = noise * 6364136223846793005ULL + 1442695040888963407ULL;
      number = static_cast<float>(noise >> 40U) / static_cast<float>(1U << 24U);
    }
    logits[static_cast<std::size_t>(next_token(tokens))] = kSure;
    return logits;
  }

  void note_decode(std::size_t rows) {
    if (!options_.probe) return;
    options_.probe->decodes += 1;
    options_.probe->rows += rows;
    if (rows > options_.probe->most_rows) options_.probe->most_rows = rows;
    note_used(cells_.used());
  }
  void note_used(std::size_t cells) {
    if (options_.probe) options_.probe->cells_used = cells;
  }

  const FakeOptions options_;
  ModelCard card_;
  Cells cells_;
  std::vector<std::vector<float>> logits_;
};

}  // namespace

std::unique_ptr<Backend> make_fake_backend(const FakeOptions& options) {
  return std::make_unique<FakeBackend>(options);
}

}  // namespace lakeside::serving
