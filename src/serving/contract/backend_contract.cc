#include "serving/contract/backend_contract.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <thread>

#include <nlohmann/json.hpp>

namespace lakeside::serving::contract {
namespace {

constexpr std::string_view kPrompt = "The capital of France is";

std::size_t likeliest(const std::vector<float>& logits) {
  return static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
}

// Sums come in another order in another batch.
void expect_alike(const std::vector<float>& a, const std::vector<float>& b) {
  ASSERT_EQ(a.size(), b.size());
  EXPECT_EQ(likeliest(a), likeliest(b));
  float most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::fabs(a[i] - b[i]));
  EXPECT_LT(most, 2.0F);
}

float product(const std::vector<float>& a, const std::vector<float>& b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

ChatInput chat_of(std::string_view text) {
  ChatInput chat;
  chat.messages =
      nlohmann::json::array({{{"role", "user"}, {"content", std::string(text)}}}).dump();
  return chat;
}

constexpr std::string_view kWeatherTool =
    R"([{"type": "function", "function": {"name": "get_weather", "description": "The weather now",
        "parameters": {"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}},
                       "required": ["city"], "additionalProperties": false}}}])";
constexpr std::string_view kCitySchema =
    R"({"type": "object", "properties": {"city": {"enum": ["Paris", "Rome"]}},
        "required": ["city"], "additionalProperties": false})";

bool is_city(const std::string& text) {
  auto json = nlohmann::json::parse(text, nullptr, false);
  return json.is_object() && json.size() == 1 && json.contains("city") &&
         (json["city"] == "Paris" || json["city"] == "Rome");
}

}  // namespace

void BackendContract::SetUp() {
  LoadOptions options;
  options.context_tokens = kCells;
  options.max_sequences = kSequences;
  options.batch_tokens = kBatch;
  options.threads = 1;  // threads wait for each other by spinning, and tests share the cores
  backend_ = GetParam()(options);
  if (!backend_) GTEST_SKIP() << "its model is not here";
}

Status BackendContract::feed(SequenceId sequence, const std::vector<Token>& tokens,
                             std::int32_t position) {
  for (std::size_t begin = 0; begin < tokens.size(); begin += kBatch) {
    std::vector<Row> rows;
    std::size_t end = std::min<std::size_t>(tokens.size(), begin + kBatch);
    for (std::size_t i = begin; i < end; ++i) {
      rows.push_back({tokens[i], position++, sequence, i + 1 == tokens.size()});
    }
    if (Status done = backend().decode(rows); !done) return done;
    last_row_ = rows.size() - 1;
  }
  return {};
}

std::vector<float> BackendContract::last_logits() {
  std::span<const float> logits = backend().logits(last_row_);
  return {logits.begin(), logits.end()};
}

std::string BackendContract::generate(SequenceId sequence, const std::vector<Token>& prompt,
                                      int most, Grammar* grammar) {
  std::string text;
  std::vector<Token> next = prompt;
  std::int32_t position = 0;
  for (int i = 0; i < most; ++i) {
    Status fed = feed(sequence, next, position);
    EXPECT_TRUE(fed) << (fed ? "" : fed.error().detail);
    if (!fed) break;
    position += static_cast<std::int32_t>(next.size());
    std::vector<float> logits = last_logits();
    if (grammar != nullptr) grammar->mask(logits);
    auto token = static_cast<Token>(likeliest(logits));
    if (backend().ends_generation(token)) break;
    if (grammar != nullptr) grammar->accept(token);
    text += backend().piece(token, true);
    next = {token};
  }
  return text;
}

std::vector<Token> BackendContract::some_tokens(std::size_t count) {
  std::vector<Token> words = tokens("one two three four five six seven eight nine ten ");
  std::vector<Token> out;
  while (out.size() < count) out.push_back(words[out.size() % words.size()]);
  return out;
}

Token BackendContract::end_token() {
  for (std::uint32_t i = 0; i < backend().card().vocabulary; ++i) {
    if (backend().ends_generation(static_cast<Token>(i))) return static_cast<Token>(i);
  }
  return -1;
}

