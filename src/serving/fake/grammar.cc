#include "serving/fake/grammar.h"

#include <algorithm>
#include <limits>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "serving/fake/vocabulary.h"

namespace lakeside::serving::fake {
namespace {

constexpr std::string_view kRoot = "root ::=";
constexpr float kNever = -std::numeric_limits<float>::infinity();
constexpr std::string_view kAnyText = "[^<]*";

struct Element {
  bool any_text = false;
  std::string literal;
};
using Alternative = std::vector<Element>;

// Where in which alternative a reading of the text so far may be.
struct State {
  std::size_t alternative = 0;
  std::size_t element = 0;
  std::size_t offset = 0;  // in a literal
  auto operator<=>(const State&) const = default;
};

class FakeGrammar final : public Grammar {
 public:
  explicit FakeGrammar(std::vector<Alternative> alternatives)
      : alternatives_(std::move(alternatives)) {
    for (std::size_t i = 0; i < alternatives_.size(); ++i) add(states_, {i, 0, 0});
  }

  void mask(std::span<float> logits) override {
    for (std::size_t token = 0; token < logits.size(); ++token) {
      if (logits[token] > kNever && !allows(static_cast<Token>(token))) {
        logits[token] = kNever;
      }
    }
  }

  void accept(Token token) override {
    if (is_byte(token)) states_ = after(static_cast<char>(token));
  }

 private:
  [[nodiscard]] bool allows(Token token) const {
    if (is_byte(token)) return !after(static_cast<char>(token)).empty();
    if (token != kEnd) return false;
    return std::ranges::any_of(states_, [this](const State& state) {
      return state.element == alternatives_[state.alternative].size();
    });
  }

  [[nodiscard]] std::set<State> after(char c) const {
    std::set<State> next;
    for (const State& state : states_) {
      const Alternative& elements = alternatives_[state.alternative];
      if (state.element == elements.size()) continue;
      const Element& element = elements[state.element];
      if (element.any_text) {
        if (c != '<') add(next, state);
      } else if (element.literal[state.offset] == c) {
        add(next, {state.alternative, state.element, state.offset + 1});
      }
    }
    return next;
  }

  // Adds the state and what it can be without another byte.
  void add(std::set<State>& states, State state) const {
    const Alternative& elements = alternatives_[state.alternative];
    while (state.element < elements.size() && !elements[state.element].any_text &&
           state.offset == elements[state.element].literal.size()) {
      state = {state.alternative, state.element + 1, 0};
    }
    states.insert(state);
    if (state.element < elements.size() && elements[state.element].any_text) {
      add(states, {state.alternative, state.element + 1, 0});
    }
  }

  std::vector<Alternative> alternatives_;
  std::set<State> states_;
};

char unescaped(char c) { return c == 'n' ? '\n' : c == 't' ? '\t' : c; }

// Takes the literal at the front of `text`, which begins with its quote.
Result<std::string> take_literal(std::string_view& text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    if (text[i] != '\\') {
      value += text[i];
    } else if (++i < text.size()) {
      value += unescaped(text[i]);
    }
  }
  return fail(ErrorCode::kInvalid, "a literal without end");
}

}  // namespace

Result<std::unique_ptr<Grammar>> parse_grammar(std::string_view gbnf) {
  if (!gbnf.starts_with(kRoot)) return fail(ErrorCode::kInvalid, "no root");
  gbnf.remove_prefix(kRoot.size());
  std::vector<Alternative> alternatives(1);
  while (!gbnf.empty()) {
    if (gbnf.front() == ' ' || gbnf.front() == '\n') {
      gbnf.remove_prefix(1);
    } else if (gbnf.front() == '|') {
      alternatives.emplace_back();
      gbnf.remove_prefix(1);
    } else if (gbnf.starts_with(kAnyText)) {
      alternatives.back().push_back({true, {}});
      gbnf.remove_prefix(kAnyText.size());
    } else if (gbnf.front() == '"') {
      auto value = take_literal(gbnf);
      if (!value) return std::unexpected(std::move(value.error()));
      alternatives.back().push_back({false, std::move(*value)});
    } else {
      return fail(ErrorCode::kInvalid, "cannot read the grammar at: " + std::string(gbnf));
    }
  }
  return std::make_unique<FakeGrammar>(std::move(alternatives));
}

std::string literal(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace lakeside::serving::fake
