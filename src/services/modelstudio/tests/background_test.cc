// Responses that are made behind their request, through the whole service.
#include <future>

#include <gtest/gtest.h>

#include "services/modelstudio/tests/test_studio.h"

namespace lakeside::modelstudio {
namespace {

class Background : public testing::Test {
 protected:
  Answer post(Json changes = Json::object()) {
    Json request = {{"model", "stub"}, {"input", "Hi"}, {"background", true}};
    request.update(changes);
    return studio_.post("/v1/responses", request);
  }
  std::string begin(const Json& changes = Json::object()) {
    Answer answer = post(changes);
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(answer.json()["status"], "queued");
    return answer.json()["id"];
  }
  Json get(const std::string& id) { return studio_.get("/v1/responses/" + id).json(); }
  Answer cancel(const std::string& id) {
    return studio_.post("/v1/responses/" + id + "/cancel", Json::object());
  }
  // The first generation waits for `release`; returns when it does.
  void hold() {
    studio_.server.before_generate = [this](const serving::GenerateRequest&) {
      begun_.set_value();
      held_.get_future().wait();
      studio_.server.before_generate = nullptr;
      return std::optional<ModelError>();
    };
  }
  void until_held() { begun_.get_future().wait(); }
  void release() { held_.set_value(); }
  std::size_t jobs_left() { return run_blocking(studio_.jobs->active())->size(); }