std::string BackendContract::chat_reply(const ChatPrompt& prompt, int most) {
  std::unique_ptr<Grammar> grammar;
  if (!prompt.grammar.empty()) {
    auto made = backend().grammar(prompt.grammar);
    EXPECT_TRUE(made) << (made ? "" : made.error().detail);
    if (made) grammar = std::move(*made);
  }
  return generate(0, backend().tokenize(prompt.text, true), most, grammar.get());
}

TEST_P(BackendContract, TheCard) {
  const ModelCard& card = backend().card();
  EXPECT_FALSE(card.architecture.empty());
  EXPECT_FALSE(card.description.empty());
  EXPECT_GT(card.file_bytes, 0U);
  EXPECT_GT(card.vocabulary, 0U);
  EXPECT_GT(card.trained_context, 0U);
  EXPECT_TRUE(card.generates || card.embeds || card.reranks);
  EXPECT_GE(end_token(), 0);
}

TEST_P(BackendContract, TextIsTheSumOfItsPieces) {
  for (std::string_view text :
       {"Hello, world!", "  two  spaces\n\n", "Grüße 世界 🦆", "a\tb", ""}) {
    std::string sum;
    for (Token token : tokens(text)) sum += backend().piece(token, false);
    EXPECT_EQ(sum, text);
  }
}

TEST_P(BackendContract, SpecialTokensComeOnlyFromThoseWhoMay) {
  Token end = end_token();
  std::string name = backend().piece(end, true);
  ASSERT_FALSE(name.empty());
  EXPECT_EQ(backend().piece(end, false), "");
  auto has_end = [&](bool special) {
    std::vector<Token> all = backend().tokenize("a" + name + "b", special);
    return std::ranges::find(all, end) != all.end();
  };
  EXPECT_TRUE(has_end(true));
  EXPECT_FALSE(has_end(false));
  EXPECT_FALSE(backend().ends_generation(tokens("a").front()));
}

TEST_P(BackendContract, NumbersThatAreNoTokens) {
  for (Token token : {-1, static_cast<Token>(backend().card().vocabulary)}) {
    EXPECT_EQ(backend().piece(token, true), "");
    EXPECT_FALSE(backend().ends_generation(token));
  }
}

TEST_P(BackendContract, LogitsForEveryToken) {
  ASSERT_TRUE(feed(0, tokens(kPrompt)));
  std::vector<float> logits = last_logits();
  EXPECT_EQ(logits.size(), backend().card().vocabulary);
  EXPECT_TRUE(std::ranges::all_of(logits, [](float v) { return std::isfinite(v); }));
  EXPECT_GT(std::set<float>(logits.begin(), logits.end()).size(), 1U);
}

TEST_P(BackendContract, LogitsOfTheRowsThatWantThem) {
  std::vector<Token> prompt = tokens(kPrompt);
  std::vector<std::vector<float>> alone;
  for (std::size_t i = 0; i < prompt.size(); ++i) {
    ASSERT_TRUE(feed(0, {prompt[i]}, static_cast<std::int32_t>(i)));
    alone.push_back(last_logits());
  }
  std::vector<Row> rows;
  for (std::size_t i = 0; i < prompt.size(); ++i) {
    rows.push_back({prompt[i], static_cast<std::int32_t>(i), 1, i % 2 == 0});
  }
  ASSERT_TRUE(backend().decode(rows));
  for (std::size_t i = 0; i < prompt.size(); i += 2) {
    std::span<const float> logits = backend().logits(i);
    expect_alike({logits.begin(), logits.end()}, alone[i]);
  }
}

TEST_P(BackendContract, TheSameAgain) {
  std::string first = generate(0, tokens(kPrompt), 8);
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(generate(1, tokens(kPrompt), 8), first);
  backend().truncate(0, 0);
  EXPECT_EQ(generate(0, tokens(kPrompt), 8), first);
}

TEST_P(BackendContract, SequencesOfOneBatchDoNotSeeEachOther) {
  std::vector<Token> a = tokens("The sky is");
  std::vector<Token> b = tokens("Once upon a");
  ASSERT_TRUE(feed(0, a));
  std::vector<float> alone_a = last_logits();
  ASSERT_TRUE(feed(1, b));
  std::vector<float> alone_b = last_logits();
  std::vector<Row> rows;
  for (std::size_t i = 0; i < a.size(); ++i) {
    rows.push_back({a[i], static_cast<std::int32_t>(i), 2, i + 1 == a.size()});
  }
  for (std::size_t i = 0; i < b.size(); ++i) {
    rows.push_back({b[i], static_cast<std::int32_t>(i), 3, i + 1 == b.size()});
  }
  ASSERT_TRUE(backend().decode(rows));
  std::span<const float> of_a = backend().logits(a.size() - 1);
  expect_alike({of_a.begin(), of_a.end()}, alone_a);
  std::span<const float> of_b = backend().logits(rows.size() - 1);
  expect_alike({of_b.begin(), of_b.end()}, alone_b);
}

