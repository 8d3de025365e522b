// The whole model server on models without arithmetic, with real threads.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "serving/fake/fake_backend.h"
#include "serving/runtime/model_server.h"

namespace lakeside::serving {
namespace {

// Holds whoever passes until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void set_open(bool open) {
    std::lock_guard lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }
  void await_arrivals(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = true;
  int arrived_ = 0;
};

// Set while the models' threads look at it.
class SharedClock final : public Clock {
 public:
  explicit SharedClock(Time now) : now_(now) {}
  [[nodiscard]] Time now() const override { return now_.load(); }
  void set(Time now) { now_.store(now); }

 private:
  std::atomic<Time> now_;
};

class Ledger final : public UsageSink {
 public:
  void record(const UsageRecord& record, std::move_only_function<void()> kept) override {
    std::lock_guard lock(mutex_);
    records_.push_back(record);
    if (holding_) {
      held_.push_back(std::move(kept));
    } else {
      kept();
    }
    changed_.notify_all();
  }
  // From now on no record is durable until release().
  void hold() {
    std::lock_guard lock(mutex_);
    holding_ = true;
  }
  void release() {
    std::lock_guard lock(mutex_);
    holding_ = false;
    for (auto& kept : std::exchange(held_, {})) kept();
  }
  std::vector<UsageRecord> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return records_.size() >= count; });
    return records_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool holding_ = false;
  std::vector<std::move_only_function<void()>> held_;
  std::vector<UsageRecord> records_;
};

struct Answer {
  std::string text;
  std::optional<ModelError> error;
  FinishReason finish = FinishReason::kStop;
  Usage usage;
  ChatReply reply;
  std::vector<TokenLogprob> logprobs;
};

Task<Answer> read(std::unique_ptr<Generation> generation) {
  Answer answer;
  while (true) {
    auto piece = co_await generation->next();
    if (!piece) answer.error = piece.error();
    if (!piece || !*piece) break;
    answer.text += (*piece)->text;
    for (TokenLogprob& logprob : (*piece)->logprobs) answer.logprobs.push_back(logprob);
  }
  answer.finish = generation->finish_reason();
  answer.usage = generation->usage();
  if (auto parsed = generation->parse(answer.text, false)) answer.reply = *parsed;
  co_return answer;
}

Task<Answer> ask(ModelServer& server, const GenerateRequest& request) {
  auto generation = co_await server.generate(request);
  if (!generation) {
    Answer answer;
    answer.error = generation.error();
    co_return answer;
  }
  co_return co_await read(std::move(*generation));
}

GenerateRequest chat(const std::string& text, const std::string& tenant = "key") {
  GenerateRequest request;
  request.model = "a";
  request.input = ChatInput{.messages = R"([{"role":"user","content":")" + text + "\"}]"};
  request.tenant.id = tenant;
  return request;
}

class ModelServerTest : public testing::Test {
 public:
  ModelServerTest() {
    options.load = {.context_tokens = 2048, .batch_tokens = 128};
    options.loader = [this](const std::string& name, const LoadOptions& load) {
      return this->load(name, load);
    };
    options.usage = &ledger;
    options.metrics = &metrics;
    options.clock = &clock;
    probe.on_decode = [this](std::span<const Row>) -> Status {
      decoding.pass();
      return {};
    };
  }

  ModelRuntime& server() {
    if (!server_) {
      server_ = make_model_server(options);
      for (const char* name : {"a", "b", "c"})
        server_->add_model({.name = name, .file_bytes = 1000});
      server_->add_model({.name = "vectors", .file_bytes = 1000});
    }
    return *server_;
  }
  Answer answer(const GenerateRequest& request) { return run_blocking(ask(server(), request)); }
  std::unique_ptr<Generation> begin(const GenerateRequest& request) {
    auto generation = run_blocking(server().generate(request));
    if (generation) return std::move(*generation);
    begin_error = generation.error();
    return nullptr;
  }
  ModelStatus status(const std::string& name) {
    for (ModelStatus& one : server().models()) {
      if (one.name == name) return one;
    }
    return {};
  }
  ModelStatus::State state(const std::string& name) { return status(name).state; }
  int loads(const std::string& name) {
    std::lock_guard lock(mutex_);
    return loads_[name];
  }