  std::promise<void> begun_;
  std::promise<void> held_;
  TestStudio studio_;
};

TEST_F(Background, IsQueuedRunsAndIsAskedForLater) {
  hold();
  Answer answer = post({{"metadata", {{"a", "b"}}}});
  Json queued = answer.json();
  EXPECT_EQ(queued["status"], "queued");
  EXPECT_EQ(queued["background"], true);
  EXPECT_EQ(queued["output"], Json::array());
  EXPECT_EQ(queued["metadata"]["a"], "b");
  const std::string id = queued["id"];
  until_held();
  EXPECT_EQ(get(id)["status"], "in_progress");
  EXPECT_EQ(studio_.get("/v1/responses/" + id + "/input_items").json()["data"].size(), 1U);
  release();
  studio_.wait_for_jobs();
  Json done = get(id);
  EXPECT_EQ(done["status"], "completed");
  EXPECT_EQ(done["output"][0]["content"][0]["text"], "Hello world");
  EXPECT_EQ(done["usage"]["output_tokens"], 2);
  EXPECT_EQ(done["created_at"], queued["created_at"]);
  EXPECT_EQ(jobs_left(), 0U);
  EXPECT_LT(studio_.server.asked[0].tenant.priority, -1000);
  // Nothing but the response is left: it is no task, and no batch.
  EXPECT_EQ(studio_.get("/api/v1/tasks/" + id).json()["output"]["task_status"], "UNKNOWN");
  EXPECT_EQ(studio_.get("/v1/batches/" + id).status, 404);
}

TEST_F(Background, GoesOnFromAnotherOnceThatHasEnded) {
  hold();
  const std::string first = begin({{"input", "One"}});
  until_held();
  Answer early = post({{"previous_response_id", first}});
  EXPECT_EQ(early.status, 400);
  EXPECT_EQ(early.json()["error"]["param"], "previous_response_id");
  release();
  studio_.wait_for_jobs();
  begin({{"input", "Two"}, {"previous_response_id", first}});
  studio_.wait_for_jobs();
  Json said = Json::parse(std::get<serving::ChatInput>(studio_.server.asked.back().input).messages);
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(said[1]["content"], "Hello world");
}

TEST_F(Background, SaysWhyItFailed) {
  studio_.server.refuse = ModelError{ModelFault::kPromptTooLong, "too long", {}};
  const std::string id = begin();
  studio_.wait_for_jobs();
  Json failed = get(id);
  EXPECT_EQ(failed["status"], "failed");
  EXPECT_EQ(failed["error"]["code"], "invalid_prompt");
  EXPECT_EQ(failed["error"]["message"], "too long");
  EXPECT_EQ(jobs_left(), 0U);
  studio_.server.refuse = ModelError{ModelFault::kBroken, "secret", {}};
  const std::string broken = begin();
  studio_.wait_for_jobs();
  EXPECT_EQ(get(broken)["error"]["code"], "server_error");
}

TEST_F(Background, AKeyThatWasTakenAwayDoesNoMoreWork) {
  hold();
  begin();
  until_held();
  KeySettings settings;
  settings.name = "other";
  auto other = run_blocking(studio_.keys->create(settings, {}));
  Answer made =
      studio_.post("/v1/responses", {{"model", "stub"}, {"input", "Hi"}, {"background", true}},
                   {{"Authorization", "Bearer " + other->secret}});
  ASSERT_TRUE(run_blocking(studio_.keys->revoke(other->key.id)));
  release();
  studio_.wait_for_jobs();
  EXPECT_EQ(studio_.server.asked.size(), 1U);
  Json failed = get(made.json()["id"]);
  EXPECT_EQ(failed["status"], "failed");
  EXPECT_EQ(failed["error"]["code"], "server_error");
}

TEST_F(Background, IsRefusedAtOnceWhereItMakesNoSense) {
  auto refused = [this](const Json& changes) { return post(changes).json()["error"]["param"]; };
  EXPECT_EQ(refused({{"store", false}}), "background");
  EXPECT_EQ(refused({{"stream", true}}), "stream");
  EXPECT_EQ(refused({{"temperature", 9}}), "temperature");
  EXPECT_EQ(refused({{"background", "yes"}}), "background");
  EXPECT_EQ(refused({{"previous_response_id", "resp_0"}}), "previous_response_id");
  Answer unknown = post({{"model", "other"}});
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.json()["error"]["code"], "model_not_found");
  EXPECT_EQ(jobs_left(), 0U);
}

TEST_F(Background, CancelledItEndsNow) {
  hold();
  const std::string id = begin();
  until_held();
  Answer cancelled = cancel(id);
  EXPECT_EQ(cancelled.status, 200);
  EXPECT_EQ(cancelled.json()["status"], "cancelled");
  release();
  studio_.wait_for_jobs();
  EXPECT_EQ(studio_.server.cancelled, 1) << "the model goes on";
  EXPECT_EQ(get(id)["status"], "cancelled");
  EXPECT_EQ(cancel(id).json(), get(id)) << "again is the same";
  EXPECT_EQ(jobs_left(), 0U);
}

TEST_F(Background, CancelledBeforeItsTurnItNeverRuns) {
  hold();
  begin();
  until_held();
  const std::string second = begin();
  EXPECT_EQ(cancel(second).json()["status"], "cancelled");
  release();
  studio_.wait_for_jobs();
  EXPECT_EQ(studio_.server.asked.size(), 1U);
  EXPECT_EQ(get(second)["status"], "cancelled");
}

TEST_F(Background, RemovedItEnds) {
  hold();
  const std::string id = begin();
  until_held();
  EXPECT_EQ(studio_.send("DELETE", "/v1/responses/" + id).status, 200);
  release();
  studio_.wait_for_jobs();
  EXPECT_EQ(studio_.server.cancelled, 1);
  EXPECT_EQ(studio_.get("/v1/responses/" + id).status, 404);
  EXPECT_EQ(jobs_left(), 0U);
}

TEST_F(Background, CompletedItCannotBeCancelled) {
  const std::string id = begin();
  studio_.wait_for_jobs();
  EXPECT_EQ(cancel(id).json()["status"], "completed");
}

TEST_F(Background, GoesOnAfterARestart) {
  // As a process that was killed while it ran left it.
  Job job;
  job.kind = Job::Kind::kResponse;
  job.created = studio_.clock.now();
  job.expires = job.created + std::chrono::hours(24);
  job.id = new_response_id(job.created);
  job.workspace = "default";
  job.key_id = studio_.key_id;
  job.path = "/v1/responses";
  job.model = "stub";
  job.counts.total = 1;
  const std::string request = R"({"model":"stub","input":"Hi","background":true})";
  StoredResponse response{.id = job.id,
                          .workspace = job.workspace,
                          .previous = {},
                          .created = job.created,
                          .input = "[]",
                          .document = R"({"id":")" + job.id + R"(","status":"in_progress"})"};
  ASSERT_TRUE(run_blocking(studio_.jobs->create(job, request)));
  ASSERT_TRUE(run_blocking(studio_.responses->add(response)));
  // And one whose response was never written: nobody has heard of it.
  Job unheard = job;
  unheard.id = new_response_id(job.created);
  ASSERT_TRUE(run_blocking(studio_.jobs->create(unheard, request)));
  studio_.start();
  studio_.wait_for_jobs();
  EXPECT_EQ(get(job.id)["status"], "completed");
  EXPECT_EQ(get(job.id)["output"][0]["content"][0]["text"], "Hello world");
  EXPECT_EQ(studio_.server.asked.size(), 1U);
  // As before the restart: what it costs is counted once.
  EXPECT_EQ(studio_.server.asked[0].tenant.usage_id, usage_id_of(job, 1) + ".0");
  EXPECT_EQ(studio_.get("/v1/responses/" + unheard.id).status, 404);
  EXPECT_EQ(jobs_left(), 0U);
}

TEST_F(Background, WhatDoesNotBeginInTimeFails) {
  studio_.server.refuse = ModelError{ModelFault::kQueueFull, "busy", {}};
  const std::string id = begin();
  studio_.clock.set(studio_.clock.now() + std::chrono::hours(25));
  studio_.wait_for_jobs();
  EXPECT_EQ(get(id)["status"], "failed");
}

}  // namespace
}  // namespace lakeside::modelstudio
