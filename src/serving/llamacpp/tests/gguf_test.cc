#include "serving/llamacpp/gguf.h"

#include <cstdint>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "serving/llamacpp/header_card.h"
#include "serving/llamacpp/sizes.h"
#include "serving/llamacpp/tests/gguf_builder.h"

namespace lakeside::serving {
namespace {

constexpr std::uint32_t kF32 = 0;
constexpr std::uint32_t kQ41 = 3;
constexpr std::uint32_t kArray = 9;

GgufBuilder small() {
  GgufBuilder builder;
  builder.text("general.architecture", "llama").u32("llama.context_length", 2048);
  return builder;
}

ErrorCode error_of(const std::string& file) {
  auto parsed = parse_gguf(as_bytes(file));
  EXPECT_FALSE(parsed) << "it was taken";
  return parsed ? ErrorCode::kNotFound : parsed.error().code;
}

TEST(Gguf, ReadsWhatAModelSaysOfItself) {
  std::string file = small()
                         .flag("llama.attention.causal", false)
                         .tensor("a", {4, 2}, kF32, 0)
                         .tensor("b", {32}, kQ41, 32)
                         .build(64);
  auto parsed = parse_gguf(as_bytes(file));
  ASSERT_TRUE(parsed) << parsed.error().detail;
  EXPECT_EQ(parsed->version, 3U);
  EXPECT_EQ(parsed->tensors, 2U);
  EXPECT_EQ(parsed->parameters, 40U);
  EXPECT_EQ(parsed->architecture, "llama");
  EXPECT_EQ(parsed->of("context_length"), "2048");
  EXPECT_EQ(parsed->of("attention.causal"), "false");
  EXPECT_EQ(parsed->value("nothing"), "");
  EXPECT_EQ(parsed->data_offset, file.size() - 64);
}

ModelCard card_of(GgufBuilder builder) {
  auto parsed = parse_gguf(as_bytes(builder.build(0)));
  return parsed ? header_card(*parsed) : ModelCard();
}

TEST(HeaderCard, SaysWhatAModelIsFor) {
  auto begin = [](const char* kind) {
    return std::move(GgufBuilder().text("general.architecture", kind));
  };
  ModelCard chats = card_of(begin("llama")
                                .text("general.size_label", "135M")
                                .u32("llama.context_length", 2048)
                                .text("tokenizer.chat_template", "{{ messages }}"));
  EXPECT_EQ(chats.description, "llama 135M");
  EXPECT_EQ(chats.trained_context, 2048U);
  EXPECT_TRUE(chats.generates && !chats.embeds && !chats.reranks && !chats.chat_template.empty());
  ModelCard embeds =
      card_of(begin("bert").u32("bert.embedding_length", 384).flag("bert.attention.causal", false));
  EXPECT_TRUE(!embeds.generates && embeds.embeds && !embeds.reranks);
  EXPECT_EQ(embeds.embedding_size, 384U);
  EXPECT_TRUE(card_of(begin("qwen3").u32("qwen3.pooling_type", 3)).embeds);
  ModelCard reranks = card_of(begin("qwen3").u32("qwen3.pooling_type", 4));
  EXPECT_TRUE(!reranks.generates && !reranks.embeds && reranks.reranks);
  EXPECT_TRUE(card_of(begin("qwen3").u32("qwen3.pooling_type", 0)).generates);
}

TEST(Gguf, EveryBeginningOfAFileIsRefused) {
  std::string strings = GgufBuilder::raw(std::uint32_t{8}) + GgufBuilder::raw(std::uint64_t{2}) +
                        GgufBuilder::string("x") + GgufBuilder::string("yz");
  std::string file = small().pair("tokens", kArray, strings).tensor("a", {4, 2}, kF32, 0).build(32);
  ASSERT_TRUE(parse_gguf(as_bytes(file)));
  for (std::size_t size = 0; size < file.size(); ++size) {
    EXPECT_EQ(error_of(file.substr(0, size)), ErrorCode::kCorrupt) << size;
  }
}

TEST(Gguf, OtherFilesAndVersions) {
  EXPECT_EQ(error_of("PK\3\4 something else altogether"), ErrorCode::kCorrupt);
  for (std::uint32_t version : {0U, 1U, 4U, 0x03000000U}) {
    GgufBuilder builder = small();
    builder.version = version;
    EXPECT_EQ(error_of(builder.build(0)), ErrorCode::kUnsupported) << version;
  }
}

TEST(Gguf, AbsurdCounts) {
  for (std::uint64_t count : {std::uint64_t{1}, std::uint64_t{1} << 17, std::uint64_t{1} << 63}) {
    GgufBuilder builder = small();
    builder.extra_pairs = count;
    EXPECT_EQ(error_of(builder.build(0)), ErrorCode::kCorrupt) << count;
    builder = small();
    builder.extra_tensors = count;
    EXPECT_EQ(error_of(builder.build(0)), ErrorCode::kCorrupt) << count;
  }
}

TEST(Gguf, AbsurdSizes) {
  constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
  auto array = [](std::uint32_t type, std::uint64_t count) {
    return GgufBuilder::raw(type) + GgufBuilder::raw(count);
  };
  EXPECT_EQ(error_of(small().pair("k", 8, GgufBuilder::raw(kHuge)).build(0)), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(small().pair("k", kArray, array(4, kHuge)).build(0)), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(small().pair("k", kArray, array(4, kHuge / 4 + 2)).build(0)),
            ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(small().pair("k", kArray, array(8, kHuge)).build(0)), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(small().pair("k", kArray, array(9, 1)).build(0)), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(small().pair("k", kArray, array(77, 0)).build(0)), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(small().pair("k", 77, "").build(0)), ErrorCode::kCorrupt);
}

TEST(Gguf, TensorsThatCannotBe) {
  constexpr std::uint64_t kHuge = std::uint64_t{1} << 33;
  auto with = [](const auto&... tensor) { return small().tensor(tensor...).build(64); };
  using Sizes = std::vector<std::uint64_t>;
  EXPECT_EQ(error_of(with("a", Sizes{0}, kF32, 0)), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(with("a", Sizes{kHuge, kHuge}, kF32, 0)), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(with("a", Sizes{1, 1, 1, 1, 1}, kF32, 0)), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(with("a", Sizes{31}, kQ41, 0)), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(with("a", Sizes{4}, kF32, 8)), ErrorCode::kCorrupt) << "not aligned";
  EXPECT_EQ(error_of(with("a", Sizes{4}, kF32, 64)), ErrorCode::kCorrupt) << "beyond the end";
  EXPECT_EQ(error_of(with("a", Sizes{4}, kF32, ~std::uint64_t{31})), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(with(std::string(64, 'n'), Sizes{4}, kF32, 0)), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(with("a", Sizes{4}, 4, 0)), ErrorCode::kUnsupported) << "a removed type";
  EXPECT_EQ(error_of(with("a", Sizes{4}, 1000, 0)), ErrorCode::kUnsupported);
}

TEST(Gguf, NothingComesTwice) {
  EXPECT_EQ(error_of(small().u32("k", 1).u32("k", 2).build(0)), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of(small().tensor("a", {1}, kF32, 0).tensor("a", {1}, kF32, 0).build(64)),
            ErrorCode::kCorrupt);
}

TEST(Gguf, AVocabularyHasNoTokenTwice) {
  auto with = [](std::string_view a, std::string_view b) {
    std::string strings = GgufBuilder::raw(std::uint32_t{8}) + GgufBuilder::raw(std::uint64_t{2}) +
                          GgufBuilder::string(a) + GgufBuilder::string(b);
    return small().pair("tokenizer.ggml.tokens", kArray, strings).build(0);
  };
  EXPECT_TRUE(parse_gguf(as_bytes(with("a", "b"))));
  EXPECT_TRUE(parse_gguf(as_bytes(with("", ""))));
  EXPECT_EQ(error_of(with("a", "a")), ErrorCode::kCorrupt);
}

TEST(Gguf, Alignment) {
  EXPECT_TRUE(parse_gguf(as_bytes(small().u32("general.alignment", 64).build(0, 64))));
  for (std::uint32_t alignment : {0U, 3U, 1U << 31}) {
    EXPECT_EQ(error_of(small().u32("general.alignment", alignment).build(0)), ErrorCode::kCorrupt);
  }
  EXPECT_EQ(error_of(small().text("general.alignment", "x").build(0)), ErrorCode::kCorrupt);
}

TEST(Gguf, AModelHasAnArchitecture) {
  EXPECT_EQ(error_of(GgufBuilder().build(0)), ErrorCode::kCorrupt);
}

TEST(Gguf, SizesThatLlamaCppShouldNotSee) {
  auto checked = [](std::string_view key, std::uint32_t value) {
    auto file = parse_gguf(as_bytes(GgufBuilder()
                                        .text("general.architecture", "llama")
                                        .u32(std::string("llama.") + std::string(key), value)
                                        .build(0)));
    return file && check_sizes(*file);
  };
  EXPECT_TRUE(checked("block_count", 80));
  EXPECT_FALSE(checked("block_count", 0));
  EXPECT_FALSE(checked("block_count", 1'000'000));
  EXPECT_FALSE(checked("context_length", 0));
  EXPECT_FALSE(checked("embedding_length", 0xFFFFFFFF));
  EXPECT_FALSE(checked("attention.head_count", 1U << 31));
}

TEST(Gguf, WhatTheCacheTakes) {
  GgufBuilder builder;
  builder.text("general.architecture", "llama")
      .u32("llama.block_count", 30)
      .u32("llama.embedding_length", 576)
      .u32("llama.attention.head_count", 9)
      .u32("llama.attention.head_count_kv", 3);
  auto file = parse_gguf(as_bytes(builder.build(0)));
  ASSERT_TRUE(file);
  EXPECT_EQ(cache_bytes(*file, 8192), 30ULL * 3 * (64 + 64) * 2 * 8192);  // SmolLM2: 180 MiB
  auto silent = parse_gguf(as_bytes(GgufBuilder().text("general.architecture", "llama").build(0)));
  EXPECT_EQ(cache_bytes(*silent, 8192), 0u);
}

TEST(Gguf, EpsilonsThatLlamaCppShouldNotSee) {
  auto checked = [](float value) {
    auto file = parse_gguf(
        as_bytes(GgufBuilder()
                     .text("general.architecture", "llama")
                     .pair("llama.attention.layer_norm_rms_epsilon", 6, GgufBuilder::raw(value))
                     .build(0)));
    return file && check_sizes(*file);
  };
  EXPECT_TRUE(checked(1e-5F));
  EXPECT_FALSE(checked(-1e-3F));
  EXPECT_FALSE(checked(-1e-8F));
  EXPECT_FALSE(checked(std::numeric_limits<float>::quiet_NaN()));
  EXPECT_FALSE(checked(std::numeric_limits<float>::infinity()));
}

TEST(Gguf, FilesThatAreNone) {
  EXPECT_EQ(read_gguf("/nowhere/model.gguf").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_gguf("/tmp").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(read_gguf("/dev/null").error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace lakeside::serving