  RuntimeOptions options;
  SharedClock clock{Time(std::chrono::seconds(1000))};
  Metrics metrics;
  Ledger ledger;
  FakeProbe probe;
  Gate decoding;
  Gate loading;
  std::string slow;  // the model whose load goes through `loading`
  std::map<std::string, Error> load_errors;
  ModelError begin_error;

 private:
  Result<std::unique_ptr<Backend>> load(const std::string& name, const LoadOptions& load) {
    {
      std::lock_guard lock(mutex_);
      ++loads_[name];
      if (auto error = load_errors.find(name); error != load_errors.end()) {
        return std::unexpected(error->second);
      }
    }
    if (name == slow) loading.pass();
    FakeOptions fake;
    fake.load = load;
    fake.probe = name == "a" ? &probe : nullptr;
    fake.generates = name != "vectors";
    fake.chat_template = name != "b";
    return make_fake_backend(fake);
  }

  std::mutex mutex_;
  std::map<std::string, int> loads_;
  std::unique_ptr<ModelRuntime> server_;
};

// Who has the whole reply has been counted, also when the power goes.
TEST_F(ModelServerTest, AReplyEndsWhenItsUsageRecordIsDurable) {
  ledger.hold();
  GenerateRequest request = chat("hello");
  request.tenant.usage_id = "line-7";
  Answer got;
  std::atomic<bool> ended = false;
  std::thread client([&] {
    got = answer(request);
    ended = true;
  });
  EXPECT_EQ(ledger.await(1)[0].id, "line-7");
  EXPECT_FALSE(ended);
  ledger.release();
  client.join();
  EXPECT_EQ(got.text, "hello");

  ledger.hold();
  ended = false;
  std::thread embedder([&] {
    EXPECT_TRUE(
        run_blocking(server().embed("vectors", {"a"}, {.id = "key", .usage_id = "line-8"})));
    ended = true;
  });
  EXPECT_EQ(ledger.await(2)[1].id, "line-8");
  EXPECT_FALSE(ended);
  ledger.release();
  embedder.join();
}

TEST_F(ModelServerTest, ChatsAndKeepsBooks) {
  Answer got = answer(chat("grüß dich"));
  EXPECT_EQ(got.text, "grüß dich");
  EXPECT_EQ(got.reply.content, "grüß dich");
  EXPECT_EQ(got.finish, FinishReason::kStop);
  EXPECT_EQ(got.usage.completion_tokens, 11U);
  auto records = ledger.await(1);
  EXPECT_EQ(records[0].tenant, "key");
  EXPECT_EQ(records[0].model, "a");
  EXPECT_EQ(records[0].usage.completion_tokens, 11U);
  EXPECT_EQ(records[0].usage.prompt_tokens, 15U);
  EXPECT_EQ(records[0].finish, FinishReason::kStop);
  EXPECT_FALSE(records[0].fault);
  EXPECT_EQ(records[0].at, clock.now());
  const std::string text = metrics.render();
  EXPECT_NE(text.find("lakeside_model_loaded{model=\"a\"} 1"), std::string::npos);
  EXPECT_NE(text.find("lakeside_model_completion_tokens_total{model=\"a\"} 11"), std::string::npos);
  EXPECT_NE(text.find("lakeside_model_time_to_first_token_seconds_count{model=\"a\"} 1"),
            std::string::npos);
}

TEST_F(ModelServerTest, GoesOnFromAPromptUntilAStop) {
  GenerateRequest request = chat("");
  request.model = "b";
  request.input = std::string("one STOP two");
  request.stops = {"STOP"};
  request.logprobs = 1;
  Answer got = answer(request);
  EXPECT_EQ(got.text, "=> one ");
  ASSERT_GE(got.logprobs.size(), 7U);
  EXPECT_EQ(got.logprobs[0].text, "=");
  EXPECT_EQ(got.logprobs[0].alternatives.size(), 1U);
}

TEST_F(ModelServerTest, KeepsToASchema) {
  const std::string schema = R"({"type":"object","properties":{"n":{"type":"integer"}}})";
  GenerateRequest request = chat("whatever");
  std::get<ChatInput>(request.input).json_schema = schema;
  EXPECT_EQ(answer(request).text, R"({"n":0})");
  request.input = std::string("whatever");
  request.json_schema = schema;
  EXPECT_EQ(answer(request).text, R"({"n":0})");
  request.json_schema = "[";
  EXPECT_EQ(answer(request).error->fault, ModelFault::kInvalid);
}

