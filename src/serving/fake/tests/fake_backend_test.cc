#include "serving/fake/fake_backend.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lakeside::serving {
namespace {

std::size_t likeliest(std::span<const float> logits) {
  return static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
}

// The reply to a prompt in sequence 0, under `grammar` where there is one.
std::string reply(Backend& model, const ChatPrompt& prompt, Grammar* grammar = nullptr) {
  model.truncate(0, 0);
  std::vector<Row> rows;
  for (Token token : model.tokenize(prompt.text, true)) {
    rows.push_back({token, static_cast<std::int32_t>(rows.size()), 0, false});
  }
  std::string text;
  auto length = static_cast<std::int32_t>(rows.size());
  while (true) {
    rows.back().wants_logits = true;
    Status status = model.decode(rows);
    if (!status) return "error: " + status.error().detail;
    auto seen = model.logits(rows.size() - 1);
    std::vector<float> logits(seen.begin(), seen.end());
    if (grammar) grammar->mask(logits);
    const auto token = static_cast<Token>(likeliest(logits));
    if (model.ends_generation(token)) return text;
    if (grammar) grammar->accept(token);
    text += model.piece(token, false);
    rows = {{token, length++, 0, true}};
  }
}

std::string answer(Backend& model, const ChatInput& chat) {
  auto prompt = model.render(chat);
  if (!prompt) return "error: " + prompt.error().detail;
  std::unique_ptr<Grammar> grammar;
  if (!prompt->grammar.empty() && !prompt->grammar_after_trigger) {
    grammar = *model.grammar(prompt->grammar);
  }
  return reply(model, *prompt, grammar.get());
}

ChatInput user(const std::string& text) {
  ChatInput chat;
  chat.messages = nlohmann::json::array({{{"role", "system"}, {"content", "be brief"}},
                                         {{"role", "user"}, {"content", text}}})
                      .dump();
  return chat;
}

TEST(FakeBackend, RepliesToTheLastMessage) {
  auto model = make_fake_backend({});
  EXPECT_EQ(answer(*model, user("grüß dich, Welt")), "grüß dich, Welt");
  EXPECT_EQ(answer(*model, user("repeat 3 ab")), "ab ab ab");
  EXPECT_EQ(answer(*model, user("say json")), R"({"answer": 42})");
  EXPECT_EQ(answer(*model, user("say hello")), "hello");
  EXPECT_EQ(reply(*model, {.text = "one two"}), "=> one two");
  EXPECT_EQ(answer(*model, {.messages = "[]"}), "error: no messages");
  EXPECT_TRUE(answer(*model, {.messages = "nonsense"}).starts_with("error: "));
}

// Drawn at any temperature, a long reply is the one of the script.
TEST(FakeBackend, IsSureAtEveryTemperature) {
  constexpr float kHottest = 2;
  auto model = make_fake_backend({});
  const std::vector<Row> row{{model->tokenize("a", false).front(), 0, 0, true}};
  ASSERT_TRUE(model->decode(row));
  const auto logits = model->logits(0);
  const float most = logits[likeliest(logits)];
  double others = -1;
  for (float logit : logits) others += std::exp((logit - most) / kHottest);
  EXPECT_LT(others, 1e-7);
}

TEST(FakeBackend, KeepsToASchema) {
  auto model = make_fake_backend({});
  ChatInput chat = user("anything");
  chat.json_schema = R"({"type":"object","properties":{
      "n":{"type":"integer","minimum":3},"s":{"enum":["x","y"]},
      "l":{"type":"array","minItems":2,"items":{"$ref":"#/$defs/e"}}},
      "$defs":{"e":{"type":"string","minLength":1}}})";
  EXPECT_EQ(answer(*model, chat), R"({"n":3,"s":"x","l":["a","a"]})");
  EXPECT_FALSE(model->schema_grammar("{"));
  EXPECT_FALSE(model->schema_grammar(R"({"$ref":"#"})"));
  EXPECT_FALSE(model->schema_grammar(R"({"type":"nonsense"})"));
  EXPECT_FALSE(model->schema_grammar(R"({"type":"string","minLength":"x"})"));
}

constexpr const char* kTools =
    R"([{"type":"function","function":{"name":"weather","parameters":{"type":"object",
        "properties":{"city":{"type":"string"}}}}}])";