TEST_P(BackendContract, ASharedPrefixIsAsIfComputed) {
  std::vector<Token> prompt = some_tokens(20);
  ASSERT_TRUE(feed(0, prompt));
  backend().share(0, 1, 10);
  std::vector<Token> rest(prompt.begin() + 10, prompt.end());
  std::vector<float> whole = last_logits();
  ASSERT_TRUE(feed(1, rest, 10));
  expect_alike(last_logits(), whole);
}

TEST_P(BackendContract, ASharedPrefixCostsNoCells) {
  ASSERT_TRUE(feed(0, some_tokens(kCells - 32)));
  for (SequenceId to = 1; to < static_cast<SequenceId>(kSequences); ++to) {
    backend().share(0, to, kCells - 32);
    EXPECT_TRUE(feed(to, some_tokens(4), kCells - 32)) << to;
  }
}

TEST_P(BackendContract, WhoSharedKeepsWhatTheOtherForgets) {
  std::vector<Token> prompt = some_tokens(kCells - 16);
  ASSERT_TRUE(feed(0, prompt));
  std::vector<float> before = last_logits();
  backend().share(0, 1, kCells - 17);
  backend().truncate(0, 0);
  ASSERT_TRUE(feed(1, {prompt.back()}, kCells - 17));
  expect_alike(last_logits(), before);
  EXPECT_EQ(feed(0, some_tokens(32)).error().code, ErrorCode::kNoSpace) << "its cells are in use";
  backend().truncate(1, 0);
  EXPECT_TRUE(feed(0, some_tokens(32)));
}

TEST_P(BackendContract, TruncatedIsAsIfNeverThere) {
  std::vector<Token> a = tokens("The sky is");
  std::vector<Token> b = tokens(" blue and");
  std::vector<Token> c = tokens(" very");
  auto length = static_cast<std::int32_t>(a.size());
  ASSERT_TRUE(feed(0, a));
  ASSERT_TRUE(feed(0, b, length));
  backend().truncate(0, length);
  ASSERT_TRUE(feed(0, c, length));
  std::vector<float> after = last_logits();
  ASSERT_TRUE(feed(1, a));
  ASSERT_TRUE(feed(1, c, length));
  expect_alike(after, last_logits());
}

TEST_P(BackendContract, AFullCacheTakesNothing) {
  ASSERT_TRUE(feed(0, some_tokens(kCells - 8)));
  Status full = feed(1, some_tokens(16));
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, ErrorCode::kNoSpace);
  // Nothing was done: sequence 1 is still empty, and the eight cells are still free.
  EXPECT_TRUE(feed(1, some_tokens(8)));
  backend().truncate(0, kCells - 24);
  EXPECT_TRUE(feed(1, some_tokens(16), 8));
  backend().truncate(0, 0);
  backend().truncate(1, 0);
  EXPECT_TRUE(feed(2, some_tokens(kCells)));
}

TEST_P(BackendContract, AGrammarIsKept) {
  for (std::string_view gbnf : {R"(root ::= "yes please")", R"(root ::= "left" | "right")"}) {
    auto grammar = backend().grammar(gbnf);
    ASSERT_TRUE(grammar) << grammar.error().detail;
    backend().truncate(0, 0);
    std::string text = generate(0, tokens(kPrompt), 32, grammar->get());
    EXPECT_TRUE(text == "yes please" || text == "left" || text == "right") << text;
  }
}