TEST_F(ModelServerTest, CallsToolsUnderALazyGrammar) {
  GenerateRequest request = chat(R"(call tool find {\"q\": 1})");
  ChatInput& input = std::get<ChatInput>(request.input);
  input.tools = R"([{"type":"function","function":{"name":"find"}}])";
  Answer got = answer(request);
  ASSERT_EQ(got.reply.tool_calls.size(), 1U) << got.text;
  EXPECT_EQ(got.reply.tool_calls[0].arguments, R"({"q": 1})");
  // The grammar holds from the trigger on: no other tool can be named.
  input.messages = R"([{"role":"user","content":"call tool lost {}"}])";
  EXPECT_TRUE(answer(request).text.starts_with(R"(<tool_call>{"name": "find")"));
}

TEST_F(ModelServerTest, TellsWhatIsWrong) {
  auto fault = [this](const GenerateRequest& request) { return answer(request).error->fault; };
  GenerateRequest request = chat("hello");
  request.model = "nobody";
  EXPECT_EQ(fault(request), ModelFault::kUnknownModel);
  request.model = "vectors";
  EXPECT_EQ(fault(request), ModelFault::kWrongModel);
  request.model = "b";
  EXPECT_EQ(fault(request), ModelFault::kWrongModel);  // it has no chat template
  EXPECT_EQ(fault(chat(std::string(5000, 'x'))), ModelFault::kPromptTooLong);
  EXPECT_EQ(fault(chat(std::string(1 << 20, 'x'))), ModelFault::kPromptTooLong);
  request = chat("hello");
  request.max_tokens = 0;
  EXPECT_EQ(fault(request), ModelFault::kInvalid);
  request = chat("hello");
  request.sampling.top_p = 2;
  EXPECT_EQ(fault(request), ModelFault::kInvalid);
  request = chat("hello");
  std::get<ChatInput>(request.input).messages = "{}";
  EXPECT_EQ(fault(request), ModelFault::kInvalid);
}

TEST_F(ModelServerTest, TheQueueIsBounded) {
  options.load.max_sequences = 1;
  options.max_queue = 4;
  decoding.set_open(false);
  std::vector<std::unique_ptr<Generation>> held;
  held.push_back(begin(chat("one", "heavy")));
  decoding.await_arrivals(1);
  held.push_back(begin(chat("two", "heavy")));
  held.push_back(begin(chat("three", "heavy")));
  EXPECT_EQ(begin(chat("four", "heavy")), nullptr);  // half of the queue is its own
  EXPECT_EQ(begin_error.fault, ModelFault::kQueueFull);
  EXPECT_GE(begin_error.retry_after.count(), 1);
  held.push_back(begin(chat("two", "light")));
  held.push_back(begin(chat("two", "other")));
  EXPECT_EQ(status("a").queued, 4U);
  EXPECT_EQ(begin(chat("two", "fourth")), nullptr);
  EXPECT_EQ(begin_error.fault, ModelFault::kQueueFull);
  decoding.set_open(true);
  for (auto& generation : held) {
    ASSERT_TRUE(generation);
    EXPECT_FALSE(run_blocking(read(std::move(generation))).error);
  }
  EXPECT_EQ(ledger.await(5).size(), 5U);
}

TEST_F(ModelServerTest, ATenantHasItsLimits) {
  GenerateRequest request = chat("hello");
  request.tenant.max_concurrent = 1;
  decoding.set_open(false);
  auto first = begin(request);
  EXPECT_EQ(begin(request), nullptr);
  EXPECT_EQ(begin_error.fault, ModelFault::kOverQuota);
  decoding.set_open(true);
  run_blocking(read(std::move(first)));
  EXPECT_FALSE(answer(request).error);

  request = chat("hello", "slow");
  request.tenant.tokens_per_minute = 10;
  EXPECT_FALSE(answer(request).error);  // 17 tokens: the limit holds from then on
  Answer limited = answer(request);
  ASSERT_TRUE(limited.error);
  EXPECT_EQ(limited.error->fault, ModelFault::kRateLimited);
  clock.set(clock.now() + limited.error->retry_after);
  EXPECT_FALSE(answer(request).error);
}

