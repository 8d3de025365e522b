#include "serving/runtime/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lakeside::serving {
namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();
// Tokens so far below the likeliest (e^-25) are no candidates: all together they would be drawn
// once in a million replies.
constexpr float kNegligible = 25.0F;

std::uint64_t fresh_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

}  // namespace

Sampler::Sampler(const Sampling& sampling, std::optional<std::uint32_t> logprobs)
    : sampling_(sampling),
      logprobs_(logprobs),
      random_(sampling.seed ? *sampling.seed : fresh_seed()) {}

std::optional<Choice> Sampler::choose(std::span<const float> logits) {
  logits_.assign(logits.begin(), logits.end());
  adjust();
  Choice choice;
  choice.token = pick();
  if (grammar_ && !allows(choice.token)) {
    grammar_->mask(logits_);
    choice.token = pick();
  }
  if (logits_[static_cast<std::size_t>(choice.token)] == kNever) return std::nullopt;
  if (grammar_) grammar_->accept(choice.token);
  ++counts_[choice.token];
  if (logprobs_) describe(logits, choice);
  return choice;
}

Token Sampler::pick() { return sampling_.temperature > 0 ? draw() : likeliest(); }

// To ask for one token costs far less than for all; and to draw again from all that are allowed
// where the first was not, draws as if from those alone.
bool Sampler::allows(Token token) {
  asked_.assign(logits_.size(), kNever);
  asked_[static_cast<std::size_t>(token)] = 0;
  grammar_->mask(asked_);
  return asked_[static_cast<std::size_t>(token)] != kNever;
}

// Biases, and penalties for what the reply has said before.
void Sampler::adjust() {
  for (const auto& [token, bias] : sampling_.logit_bias) {
    if (token >= 0 && static_cast<std::size_t>(token) < logits_.size()) {
      logits_[static_cast<std::size_t>(token)] += bias;
    }
  }
  if (sampling_.presence_penalty == 0 && sampling_.frequency_penalty == 0 &&
      sampling_.repetition_penalty == 1) {
    return;
  }
  for (const auto& [token, count] : counts_) {
    float& logit = logits_[static_cast<std::size_t>(token)];
    logit = logit > 0 ? logit / sampling_.repetition_penalty : logit * sampling_.repetition_penalty;
    logit -= sampling_.presence_penalty + sampling_.frequency_penalty * static_cast<float>(count);
  }
}

Token Sampler::likeliest() const {
  return static_cast<Token>(std::ranges::max_element(logits_) - logits_.begin());
}

Token Sampler::draw() {
  gather();
  cut();
  double sum = 0;
  for (const Candidate& candidate : candidates_) sum += candidate.weight;
  double drawn = std::uniform_real_distribution<double>(0, sum)(random_);
  for (const Candidate& candidate : candidates_) {
    drawn -= candidate.weight;
    if (drawn < 0) return candidate.token;
  }
  return candidates_.back().token;
}

// The candidates, each with its likelihood relative to the likeliest one's.
void Sampler::gather() {
  const float most = *std::ranges::max_element(logits_);
  candidates_.clear();
  if (most == kNever) {  // nothing is allowed
    candidates_.push_back({0, 1});
    return;
  }
  // min_p asks for a share of the likeliest token's probability, after temperature.
  float lowest = kNegligible;
  if (sampling_.min_p > 0) lowest = std::min(lowest, -std::log(sampling_.min_p));
  const float bound = most - lowest * sampling_.temperature;
  for (std::size_t token = 0; token < logits_.size(); ++token) {
    if (logits_[token] < bound) continue;
    candidates_.push_back(
        {static_cast<Token>(token), std::exp((logits_[token] - most) / sampling_.temperature)});
  }
}

// top_k and top_p: only these need the candidates in order.
void Sampler::cut() {
  auto heavier = [](const Candidate& a, const Candidate& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.token < b.token;
  };
  const auto most = static_cast<std::size_t>(std::max(sampling_.top_k, 0));
  if (most > 0 && most < candidates_.size()) {
    auto end = candidates_.begin() + static_cast<std::ptrdiff_t>(most);
    std::partial_sort(candidates_.begin(), end, candidates_.end(), heavier);
    candidates_.erase(end, candidates_.end());
  } else if (sampling_.top_p < 1) {
    std::ranges::sort(candidates_, heavier);
  }
  if (sampling_.top_p >= 1) return;
  double sum = 0;
  for (const Candidate& candidate : candidates_) sum += candidate.weight;
  double kept = 0;
  std::size_t count = 0;
  while (count < candidates_.size() && (count == 0 || kept < sum * sampling_.top_p)) {
    kept += candidates_[count++].weight;
  }
  candidates_.resize(count);
}

void Sampler::describe(std::span<const float> logits, Choice& choice) const {
  const float most = *std::ranges::max_element(logits);
  double sum = 0;
  for (float logit : logits) sum += std::exp(static_cast<double>(logit - most));
  const float whole = most + static_cast<float>(std::log(sum));
  choice.logprob = logits[static_cast<std::size_t>(choice.token)] - whole;
  std::vector<Token> order(logits.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Token>(i);
  const std::size_t count = std::min<std::size_t>(*logprobs_, order.size());
  auto likelier = [&](Token a, Token b) {
    const float of_a = logits[static_cast<std::size_t>(a)];
    const float of_b = logits[static_cast<std::size_t>(b)];
    return of_a != of_b ? of_a > of_b : a < b;
  };
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    likelier);
  for (std::size_t i = 0; i < count; ++i) {
    choice.alternatives.emplace_back(order[i], logits[static_cast<std::size_t>(order[i])] - whole);
  }
}

}  // namespace lakeside::serving