TEST_P(BackendContract, AfterItsEndAGrammarAllowsOnlyTheEnd) {
  auto grammar = backend().grammar(R"(root ::= "ab")");
  ASSERT_TRUE(grammar);
  std::vector<float> logits(backend().card().vocabulary, 0.0F);
  (*grammar)->mask(logits);
  EXPECT_EQ(logits[static_cast<std::size_t>(end_token())], -INFINITY) << "the end came too early";
  for (Token token : tokens("ab")) (*grammar)->accept(token);
  std::ranges::fill(logits, 0.0F);
  (*grammar)->mask(logits);
  for (std::size_t i = 0; i < logits.size(); ++i) {
    bool end = backend().ends_generation(static_cast<Token>(i));
    EXPECT_TRUE(end || std::isinf(logits[i])) << i;
  }
  EXPECT_TRUE(std::isfinite(logits[static_cast<std::size_t>(end_token())]));
  (*grammar)->accept(end_token());
}

TEST_P(BackendContract, TextsThatAreNoGrammar) {
  for (std::string_view gbnf : {"", "root ::= (", "hello", "other ::= \"x\""}) {
    auto grammar = backend().grammar(gbnf);
    ASSERT_FALSE(grammar) << gbnf;
    EXPECT_EQ(grammar.error().code, ErrorCode::kInvalid);
  }
}

TEST_P(BackendContract, ASchemaIsKept) {
  auto gbnf = backend().schema_grammar(kCitySchema);
  ASSERT_TRUE(gbnf) << gbnf.error().detail;
  auto grammar = backend().grammar(*gbnf);
  ASSERT_TRUE(grammar) << grammar.error().detail;
  std::string text = generate(0, tokens(kPrompt), 64, grammar->get());
  EXPECT_TRUE(is_city(text)) << text;
}

TEST_P(BackendContract, TextsThatAreNoSchema) {
  for (const std::string& schema : {std::string(), std::string("no JSON"), std::string("[]"),
                                    std::string("7"), std::string(100'000, '[')}) {
    auto gbnf = backend().schema_grammar(schema);
    ASSERT_FALSE(gbnf) << schema.substr(0, 20);
    EXPECT_EQ(gbnf.error().code, ErrorCode::kInvalid);
  }
}

TEST_P(BackendContract, AChatIsRendered) {
  if (backend().card().chat_template.empty()) {
    EXPECT_EQ(backend().render(chat_of("x")).error().code, ErrorCode::kUnsupported);
    return;
  }
  auto prompt = backend().render(chat_of("Is the marmot awake?"));
  ASSERT_TRUE(prompt) << prompt.error().detail;
  EXPECT_TRUE(prompt->text.contains("Is the marmot awake?")) << prompt->text;
  EXPECT_EQ(prompt->grammar, "");
  auto reply = backend().parse_reply(*prompt, "It sleeps.", false);
  ASSERT_TRUE(reply) << reply.error().detail;
  EXPECT_EQ(reply->content, "It sleeps.");
  EXPECT_TRUE(reply->tool_calls.empty());
}

TEST_P(BackendContract, ChatsThatAreNone) {
  for (std::string_view messages : {"", "no JSON", "{}", R"([{"content": "x"}])", R"(["x"])"}) {
    ChatInput chat;
    chat.messages = messages;
    auto prompt = backend().render(chat);
    ASSERT_FALSE(prompt) << messages;
    EXPECT_EQ(prompt.error().code, ErrorCode::kInvalid);
  }
  ChatInput chat = chat_of("hello");
  chat.tools = "no JSON";
  EXPECT_FALSE(backend().render(chat));
}

TEST_P(BackendContract, AChatKeepsToItsSchema) {
  ChatInput chat = chat_of("Name a city");
  chat.json_schema = kCitySchema;
  auto prompt = backend().render(chat);
  ASSERT_TRUE(prompt) << prompt.error().detail;
  ASSERT_FALSE(prompt->grammar.empty());
  std::string text = chat_reply(*prompt, 200);
  auto reply = backend().parse_reply(*prompt, text, false);
  ASSERT_TRUE(reply) << reply.error().detail;
  EXPECT_TRUE(is_city(reply->content)) << text;
}

TEST_P(BackendContract, AToolIsCalledWhereItMustBe) {
  ChatInput chat = chat_of("What is the weather in Paris?");
  chat.tools = kWeatherTool;
  chat.tool_choice = "required";
  auto prompt = backend().render(chat);
  ASSERT_TRUE(prompt) << prompt.error().detail;
  ASSERT_FALSE(prompt->grammar.empty());
  std::string text = chat_reply(*prompt, 200);
  auto reply = backend().parse_reply(*prompt, text, false);
  ASSERT_TRUE(reply) << reply.error().detail;
  ASSERT_EQ(reply->tool_calls.size(), 1U) << text;
  EXPECT_EQ(reply->tool_calls[0].name, "get_weather");
  EXPECT_TRUE(is_city(reply->tool_calls[0].arguments)) << reply->tool_calls[0].arguments;
  EXPECT_EQ(reply->content, "");
}

TEST_P(BackendContract, APartialReplyOnlyGrows) {
  ChatInput chat = chat_of("What is the weather in Paris?");
  chat.tools = kWeatherTool;
  chat.tool_choice = "required";
  auto prompt = backend().render(chat);
  ASSERT_TRUE(prompt) << prompt.error().detail;
  std::string text = chat_reply(*prompt, 200);
  std::string shown;
  for (std::size_t size = 1; size <= text.size(); ++size) {
    auto reply = backend().parse_reply(*prompt, text.substr(0, size), size < text.size());
    if (!reply) continue;
    EXPECT_EQ(reply->content, "") << text.substr(0, size);
    if (reply->tool_calls.empty()) continue;
    const std::string& arguments = reply->tool_calls[0].arguments;
    EXPECT_TRUE(arguments.starts_with(shown)) << shown << " became " << arguments;
    shown = arguments;
  }
  EXPECT_TRUE(is_city(shown)) << text;
}

TEST_P(BackendContract, ACallAndItsResultAreRendered) {
  ChatInput chat;
  chat.messages = R"([
    {"role": "user", "content": "What is the weather in Paris?"},
    {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function",
     "function": {"name": "get_weather", "arguments": "{\"city\": \"Paris\"}"}}]},
    {"role": "tool", "tool_call_id": "1", "content": "Sunny, 21 degrees"}])";
  chat.tools = kWeatherTool;
  auto prompt = backend().render(chat);
  ASSERT_TRUE(prompt) << prompt.error().detail;
  EXPECT_TRUE(prompt->text.contains("Sunny, 21 degrees")) << prompt->text;
}