TEST_F(ModelServerTest, UnloadsWhoIsIdleForOthers) {
  options.memory_bytes = 2600;  // for two of 1,250
  for (const char* name : {"a", "c"}) {
    GenerateRequest request = chat("hello");
    request.model = name;
    EXPECT_EQ(answer(request).text, "hello");
  }
  GenerateRequest plain = chat("");
  plain.model = "b";
  plain.input = std::string("hello");
  EXPECT_EQ(answer(plain).text, "=> hello");
  EXPECT_EQ(state("a"), ModelStatus::State::kUnloaded);
  EXPECT_EQ(state("b"), ModelStatus::State::kLoaded);
  EXPECT_EQ(state("c"), ModelStatus::State::kLoaded);

  server().pin_model("c", true);
  EXPECT_EQ(answer(chat("hello")).text, "hello");  // takes the place of b
  EXPECT_EQ(state("b"), ModelStatus::State::kUnloaded);
  EXPECT_EQ(loads("a"), 2);

  decoding.set_open(false);
  auto busy = begin(chat("hello"));
  EXPECT_EQ(answer(plain).error->fault, ModelFault::kNoMemory);
  decoding.set_open(true);
  EXPECT_EQ(run_blocking(read(std::move(busy))).text, "hello");
  EXPECT_FALSE(answer(plain).error);
}

TEST_F(ModelServerTest, UnloadsWhoWasIdleForLong) {
  options.idle_timeout = std::chrono::seconds(60);
  options.loaders = 1;
  GenerateRequest other = chat("hello");
  other.model = "c";
  EXPECT_EQ(answer(other).text, "hello");
  server().pin_model("c", true);
  EXPECT_EQ(answer(chat("hello")).text, "hello");
  clock.set(clock.now() + std::chrono::seconds(59));
  EXPECT_EQ(server().unload_idle(), 0U);
  clock.set(clock.now() + std::chrono::seconds(1));
  decoding.set_open(false);
  auto busy = begin(chat("hello"));
  EXPECT_EQ(server().unload_idle(), 0U) << "it is in use";
  decoding.set_open(true);
  EXPECT_EQ(run_blocking(read(std::move(busy))).text, "hello");
  // Its lease ends on the model's thread, at some moment after the reply did: then its time counts
  // from there, and so it goes exactly once.
  while (server().unload_idle() == 0) clock.set(clock.now() + std::chrono::seconds(60));
  EXPECT_EQ(answer(chat("hello")).text, "hello") << "who asks meanwhile waits, and it is loaded";
  EXPECT_EQ(loads("a"), 2);
  EXPECT_EQ(loads("c"), 1) << "it is pinned";
}

