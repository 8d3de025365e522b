#include "serving/llamacpp/llamacpp.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>

#include <gtest/gtest.h>

#include "serving/llamacpp/cpu.h"
#include "serving/llamacpp/embedder.h"
#include "serving/llamacpp/gpus.h"
#include "serving/llamacpp/grammar.h"
#include "serving/llamacpp/simple_tools.h"
#include "serving/llamacpp/tests/gguf_builder.h"

namespace lakeside::serving {
namespace {

ErrorCode load_error(const std::string& path) {
  LoadOptions options;
  options.path = path;
  auto loaded = load_llamacpp(options);
  EXPECT_FALSE(loaded);
  return loaded ? ErrorCode::kTimeout : loaded.error().code;
}

std::string file_of(std::string_view name, std::string_view bytes) {
  std::string path = testing::TempDir() + "lakeside-llamacpp-test-" + std::string(name);
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

TEST(LlamaCpp, FilesThatAreNoModels) {
  EXPECT_EQ(load_error("/nowhere/model.gguf"), ErrorCode::kNotFound);
  EXPECT_EQ(load_error(file_of("text", "a letter to a friend, not a model")), ErrorCode::kCorrupt);
  // Right by the header, but with nothing that makes a model.
  std::string empty = GgufBuilder().text("general.architecture", "llama").build(0);
  EXPECT_EQ(load_error(file_of("empty", empty)), ErrorCode::kCorrupt);
  std::string strange = GgufBuilder().text("general.architecture", "abacus").build(0);
  EXPECT_EQ(load_error(file_of("strange", strange)), ErrorCode::kUnsupported);
}

TEST(LlamaCpp, LayersForGpus) {
  constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;
  const ModelNeeds model{.bytes = 33 * kGiB, .blocks = 32};
  const auto layers = [&](std::uint64_t free, std::uint32_t gpus) {
    return layers_for_gpus(model, {.total = free, .free = free, .gpus = gpus});
  };
  EXPECT_EQ(layers(34 * kGiB, 1), -1) << "all";
  EXPECT_EQ(layers(34 * kGiB, 2), 32) << "each needs room to work";
  EXPECT_EQ(layers(11 * kGiB, 1), 10);
  EXPECT_EQ(layers(kGiB / 2, 1), 0);
  EXPECT_EQ(layers(0, 1), 0);
  EXPECT_EQ(layers_for_gpus({.bytes = 2 * kGiB, .blocks = 0}, {.free = kGiB, .gpus = 1}), 0);
}

TEST(LlamaCpp, AModelCutShort) {
  std::string path = LAKESIDE_MODELS "/SmolLM2-135M-Instruct.Q4_1.gguf";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the model is not here";
  std::ifstream model(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(model), {});
  for (std::size_t size :
       {std::size_t{0}, std::size_t{4}, std::size_t{1000}, bytes.size() / 2, bytes.size() - 1}) {
    EXPECT_EQ(load_error(file_of("cut", bytes.substr(0, size))), ErrorCode::kCorrupt) << size;
  }
}

TEST(LlamaCpp, OptionsThatNoModelCanHave) {
  std::string path = LAKESIDE_MODELS "/SmolLM2-135M-Instruct.Q4_1.gguf";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the model is not here";
  for (auto change : {+[](LoadOptions& o) { o.max_sequences = 100'000; },
                      +[](LoadOptions& o) { o.batch_tokens = 0; },
                      +[](LoadOptions& o) { o.context_tokens = 100; }}) {
    LoadOptions options;
    options.path = path;
    change(options);
    auto loaded = load_llamacpp(options);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::kInvalid);
  }
}

float product(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

TEST(LlamaCpp, AModelForEmbeddings) {
  LoadOptions options;
  options.path = LAKESIDE_MODELS "/minilm.gguf";
  options.threads = 1;
  if (!std::filesystem::exists(options.path)) GTEST_SKIP() << "the model is not here";
  auto loaded = load_llamacpp(options);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  Backend& model = **loaded;
  EXPECT_TRUE(model.card().embeds);
  EXPECT_FALSE(model.card().generates);
  EXPECT_EQ(model.card().embedding_size, 384U);
  std::vector<std::vector<Token>> texts;
  for (std::string_view text : {"A cat sleeps on the sofa.", "A kitten naps on the couch.",
                                "Stock prices fell sharply on Monday."}) {
    texts.push_back(model.tokenize(text, true));
  }
  auto vectors = model.embed(texts);
  ASSERT_TRUE(vectors) << vectors.error().detail;
  EXPECT_GT(product((*vectors)[0], (*vectors)[1]), 0.6F);
  EXPECT_LT(product((*vectors)[0], (*vectors)[2]), 0.3F);
  // Alone as among others.
  auto alone = model.embed({&texts[1], 1});
  ASSERT_TRUE(alone);
  EXPECT_GT(product((*alone)[0], (*vectors)[1]), 0.999F);
  // More than one batch takes, and a text that is too long.
  std::vector<std::vector<Token>> many(100, texts[0]);
  EXPECT_EQ(model.embed(many)->size(), 100U);
  std::vector<std::vector<Token>> long_text(1, std::vector<Token>(1000, texts[0][1]));
  EXPECT_EQ(model.embed(long_text).error().code, ErrorCode::kTooLarge);
  // What it is not made for.
  EXPECT_EQ(model.rank({}).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(model.decode({}).error().code, ErrorCode::kUnsupported);
}

TEST(LlamaCpp, AModelForRanking) {
  LoadOptions options;
  options.path = LAKESIDE_MODELS "/minilm-rerank.gguf";
  options.threads = 1;
  if (!std::filesystem::exists(options.path)) GTEST_SKIP() << "the model is not here";
  auto loaded = load_llamacpp(options);
  ASSERT_TRUE(loaded) << loaded.error().detail;
  Backend& model = **loaded;
  EXPECT_TRUE(model.card().reranks);
  EXPECT_FALSE(model.card().embeds || model.card().generates);
  // As BERT's own tokenizer has pairs.
  const Token cls = 101;
  const Token sep = 102;
  std::vector<Token> pair = model.pair("cat", "dog");
  ASSERT_EQ(pair.size(), 5U);
  EXPECT_EQ(pair[0], cls);
  EXPECT_EQ(pair[2], sep);
  EXPECT_EQ(pair[4], sep);
  // What its numbers are, conformance/test_real_rerank.py computes apart from llama.cpp.
  std::vector<std::vector<Token>> many(100, pair);
  many.push_back(model.pair("cat", "stock prices fell"));
  auto scores = model.rank(many);
  ASSERT_TRUE(scores) << scores.error().detail;
  ASSERT_EQ(scores->size(), 101U);
  EXPECT_NEAR(scores->front(), (*scores)[99], 1e-4);
  EXPECT_GT(std::abs(scores->front() - scores->back()), 1e-3);
  std::vector<std::vector<Token>> long_pair = {std::vector<Token>(1000, pair[1])};
  EXPECT_EQ(model.rank(long_pair).error().code, ErrorCode::kTooLarge);
  std::vector<std::vector<Token>> no_token = {{-1}};
  EXPECT_EQ(model.rank(no_token).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(model.embed(many).error().code, ErrorCode::kUnsupported);
}

TEST(LlamaCpp, ScoresAreFrom0To1) {
  EXPECT_FLOAT_EQ(rank_score(std::vector<float>{0}), 0.5F);
  EXPECT_FLOAT_EQ(rank_score(std::vector<float>{-2}), 0.11920292F);
  EXPECT_FLOAT_EQ(rank_score(std::vector<float>{200}), 1.0F);
  EXPECT_FLOAT_EQ(rank_score(std::vector<float>{-200}), 0.0F);
  EXPECT_FLOAT_EQ(rank_score(std::vector<float>{0.25F, 0.75F}), 0.25F);
}

TEST(LlamaCpp, ThisProcessorHasAVariant) { EXPECT_FALSE(cpu_variant().empty()); }

TEST(LlamaCpp, Normalise) {
  std::vector<float> vector = {3, 4};
  normalise(vector);
  EXPECT_FLOAT_EQ(vector[0], 0.6F);
  EXPECT_FLOAT_EQ(vector[1], 0.8F);
  std::vector<float> zeros = {0, 0};
  normalise(zeros);
  EXPECT_EQ(zeros, (std::vector<float>{0, 0}));
}

TEST(LlamaCpp, ShallowJson) {
  EXPECT_TRUE(shallow_json(R"({"a": [1, 2, "[[[["]})"));
  EXPECT_TRUE(shallow_json(std::string(100, '[') + std::string(100, ']')));
  EXPECT_FALSE(shallow_json(std::string(1000, '[')));
  EXPECT_TRUE(shallow_json(R"("\"[" )" + std::string(1, '"') + std::string(1000, '[')))
      << "within a string";
}

TEST(SimpleTools, ACall) {
  ChatReply reply = parse_simple_tools(R"({"name": "f", "arguments": {"x": [1, 2]} })", false);
  ASSERT_EQ(reply.tool_calls.size(), 1U);
  EXPECT_EQ(reply.tool_calls[0], (ToolCall{"", "f", R"({"x": [1, 2]})"}));
  EXPECT_EQ(reply.content, "");
}

TEST(SimpleTools, TextBeforeACall) {
  ChatReply reply = parse_simple_tools("Let me see.\n{\"name\":\"f\",\"arguments\":{}}", false);
  ASSERT_EQ(reply.tool_calls.size(), 1U);
  EXPECT_EQ(reply.content, "Let me see.");
}

TEST(SimpleTools, WhatIsNoCall) {
  for (std::string_view text : {"hello", "{\"title\": 1}", "a { b", "{\"name\": 5}", ""}) {
    ChatReply reply = parse_simple_tools(text, false);
    EXPECT_EQ(reply.content, text);
    EXPECT_TRUE(reply.tool_calls.empty());
  }
}

// As it was shown while it grew.
TEST(SimpleTools, ACallThatIsCutOffIsACall) {
  ChatReply reply = parse_simple_tools(R"(So: {"name": "f", "arguments": {"x": )", false);
  ASSERT_EQ(reply.tool_calls.size(), 1U);
  EXPECT_EQ(reply.tool_calls[0], (ToolCall{"", "f", R"({"x": )"}));
  EXPECT_EQ(reply.content, "So:");
  reply = parse_simple_tools(R"({"name": "f", "argu)", false);
  ASSERT_EQ(reply.tool_calls.size(), 1U);
  EXPECT_EQ(reply.content, "");
  EXPECT_TRUE(parse_simple_tools(R"({"name": "f)", false).content.empty());
}

TEST(SimpleTools, WhatMayBecomeACallIsNotShown) {
  EXPECT_EQ(parse_simple_tools("So: {", true).content, "So:");
  EXPECT_EQ(parse_simple_tools("So: {\"na", true).content, "So:");
  EXPECT_EQ(parse_simple_tools("So: {\"no", true).content, "So: {\"no");
  ChatReply reply = parse_simple_tools(R"({"name": "f", "arguments": {"x": )", true);
  ASSERT_EQ(reply.tool_calls.size(), 1U);
  EXPECT_EQ(reply.tool_calls[0], (ToolCall{"", "f", R"({"x": )"}));
}

}  // namespace
}  // namespace lakeside::serving