TEST_P(BackendContract, TextFromAnyThread) {
  const std::vector<Token> expected = tokens(kPrompt);
  const std::string rendered = backend().render(chat_of("hello"))->text;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(backend().tokenize(kPrompt, false), expected);
        EXPECT_EQ(backend().render(chat_of("hello"))->text, rendered);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(BackendContract, Embeddings) {
  std::vector<std::vector<Token>> texts = {backend().tokenize("a small cat", true),
                                           backend().tokenize("stock prices fell", true),
                                           backend().tokenize("a small cat", true)};
  auto vectors = backend().embed(texts);
  if (!backend().card().embeds) {
    EXPECT_EQ(vectors.error().code, ErrorCode::kUnsupported);
    return;
  }
  ASSERT_TRUE(vectors) << vectors.error().detail;
  ASSERT_EQ(vectors->size(), 3U);
  for (const auto& vector : *vectors) {
    EXPECT_EQ(vector.size(), backend().card().embedding_size);
    EXPECT_NEAR(product(vector, vector), 1.0F, 1e-3);
  }
  EXPECT_GT(product((*vectors)[0], (*vectors)[2]), 0.999F);
  EXPECT_LT(product((*vectors)[0], (*vectors)[1]), 0.9F);
}

TEST_P(BackendContract, Ranks) {
  std::vector<std::vector<Token>> pairs;
  for (std::string_view document : {"stock prices fell", "the cat sleeps on the mat"}) {
    pairs.push_back(backend().pair("where does the cat sleep", document));
  }
  auto scores = backend().rank(pairs);
  if (!backend().card().reranks) {
    EXPECT_EQ(scores.error().code, ErrorCode::kUnsupported);
    return;
  }
  ASSERT_TRUE(scores) << scores.error().detail;
  ASSERT_EQ(scores->size(), 2U);
  for (float score : *scores) {
    EXPECT_GE(score, 0.0F);
    EXPECT_LE(score, 1.0F);
  }
  EXPECT_NE((*scores)[0], (*scores)[1]);
  // Alone as among others.
  auto alone = backend().rank({&pairs[1], 1});
  ASSERT_TRUE(alone) << alone.error().detail;
  EXPECT_NEAR((*alone)[0], (*scores)[1], 1e-3);
}

}  // namespace lakeside::serving::contract
