// The choice of the next token from its logits. For one generation, on the model's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "serving/backend.h"
#include "serving/model.h"

namespace lakeside::serving {

struct Choice {
  Token token = 0;
  // Where asked for: of the model itself, before penalties, temperature and grammar.
  float logprob = 0;
  std::vector<std::pair<Token, float>> alternatives;
};

class Sampler {
 public:
  // `logprobs`: with so many alternatives.
  Sampler(const Sampling& sampling, std::optional<std::uint32_t> logprobs);

  // From here on the reply keeps to it.
  void set_grammar(std::unique_ptr<Grammar> grammar) { grammar_ = std::move(grammar); }
  [[nodiscard]] bool has_grammar() const { return grammar_ != nullptr; }

  // Chooses, and takes the choice as made. Nothing where the grammar allows no token.
  std::optional<Choice> choose(std::span<const float> logits);

 private:
  struct Candidate {
    Token token;
    float weight;
  };
  void adjust();
  Token pick();
  bool allows(Token token);
  [[nodiscard]] Token likeliest() const;
  Token draw();
  void gather();
  void cut();
  void describe(std::span<const float> logits, Choice& choice) const;

  const Sampling sampling_;
  const std::optional<std::uint32_t> logprobs_;
  std::unique_ptr<Grammar> grammar_;
  std::mt19937_64 random_;
  std::unordered_map<Token, std::uint32_t> counts_;  // of the reply's tokens
  std::vector<float> logits_;                        // adjusted; kept for its memory
  std::vector<float> asked_;
  std::vector<Candidate> candidates_;
};

}  // namespace lakeside::serving
