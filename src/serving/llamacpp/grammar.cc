#include "serving/llamacpp/grammar.h"

#include <cmath>
#include <cstddef>
#include <exception>
#include <limits>
#include <optional>
#include <utility>

#include <common/json-schema-to-grammar.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "serving/llamacpp/gbnf.h"
#include "serving/llamacpp/handles.h"
#include "serving/llamacpp/schemas.h"
#include "serving/llamacpp/text.h"

namespace lakeside::serving {
namespace {

constexpr std::string_view kStartMark = "# lakeside ";
constexpr int kDeepestJson = 128;
constexpr std::size_t kLongestGrammar = std::size_t{4} << 20;

class LlamaGrammar final : public Grammar {
 public:
  LlamaGrammar(const llama_vocab* vocab, SamplerHandle sampler)
      : vocab_(vocab), sampler_(std::move(sampler)) {}

  void mask(std::span<float> logits) override {
    if (dead_) return only_the_end(logits);
    // Those alone that are still in question: the scheduler often asks about one.
    candidates_.clear();
    for (std::size_t i = 0; i < logits.size(); ++i) {
      if (logits[i] > -std::numeric_limits<float>::infinity()) {
        candidates_.push_back({static_cast<llama_token>(i), logits[i], 0});
      }
    }
    llama_token_data_array all = {candidates_.data(), candidates_.size(), -1, false};
    llama_sampler_apply(sampler_.get(), &all);
    for (std::size_t i = 0; i < all.size; ++i) {
      logits[static_cast<std::size_t>(all.data[i].id)] = all.data[i].logit;
    }
  }

  void accept(Token token) override {
    // llama.cpp ends the process over an end that comes too early.
    if (dead_ || llama_vocab_is_eog(vocab_, token)) return;
    try {
      llama_sampler_accept(sampler_.get(), token);
    } catch (const std::exception& error) {
      // A token that was masked. Nothing can follow any more.
      log(LogLevel::kDebug, "a token against the grammar", {{"error", error.what()}});
      dead_ = true;
    }
  }

  [[nodiscard]] bool dead() const { return dead_; }

 private:
  void only_the_end(std::span<float> logits) const {
    for (std::size_t i = 0; i < logits.size(); ++i) {
      if (!llama_vocab_is_eog(vocab_, static_cast<llama_token>(i))) {
        logits[i] = -std::numeric_limits<float>::infinity();
      }
    }
  }

  const llama_vocab* vocab_;
  SamplerHandle sampler_;
  std::vector<llama_token_data> candidates_;
  bool dead_ = false;
};

std::optional<GrammarStart> take_start(std::string_view& gbnf) {
  GrammarStart start;
  if (!gbnf.starts_with(kStartMark)) return start;
  std::size_t end = gbnf.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  auto json = nlohmann::json::parse(gbnf.substr(kStartMark.size(), end - kStartMark.size()),
                                    nullptr, false);
  gbnf.remove_prefix(end + 1);
  if (!json.is_object()) return std::nullopt;
  start.prefill = json.value("prefill", "");
  start.lazy = json.value("lazy", false);
  start.triggers = json.value("triggers", std::vector<std::string>());
  start.token_triggers = json.value("token_triggers", std::vector<std::int32_t>());
  return start;
}

SamplerHandle make_sampler(const llama_vocab* vocab, const GrammarStart& start,
                           const std::string& gbnf) {
  if (!start.lazy) return SamplerHandle(llama_sampler_init_grammar(vocab, gbnf.c_str(), "root"));
  std::vector<const char*> triggers;
  triggers.reserve(start.triggers.size());
  for (const std::string& trigger : start.triggers) triggers.push_back(trigger.c_str());
  return SamplerHandle(llama_sampler_init_grammar_lazy_patterns(
      vocab, gbnf.c_str(), "root", triggers.data(), triggers.size(), start.token_triggers.data(),
      start.token_triggers.size()));
}

Result<std::unique_ptr<Grammar>> make(const llama_vocab* vocab, std::string_view text) {
  std::optional<GrammarStart> start = take_start(text);
  if (!start) return fail(ErrorCode::kInvalid, "grammar: a damaged first line");
  std::string gbnf(text);
  if (gbnf.empty() || gbnf.size() > kLongestGrammar || gbnf.contains('\0') ||
      !shallow_groups(gbnf)) {
    return fail(ErrorCode::kInvalid, "grammar: empty, too large or too deep");
  }
  if (!ordered_repetitions(gbnf)) {
    return fail(ErrorCode::kInvalid, "grammar: a repetition of at least more than at most");
  }
  SamplerHandle sampler = make_sampler(vocab, *start, gbnf);
  if (!sampler) return fail(ErrorCode::kInvalid, "grammar: it does not parse");
  auto grammar = std::make_unique<LlamaGrammar>(vocab, std::move(sampler));
  if (!start->lazy) {
    for (Token token : tokens_of(vocab, start->prefill, false, true)) grammar->accept(token);
    if (grammar->dead()) return fail(ErrorCode::kInvalid, "grammar: not that of its prompt");
  }
  return grammar;
}

}  // namespace

std::string with_start(const GrammarStart& start, std::string_view gbnf) {
  nlohmann::json json = {{"prefill", start.prefill},
                         {"lazy", start.lazy},
                         {"triggers", start.triggers},
                         {"token_triggers", start.token_triggers}};
  std::string out(kStartMark);
  // Without line ends: JSON escapes those of its strings.
  out += json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  out += '\n';
  out += gbnf;
  return out;
}

Result<std::unique_ptr<Grammar>> make_grammar(const llama_vocab* vocab, std::string_view gbnf) {
  try {
    return make(vocab, gbnf);
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalid, std::string("grammar: ") + error.what());
  }
}

bool shallow_json(std::string_view json) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (in_string) {
      if (c == '\\') ++i;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepestJson) return false;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return true;
}

Result<std::string> grammar_of_schema(std::string_view json_schema) {
  if (!shallow_json(json_schema)) return fail(ErrorCode::kInvalid, "schema: nested too deep");
  try {
    auto parsed = nlohmann::ordered_json::parse(json_schema);
    if (!parsed.is_object()) return fail(ErrorCode::kInvalid, "schema: it is no object");
    auto schema = grammar_schema(std::move(parsed));
    if (!schema) return fail(ErrorCode::kInvalid, "schema: " + schema.error().detail);
    return with_rules(json_schema_to_grammar(common_json::parse(schema->schema.dump()), true),
                      *schema);
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalid, std::string("schema: ") + error.what());
  }
}

}  // namespace lakeside::serving
