// The scheduler alone, step by step on the test's thread, on a model without arithmetic.
#include "serving/runtime/scheduler.h"

#include <deque>
#include <list>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "serving/fake/fake_backend.h"
#include "serving/runtime/prepare.h"

namespace lakeside::serving {
namespace {

class StepExecutor final : public Executor {
 public:
  void post(std::coroutine_handle<> coroutine) override { ready_.push_back(coroutine); }
  void run() {
    while (!ready_.empty()) {
      auto next = ready_.front();
      ready_.pop_front();
      next.resume();
    }
  }

 private:
  std::deque<std::coroutine_handle<>> ready_;
};

struct Reply {
  std::shared_ptr<Stream> stream;
  std::string text;
  std::optional<ModelFault> fault;
  bool ended = false;
  [[nodiscard]] std::uint64_t tokens() const { return stream->usage().completion_tokens; }
};

Task<void> read(Reply& reply) {
  while (true) {
    auto piece = co_await reply.stream->next();
    if (!piece) reply.fault = piece.error().fault;
    if (!piece || !*piece) break;
    reply.text += (*piece)->text;
  }
  reply.ended = true;
}

class Desk {
 public:
  explicit Desk(const LoadOptions& load = {}, std::uint32_t streams_per_step = 16,
                std::chrono::milliseconds step_time = {})
      : load_(load),
        model_(make_fake_backend({.load = load, .probe = &probe})),
        scheduler_(*model_, {load, streams_per_step, 32, step_time}, clock,
                   [this](const Job& job, const Outcome& outcome, auto then) {
                     ++ends;
                     ++ends_of[job.tenant.id];
                     last_fault =
                         outcome.error ? std::optional(outcome.error->fault) : std::nullopt;
                     then();
                   }) {}
  ~Desk() {
    for (Reply& reply : replies_) reply.stream->cancel();
    executor_.run();
  }

  Reply& ask(const std::string& text, const Tenant& tenant = {}, std::uint32_t most = 100000,
             bool reads = true, std::chrono::milliseconds within = {}) {
    GenerateRequest request;
    request.input = ChatInput{.messages = R"([{"role":"user","content":")" + text + "\"}]"};
    request.sampling.temperature = 0;
    request.max_tokens = most;
    request.tenant = tenant;
    request.start_within = within;
    auto prepared = prepare(request, *model_, load_, clock.now());
    Reply& reply = replies_.emplace_back();
    if (!prepared) {
      ADD_FAILURE() << prepared.error().message;
      return reply;
    }
    reply.stream = std::make_shared<Stream>(signal_);
    prepared->job->stream = reply.stream;
    prepared->job->ticket = *limits_.enter(tenant);
    scheduler_.add(std::move(prepared->job));
    if (reads) start(read(reply), [] {});
    return reply;
  }

  bool step() {
    const bool did = scheduler_.step();
    executor_.run();
    return did;
  }
  void steps(int count) {
    for (int i = 0; i < count; ++i) step();
  }
  // Until nothing is left to do; how many it took.
  int finish() {
    int count = 0;
    while (step()) ++count;
    return count;
  }

  FakeProbe probe;
  ManualClock clock{Time(std::chrono::seconds(1000))};
  int ends = 0;
  std::map<std::string, int> ends_of;
  std::optional<ModelFault> last_fault;
  Scheduler& scheduler() { return scheduler_; }