TEST_F(ModelServerTest, LoadsAndUnloadsWhenTold) {
  options.memory_bytes = 10'000;
  options.loaders = 1;
  slow = "a";
  loading.set_open(false);
  ASSERT_TRUE(server().begin_load("a"));
  ASSERT_TRUE(server().begin_load("a")) << "that it is on its way is no fault";
  EXPECT_EQ(state("a"), ModelStatus::State::kLoading);
  EXPECT_EQ(server().begin_unload("a"), ModelRuntime::Unloading::kInUse);
  loading.set_open(true);
  ASSERT_TRUE(run_blocking(server().load_model("a")));
  EXPECT_EQ(loads("a"), 1);
  EXPECT_EQ(status("a").memory_bytes, 1250U);
  EXPECT_EQ(server().memory().used, 1250U);
  EXPECT_EQ(server().memory().limit, 10'000U);

  decoding.set_open(false);
  auto generation = begin(chat("say this"));
  ASSERT_TRUE(generation);
  EXPECT_EQ(server().begin_unload("a"), ModelRuntime::Unloading::kInUse);
  decoding.set_open(true);
  run_blocking(read(std::move(generation)));

  EXPECT_EQ(server().begin_unload("b"), ModelRuntime::Unloading::kBegun) << "it is not in memory";
  EXPECT_EQ(server().begin_unload("none"), ModelRuntime::Unloading::kUnknown);
  EXPECT_EQ(server().begin_load("none").error().fault, ModelFault::kUnknownModel);
}

TEST_F(ModelServerTest, UnloadsWhatIsPinnedWhenTold) {
  options.loaders = 1;  // what it does is done one after the other
  ASSERT_TRUE(run_blocking(server().load_model("b")));
  server().pin_model("b", true);
  ASSERT_EQ(server().begin_unload("b"), ModelRuntime::Unloading::kBegun);
  ASSERT_TRUE(run_blocking(server().load_model("c")));
  EXPECT_EQ(state("b"), ModelStatus::State::kUnloaded);
  EXPECT_TRUE(status("b").pinned);
  EXPECT_EQ(server().memory().used, status("c").memory_bytes);
}

TEST_F(ModelServerTest, TellsWhyItCouldNotBeLoaded) {
  options.memory_bytes = 100;
  ASSERT_FALSE(run_blocking(server().load_model("b")));
  EXPECT_EQ(state("b"), ModelStatus::State::kUnloaded);
  EXPECT_NE(status("b").problem.find("no memory"), std::string::npos);
}

TEST_F(ModelServerTest, ShowsAModelByItsHeaderBeforeItIsLoaded) {
  ModelCard card;
  card.trained_context = 4096;
  server().add_model({.name = "d", .file_bytes = 1000, .card = card});
  ASSERT_TRUE(status("d").card);
  EXPECT_EQ(status("d").card->trained_context, 4096U);
  EXPECT_FALSE(status("a").card);
}

TEST_F(ModelServerTest, KnowsHowFastAModelIs) {
  EXPECT_EQ(status("a").speed.tokens_per_second, 0);
  answer(chat("say something"));
  EXPECT_GT(status("a").speed.tokens_per_second, 0);
  EXPECT_GT(status("a").speed.first_token.count(), 0);
}

TEST_F(ModelServerTest, ShowsWhatIsBeingFetched) {
  server().expect_model("d", "");
  EXPECT_EQ(state("d"), ModelStatus::State::kFetching);
  GenerateRequest request = chat("hello");
  request.model = "d";
  auto early = answer(request).error;
  EXPECT_EQ(early->fault, ModelFault::kNoMemory);
  EXPECT_GT(early->retry_after.count(), 0);
  server().expect_model("d", "there is no such object");
  EXPECT_EQ(status("d").problem, "there is no such object");
  EXPECT_EQ(answer(request).error->fault, ModelFault::kBroken);
  EXPECT_NE(metrics.render().find("lakeside_model_state{model=\"d\",state=\"broken\"} 1"),
            std::string::npos);
  server().add_model({.name = "d", .file_bytes = 1000});
  EXPECT_EQ(answer(request).text, "hello");
  server().expect_model("d", "its new version is damaged");
  EXPECT_EQ(state("d"), ModelStatus::State::kLoaded) << "the old one still serves";
  EXPECT_TRUE(server().remove_model("d"));
  EXPECT_EQ(metrics.render().find("lakeside_model_state{model=\"d\",state=\"loaded\"} 1"),
            std::string::npos);
}

TEST_F(ModelServerTest, RemembersWhatIsBroken) {
  load_errors["a"] = {ErrorCode::kCorrupt, "bad magic"};
  load_errors["c"] = {ErrorCode::kIo, "a bad day"};
  EXPECT_EQ(answer(chat("hello")).error->fault, ModelFault::kBroken);
  EXPECT_EQ(answer(chat("hello")).error->fault, ModelFault::kBroken);
  EXPECT_EQ(loads("a"), 1);
  EXPECT_EQ(status("a").problem, "bad magic");
  GenerateRequest request = chat("hello");
  request.model = "c";
  EXPECT_EQ(answer(request).error->fault, ModelFault::kInternal);
  load_errors.clear();
  EXPECT_EQ(answer(request).text, "hello");  // that was worth another try
  server().add_model({.name = "a", .file_bytes = 1000});
  EXPECT_EQ(answer(chat("hello")).text, "hello");
}

TEST_F(ModelServerTest, LoadingOneDoesNotBlockOthers) {
  slow = "c";
  loading.set_open(false);
  GenerateRequest request = chat("hello");
  request.model = "c";
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] { EXPECT_EQ(answer(request).text, "hello"); });
    loading.await_arrivals(1);
  }
  EXPECT_EQ(state("c"), ModelStatus::State::kLoading);
  EXPECT_EQ(answer(chat("hello")).text, "hello");
  loading.set_open(true);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(loads("c"), 1);
}