TEST(FakeBackend, CallsTools) {
  auto model = make_fake_backend({});
  ChatInput chat = user(R"(call tool weather {"city": "Ulm"})");
  chat.tools = kTools;
  const std::string text = answer(*model, chat);
  auto whole = model->parse_reply({}, text, false);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->content, "");
  EXPECT_EQ(whole->tool_calls, (std::vector<ToolCall>{{"", "weather", R"({"city": "Ulm"})"}}));
  // A growing reply only ever grows.
  std::string arguments;
  for (std::size_t length = 0; length <= text.size(); ++length) {
    auto part = model->parse_reply({}, text.substr(0, length), true);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->content, "");
    if (part->tool_calls.empty()) continue;
    EXPECT_TRUE(part->tool_calls[0].arguments.starts_with(arguments));
    arguments = part->tool_calls[0].arguments;
  }
  EXPECT_EQ(arguments, R"({"city": "Ulm"})");
  chat = user("no call");
  chat.tools = kTools;
  EXPECT_EQ(answer(*model, chat), "no call");
  chat.tool_choice = "required";
  whole = model->parse_reply({}, answer(*model, chat), false);
  EXPECT_EQ(whole->tool_calls, (std::vector<ToolCall>{{"", "weather", R"({"city":""})"}}));
}

TEST(FakeBackend, SeparatesReasoning) {
  auto model = make_fake_backend({});
  auto parsed = model->parse_reply({}, answer(*model, user("think hm")), false);
  EXPECT_EQ(parsed->reasoning, "hm");
  EXPECT_EQ(parsed->content, "hm");
}

TEST(FakeBackend, KeepsTheBookOfTheCache) {
  FakeProbe probe;
  auto model = make_fake_backend(
      {.load = {.context_tokens = 4, .max_sequences = 2, .batch_tokens = 8}, .probe = &probe});
  auto row = [](std::int32_t position, SequenceId sequence) {
    return Row{'a', position, sequence, false};
  };
  EXPECT_TRUE(model->decode(std::vector{row(0, 0), row(1, 0)}));
  EXPECT_EQ(model->decode(std::vector{row(1, 0)}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(model->decode(std::vector{row(0, 2)}).error().code, ErrorCode::kInvalid);
  model->share(0, 1, 2);
  EXPECT_EQ(probe.cells_used, 2U);
  EXPECT_TRUE(model->decode(std::vector{row(2, 0), row(2, 1)}));
  EXPECT_EQ(probe.cells_used, 4U);
  EXPECT_EQ(model->decode(std::vector{row(3, 1)}).error().code, ErrorCode::kNoSpace);
  model->truncate(0, 0);
  EXPECT_EQ(probe.cells_used, 3U);  // what is shared stays
  model->truncate(1, 0);
  EXPECT_EQ(probe.cells_used, 0U);
  EXPECT_EQ(probe.rows, 4U);
}

float nearness(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

TEST(FakeBackend, EmbedsAndRanks) {
  auto model = make_fake_backend({});
  std::vector<std::vector<Token>> texts;
  for (const char* text : {"a red apple fell", "A red apple falls", "quantum field theory"}) {
    texts.push_back(model->tokenize(text, false));
  }
  auto vectors = model->embed(texts);
  ASSERT_TRUE(vectors);
  EXPECT_EQ(vectors->front().size(), kFakeEmbeddingSize);
  EXPECT_NEAR(nearness((*vectors)[0], (*vectors)[0]), 1.0F, 1e-5F);
  EXPECT_GT(nearness((*vectors)[0], (*vectors)[1]), nearness((*vectors)[0], (*vectors)[2]));
  std::vector<std::vector<Token>> pairs;
  for (const char* document : {"a pear", "the red apple", "an apple"}) {
    pairs.push_back(model->pair("red apple", document));
  }
  EXPECT_EQ(*model->rank(pairs), (std::vector<float>{0, 1, 0.5F}));
}

}  // namespace
}  // namespace lakeside::serving