 private:
  StepExecutor executor_;
  Executor::Scope scope_{executor_};
  LoadOptions load_;
  std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
  Limits limits_{clock};
  std::list<Reply> replies_;
  std::unique_ptr<Backend> model_;
  Scheduler scheduler_;
};

Tenant tenant(std::string id, double weight = 1, std::int32_t priority = 0) {
  Tenant made;
  made.id = std::move(id);
  made.weight = weight;
  made.priority = priority;
  return made;
}

Tenant alone(std::string id = "alone") {
  Tenant made = tenant(std::move(id));
  made.share_prefixes = false;
  return made;
}

TEST(Scheduler, RunsRepliesTogether) {
  Desk desk;
  Reply& one = desk.ask("hello");
  Reply& two = desk.ask("good day", tenant("other"));
  const int steps = desk.finish();
  EXPECT_EQ(one.text, "hello");
  EXPECT_EQ(two.text, "good day");
  EXPECT_EQ(one.stream->usage().completion_tokens, 5U);
  EXPECT_LE(steps, 12);  // not one after the other
  EXPECT_EQ(desk.ends, 2);
}

TEST(Scheduler, EndsAtItsLimits) {
  Desk desk({.context_tokens = 64});
  Reply& few = desk.ask("repeat 100", {}, 7);
  EXPECT_TRUE((desk.finish(), few.ended));
  EXPECT_EQ(few.text, "word wo");
  EXPECT_EQ(few.stream->finish_reason(), FinishReason::kLength);
  Reply& all = desk.ask("repeat 100");
  EXPECT_TRUE((desk.finish(), all.ended));
  EXPECT_EQ(all.stream->finish_reason(), FinishReason::kLength);
  EXPECT_EQ(all.tokens() + all.stream->usage().prompt_tokens, 64U);
}

TEST(Scheduler, OneComputesACommonBeginningForAll) {
  Desk desk;
  const std::string prefix(1500, 'p');
  std::vector<Reply*> replies;
  for (int i = 0; i < 16; ++i) {
    replies.push_back(
        &desk.ask(prefix + " user " + std::to_string(100 + i), tenant("t" + std::to_string(i)), 1));
  }
  desk.finish();
  const std::uint64_t own = 16 * 12;  // " user 100" and the marks around
  EXPECT_LE(desk.probe.rows, (own + 1500) * 13 / 10);
  std::uint64_t cached = 0;
  for (Reply* reply : replies) {
    EXPECT_TRUE(reply->ended);
    EXPECT_EQ(reply->text, "p");
    cached += reply->stream->usage().cached_tokens;
  }
  EXPECT_GE(cached, 15U * 1500U);
}

TEST(Scheduler, FinishedPromptsServeLaterOnes) {
  Desk desk;
  desk.ask("a long question about lakes", tenant("one"), 3);
  desk.finish();
  const auto before = desk.probe.rows.load();
  Reply& again = desk.ask("a long question about rivers", tenant("two"), 3);
  desk.finish();
  EXPECT_EQ(again.text, "a l");
  EXPECT_GE(again.stream->usage().cached_tokens, 22U);
  EXPECT_LE(desk.probe.rows - before, 12U);
}

TEST(Scheduler, WhatNobodyComesBackForIsNotKeptForLong) {
  Desk desk({.context_tokens = 2048});
  for (int i = 0; i < 40; ++i) {
    desk.ask(std::to_string(i) + std::string(100, static_cast<char>('a' + i % 26)), tenant("one"));
    desk.finish();
  }
  const std::int32_t kept = desk.scheduler().cached_tokens();
  EXPECT_LE(kept, 400);
  // Somebody does come back, again and again: what was forgotten would have been of use.
  std::size_t computed = 0;
  for (int i = 0; i < 3; ++i) {
    desk.probe.rows = 0;
    desk.ask(std::string(300, 'z') + std::to_string(i), tenant("two"), 1);
    desk.finish();
    computed = desk.probe.rows;
  }
  EXPECT_LT(computed, 50U);
}

TEST(Scheduler, OptingOutNeitherReadsNorOffers) {
  Desk desk;
  desk.ask("a long question about lakes", tenant("one"), 3);
  desk.finish();
  const auto cells = desk.probe.cells_used.load();
  Reply& own = desk.ask("a long question about lakes", alone(), 3);
  desk.finish();
  EXPECT_EQ(own.stream->usage().cached_tokens, 0U);
  EXPECT_EQ(desk.probe.cells_used, cells);  // nothing stays
  Desk other;
  other.ask("a long question about lakes", alone(), 3);
  other.finish();
  EXPECT_EQ(other.probe.cells_used, 0U);
}

TEST(Scheduler, FollowersGoOnWhenTheirLeaderLeaves) {
  Desk desk({.batch_tokens = 64});
  const std::string prefix(600, 'p');
  Reply& leader = desk.ask(prefix + "1", tenant("one"), 1);
  Reply& second = desk.ask(prefix + "2", tenant("two"), 1);
  Reply& third = desk.ask(prefix + "3", tenant("three"), 1);
  desk.steps(4);
  EXPECT_LE(desk.probe.rows, 256U);
  leader.stream->cancel();
  desk.finish();
  EXPECT_EQ(second.text, "p");
  EXPECT_EQ(third.text, "p");
  EXPECT_LE(desk.probe.rows, 640U);  // what the leader had done was kept
}

TEST(Scheduler, WeightsDecideBetweenSaturatingTenants) {
  Desk desk({}, 4);
  std::vector<Reply*> ones;
  std::vector<Reply*> threes;
  for (int i = 0; i < 8; ++i) {
    ones.push_back(&desk.ask("repeat 100000", tenant("one", 1), 500));
    threes.push_back(&desk.ask("repeat 100000", tenant("three", 3), 500));
  }
  desk.steps(600);
  auto sum = [](const std::vector<Reply*>& replies) {
    double tokens = 0;
    for (Reply* reply : replies) tokens += static_cast<double>(reply->tokens());
    return tokens;
  };
  EXPECT_GT(sum(ones) + sum(threes), 2300);
  EXPECT_NEAR(sum(threes) / sum(ones), 3, 0.3);
}

// The same where the sequences are what is short.
TEST(Scheduler, WeightsDecideWhoIsAdmitted) {
  Desk desk({.max_sequences = 2});
  std::map<std::string, std::uint64_t> tokens;
  std::list<std::pair<std::string, Reply*>> asked;
  auto ask = [&](const std::string& id, double weight) {
    asked.emplace_back(id, &desk.ask("repeat 100", tenant(id, weight), 40));
  };
  for (int i = 0; i < 8; ++i) {
    ask("one", 1);
    ask("three", 3);
  }
  for (int i = 0; i < 2000; ++i) {
    desk.step();
    auto ended = std::find_if(asked.begin(), asked.end(),
                              [](const auto& entry) { return entry.second->ended; });
    if (ended == asked.end()) continue;
    tokens[ended->first] += ended->second->tokens();
    const std::string id = ended->first;
    asked.erase(ended);
    ask(id, id == "one" ? 1 : 3);
  }
  const double ratio = static_cast<double>(tokens["three"]) / static_cast<double>(tokens["one"]);
  EXPECT_NEAR(ratio, 3, 0.3);
}

TEST(Scheduler, WhoWantedLittleSavesUpNoMoreThanTheCredit) {
  Desk desk({}, 4);
  std::vector<Reply*> light = {&desk.ask("repeat 100000", tenant("light"))};
  for (int i = 0; i < 8; ++i) desk.ask("repeat 100000", tenant("heavy"));
  desk.steps(200);
  EXPECT_NEAR(static_cast<double>(light[0]->tokens()), 200, 5);  // all that one reply can have
  for (int i = 0; i < 7; ++i) light.push_back(&desk.ask("repeat 100000", tenant("light")));
  desk.steps(50);
  std::uint64_t tokens = 0;
  for (Reply* reply : light) tokens += reply->tokens();
  EXPECT_NEAR(static_cast<double>(tokens), 300, 20 + FairShare::kCredit);
}

// A model that takes 10 ms for each row and steps of 400 ms.
TEST(Scheduler, PiecesOfPromptsAreAsLargeAsAStepMayTake) {
  using namespace std::chrono_literals;
  Desk desk({.batch_tokens = 512}, 16, 400ms);
  std::vector<std::size_t> rows;
  desk.probe.on_decode = [&](std::span<const Row> now) -> Status {
    rows.push_back(now.size());
    desk.clock.set(desk.clock.now() + 10ms * now.size());
    return {};
  };
  const std::string longer(1000, 'x');
  desk.ask(longer, alone("first"), 1);
  desk.step();
  EXPECT_EQ(rows.back(), 64U);  // before anything is known of its speed
  desk.step();
  EXPECT_EQ(rows.back(), 160U);  // nobody writes: four times as long
  desk.finish();
  desk.ask("repeat 100000", alone("writer"));
  desk.steps(3);
  Reply& reader = desk.ask(longer, alone("reader"), 1);
  desk.steps(8);
  EXPECT_EQ(rows.back(), 40U);
  EXPECT_EQ(reader.tokens(), 0U);
}

// Who asks now and then has a short prompt read in the next step, beyond what a step has.
TEST(Scheduler, AShortPromptOfALightTenantIsReadAtOnce) {
  using namespace std::chrono_literals;
  Desk desk({.batch_tokens = 512}, 16, 100ms);
  desk.probe.on_decode = [&](std::span<const Row> now) -> Status {
    desk.clock.set(desk.clock.now() + 10ms * now.size());
    return {};
  };
  for (int i = 0; i < 40; ++i) desk.ask("repeat 100000", tenant("heavy"));
  desk.steps(100);
  Reply& light = desk.ask(std::string(50, 'x'), alone("light"), 20);
  desk.step();
  EXPECT_EQ(light.tokens(), 1U);
}

TEST(Scheduler, ALightTenantIsServedBesideASaturatingOne) {
  for (int heavy : {16, 40, 200}) {
    Desk desk;
    for (int i = 0; i < heavy; ++i) desk.ask("repeat 100000", tenant("heavy"));
    desk.steps(50);
    Reply& light = desk.ask("a question", tenant("light"), 20);
    int steps = 0;
    while (light.tokens() == 0 && steps < 100) {
      desk.step();
      ++steps;
    }
    EXPECT_LE(steps, 2) << heavy;
    while (!light.ended && steps < 100) {
      desk.step();
      ++steps;
    }
    EXPECT_LE(steps, 25) << heavy;
  }
}

TEST(Scheduler, ALongPromptDoesNotStallReplies) {
  Desk desk({.batch_tokens = 64});
  Reply& reply = desk.ask("repeat 100000", tenant("one"));
  desk.steps(2);
  Reply& prompt = desk.ask(std::string(2000, 'x'), tenant("two"), 1);
  auto before = reply.tokens();
  int steps = 0;
  while (!prompt.ended && steps < 100) {
    desk.step();
    EXPECT_EQ(reply.tokens(), ++before);
    ++steps;
  }
  EXPECT_EQ(prompt.text, "x");
  EXPECT_GE(steps, 2000 / 64);
  EXPECT_LE(steps, 2000 / 64 + 3);
  EXPECT_LE(desk.probe.most_rows, 64U);
}

TEST(Scheduler, RepliesLeaveRoomForPrompts) {
  Desk desk({.batch_tokens = 8});
  for (int i = 0; i < 16; ++i) desk.ask("repeat 100000", tenant("one"));
  desk.steps(100);
  Reply& prompt = desk.ask("a question", tenant("one"), 1);
  desk.steps(50);
  EXPECT_TRUE(prompt.ended);
}

TEST(Scheduler, PrioritiesAreStrict) {
  Desk desk({}, 2);
  Reply& batch = desk.ask("repeat 100000", tenant("batch", 100, -1));
  Reply& first = desk.ask("repeat 100", tenant("one"), 100);
  Reply& second = desk.ask("repeat 100", tenant("one"), 100);
  desk.steps(50);
  EXPECT_EQ(batch.tokens(), 1U);  // while its prompt was the only thing to do beside others
  while (!first.ended || !second.ended) desk.step();
  const auto before = batch.tokens();
  desk.steps(10);
  EXPECT_EQ(batch.tokens() - before, 10U);
}

TEST(Scheduler, CancellationFreesCellsAtOnce) {
  Desk desk;
  Reply& reply = desk.ask("repeat 100000", alone());
  desk.steps(20);
  EXPECT_GT(desk.probe.cells_used, 20U);
  reply.stream->cancel();
  EXPECT_FALSE(desk.step());
  EXPECT_TRUE(reply.ended);
  EXPECT_EQ(desk.probe.cells_used, 0U);
  EXPECT_EQ(desk.scheduler().running(), 0U);
  EXPECT_EQ(desk.ends, 1);
  EXPECT_FALSE(desk.last_fault);
}

TEST(Scheduler, WhoDoesNotReadPausesOnlyItself) {
  Desk desk;
  Reply& idle = desk.ask("repeat 100000", tenant("idle"), 100000, false);
  Reply& other = desk.ask("repeat 100000", tenant("other"), 500);
  desk.finish();
  EXPECT_TRUE(other.ended);
  EXPECT_EQ(other.tokens(), 500U);
  EXPECT_EQ(idle.tokens(), 64U);
  start(read(idle), [] {});  // reads what there is
  desk.steps(10);
  EXPECT_EQ(idle.tokens(), 74U);
}

TEST(Scheduler, AFullCacheDelaysButLosesNothing) {
  Desk desk({.context_tokens = 200, .batch_tokens = 32});
  std::vector<Reply*> replies;
  for (int i = 0; i < 6; ++i) {
    replies.push_back(&desk.ask("repeat 30 w" + std::to_string(i), alone(std::to_string(i))));
  }
  desk.finish();
  for (int i = 0; i < 6; ++i) {
    Reply& reply = *replies[static_cast<std::size_t>(i)];
    EXPECT_TRUE(reply.ended);
    std::string expected;
    for (int n = 0; n < 30; ++n) expected += (n ? " w" : "w") + std::to_string(i);
    EXPECT_EQ(reply.text, expected);
  }
  EXPECT_EQ(desk.ends, 6);
  EXPECT_EQ(desk.probe.cells_used, 0U);
}

// What was shared with a sequence that is gone is easily taken for free cells.
TEST(Scheduler, AFullCacheIsNotFoughtOver) {
  Desk desk({.context_tokens = 200});
  const std::string prefix(80, 'x');
  desk.ask(prefix + "1", tenant("none"), 1);
  desk.finish();
  Reply& first = desk.ask(prefix + "2", tenant("one"));
  Reply& second = desk.ask(std::string(60, 'y'), tenant("two"));
  for (int i = 0; i < 300; ++i) desk.step();
  EXPECT_EQ(first.text, prefix + "2");
  EXPECT_EQ(second.text, std::string(60, 'y'));
  EXPECT_LE(desk.probe.rows, 600U);
}

TEST(Scheduler, TheCacheIsEvictedByUse) {
  Desk desk({.max_sequences = 3});
  desk.ask("first of them all", {}, 1);
  desk.finish();
  desk.ask("second of them all", {}, 1);
  desk.finish();
  desk.ask("third of them all", {}, 1);
  desk.finish();
  desk.ask("first of them all, again", {}, 1);  // uses the first and evicts the second
  desk.finish();
  Reply& first = desk.ask("first of them all", {}, 1);
  desk.finish();
  EXPECT_GE(first.stream->usage().cached_tokens, 17U);
  Reply& second = desk.ask("second of them all", {}, 1);
  desk.finish();
  EXPECT_LT(second.stream->usage().cached_tokens, 5U);
}

TEST(Scheduler, WhoDoesNotStartInTimeIsTold) {
  Desk desk({.max_sequences = 1});
  Reply& running = desk.ask("repeat 100000");
  desk.steps(2);
  Reply& waits = desk.ask("hello", {}, 5, true, std::chrono::milliseconds(500));
  desk.steps(2);
  EXPECT_FALSE(waits.ended);
  desk.clock.set(desk.clock.now() + std::chrono::milliseconds(501));
  desk.steps(2);
  EXPECT_EQ(waits.fault, ModelFault::kDeadline);
  EXPECT_FALSE(running.ended);
  EXPECT_EQ(desk.ends, 1);
}

TEST(Scheduler, AFailedComputationEndsWhatRuns) {
  Desk desk;
  Reply& reply = desk.ask("hello");
  desk.probe.on_decode = [](std::span<const Row>) -> Status {
    return fail(ErrorCode::kIo, "broken");
  };
  desk.step();
  EXPECT_EQ(reply.fault, ModelFault::kInternal);
  desk.probe.on_decode = nullptr;
  Reply& next = desk.ask("hello");
  desk.finish();
  EXPECT_EQ(next.text, "hello");
  EXPECT_EQ(desk.ends, 2);
}

}  // namespace
}  // namespace lakeside::serving