TEST_F(ModelServerTest, ARemovedModelServesWhoHasIt) {
  decoding.set_open(false);
  auto running = begin(chat("hello"));
  EXPECT_TRUE(server().remove_model("a"));
  EXPECT_FALSE(server().remove_model("a"));
  EXPECT_EQ(answer(chat("hello")).error->fault, ModelFault::kUnknownModel);
  decoding.set_open(true);
  EXPECT_EQ(run_blocking(read(std::move(running))).text, "hello");
}

TEST_F(ModelServerTest, EmbedsRanksAndTokenizes) {
  std::vector<std::string> texts(20, "some text");
  texts.emplace_back("another one");
  Tenant tenant;
  tenant.id = "key";
  auto embedded = run_blocking(server().embed("vectors", texts, tenant));
  ASSERT_TRUE(embedded);
  EXPECT_EQ(embedded->vectors.size(), 21U);
  EXPECT_EQ(embedded->vectors[0], embedded->vectors[19]);
  EXPECT_NE(embedded->vectors[0], embedded->vectors[20]);
  EXPECT_EQ(embedded->tokens, 20U * 10U + 12U);
  auto ranked = run_blocking(server().rank("vectors", "some text", texts, tenant));
  ASSERT_TRUE(ranked);
  EXPECT_EQ(ranked->scores.size(), 21U);
  EXPECT_GT(ranked->scores[3], ranked->scores[20]);
  auto records = ledger.await(2);
  EXPECT_EQ(records[0].kind, UsageRecord::Kind::kEmbed);
  EXPECT_EQ(records[0].usage.prompt_tokens, embedded->tokens);
  EXPECT_EQ(records[1].kind, UsageRecord::Kind::kRank);
  const std::vector<std::string> long_text = {std::string(5000, 'x')};
  EXPECT_EQ(run_blocking(server().embed("vectors", long_text, tenant)).error().fault,
            ModelFault::kPromptTooLong);
  auto tokens = run_blocking(server().tokenize("a", "hé"));
  EXPECT_EQ(tokens->ids.size(), 3U);
  EXPECT_EQ(tokens->texts[0], "h");
}

TEST_F(ModelServerTest, ADestroyedGenerationIsCancelled) {
  GenerateRequest request = chat("repeat 100000");
  request.tenant.share_prefixes = false;
  decoding.set_open(false);
  auto generation = begin(request);
  decoding.await_arrivals(1);
  generation.reset();
  decoding.set_open(true);
  auto records = ledger.await(1);
  EXPECT_FALSE(records[0].finish);
  EXPECT_FALSE(records[0].fault);
  EXPECT_EQ(probe.cells_used, 0U);
}

TEST_F(ModelServerTest, CancelEndsAWaitingReader) {
  decoding.set_open(false);
  auto generation = begin(chat("hello"));
  decoding.await_arrivals(1);
  std::thread reader([&] {
    auto piece = run_blocking(generation->next());
    EXPECT_TRUE(piece && !*piece);
  });
  generation->cancel();
  reader.join();  // while the model still computes
  decoding.set_open(true);
  ledger.await(1);
}

TEST_F(ModelServerTest, ServesManyThreads) {
  constexpr int kThreads = 8;
  constexpr int kEach = 30;
  server();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < kEach; ++i) {
        const std::string text =
            "the same beginning " + std::to_string(t) + "/" + std::to_string(i);
        GenerateRequest request = chat(text, "key" + std::to_string(t % 3));
        if (i % 2 == 0) request.model = "c";
        if (i % 5 == 0) {
          std::unique_ptr<Generation> generation =
              std::move(*run_blocking(server().generate(request)));
          auto piece = run_blocking(generation->next());
          EXPECT_TRUE(piece && *piece);
        } else {
          EXPECT_EQ(answer(request).text, text);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  auto records = ledger.await(kThreads * kEach);
  EXPECT_EQ(records.size(), std::size_t{kThreads * kEach});
}

}  // namespace
}  // namespace lakeside::serving
