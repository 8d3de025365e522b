#include "serving/runtime/sampler.h"

#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

namespace lakeside::serving {
namespace {

// Probabilities 0.5, 0.3, 0.15, 0.05.
std::vector<float> some_logits() {
  return {std::log(0.15F), std::log(0.5F), std::log(0.05F), std::log(0.3F)};
}

std::vector<int> drawn(Sampling sampling, int times = 20000) {
  sampling.seed = 7;
  Sampler sampler(sampling, {});
  std::vector<int> counts(4);
  for (int i = 0; i < times; ++i) {
    ++counts[static_cast<std::size_t>(sampler.choose(some_logits())->token)];
  }
  return counts;
}

TEST(Sampler, GreedyTakesTheLikeliest) {
  Sampler sampler({.temperature = 0}, {});
  EXPECT_EQ(sampler.choose(some_logits())->token, 1);
}

TEST(Sampler, DrawsByProbability) {
  auto counts = drawn({});
  EXPECT_NEAR(counts[1], 10000, 500);
  EXPECT_NEAR(counts[3], 6000, 500);
  EXPECT_NEAR(counts[0], 3000, 400);
  EXPECT_NEAR(counts[2], 1000, 300);
}

TEST(Sampler, TemperatureFlattensAndSharpens) {
  EXPECT_GT(drawn({.temperature = 0.5F})[1], 13000);
  EXPECT_LT(drawn({.temperature = 2})[1], 8000);
}

TEST(Sampler, CutsOffTheUnlikely) {
  EXPECT_EQ(drawn({.top_k = 1})[1], 20000);
  auto two = drawn({.top_k = 2});
  EXPECT_EQ(two[1] + two[3], 20000);
  auto nucleus = drawn({.top_p = 0.75F});
  EXPECT_EQ(nucleus[1] + nucleus[3], 20000);
  EXPECT_EQ(drawn({.top_p = 0.0F})[1], 20000);
  auto least = drawn({.min_p = 0.2F});  // of 0.5: 0.1
  EXPECT_EQ(least[2], 0);
  EXPECT_GT(least[0], 0);
}

TEST(Sampler, SameSeedSameReply) {
  Sampler one({.seed = 3}, {});
  Sampler two({.seed = 3}, {});
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(one.choose(some_logits())->token, two.choose(some_logits())->token);
  }
}

TEST(Sampler, PenaltiesAndBias) {
  Sampler presence({.temperature = 0, .presence_penalty = 100}, {});
  std::set<Token> seen;
  for (int i = 0; i < 4; ++i) seen.insert(presence.choose(some_logits())->token);
  EXPECT_EQ(seen.size(), 4U);
  Sampler frequency({.temperature = 0, .frequency_penalty = 0.3F}, {});
  EXPECT_EQ(frequency.choose(some_logits())->token, 1);
  EXPECT_EQ(frequency.choose(some_logits())->token, 1);
  EXPECT_EQ(frequency.choose(some_logits())->token, 3);
  Sampler repetition({.temperature = 0, .repetition_penalty = 2}, {});
  EXPECT_EQ(repetition.choose(some_logits())->token, 1);
  EXPECT_EQ(repetition.choose(some_logits())->token, 3);
  Sampler bias({.temperature = 0, .logit_bias = {{2, 100}, {99, 1}, {-1, 1}}}, {});
  EXPECT_EQ(bias.choose(some_logits())->token, 2);
}

TEST(Sampler, TellsLogprobs) {
  Sampler sampler({.temperature = 0, .logit_bias = {{2, 100}}}, 2);
  auto choice = sampler.choose(some_logits());
  EXPECT_EQ(choice->token, 2);
  EXPECT_NEAR(choice->logprob, std::log(0.05F), 1e-4F);  // the model's own, without the bias
  ASSERT_EQ(choice->alternatives.size(), 2U);
  EXPECT_EQ(choice->alternatives[0].first, 1);
  EXPECT_NEAR(choice->alternatives[0].second, std::log(0.5F), 1e-4F);
  EXPECT_EQ(choice->alternatives[1].first, 3);
}

// Allows one token, once.
class OneToken final : public Grammar {
 public:
  explicit OneToken(Token token) : token_(token) {}
  void mask(std::span<float> logits) override {
    for (std::size_t i = 0; i < logits.size(); ++i) {
      if (done_ || i != static_cast<std::size_t>(token_)) {
        logits[i] = -std::numeric_limits<float>::infinity();
      }
    }
  }
  void accept(Token token) override { done_ = token == token_; }

 private:
  Token token_;
  bool done_ = false;
};

TEST(Sampler, KeepsToAGrammar) {
  for (float temperature : {0.0F, 1.0F}) {
    Sampler sampler({.temperature = temperature}, {});
    sampler.set_grammar(std::make_unique<OneToken>(2));
    EXPECT_EQ(sampler.choose(some_logits())->token, 2);
    EXPECT_FALSE(sampler.choose(some_logits()));
  }
}

}  // namespace
}  // namespace lakeside::serving
