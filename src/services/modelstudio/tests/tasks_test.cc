// DashScope's asynchronous tasks as their clients see them.
#include <future>

#include <gtest/gtest.h>

#include "services/modelstudio/tests/test_studio.h"

namespace lakeside::modelstudio {
namespace {

const Headers kAsync = {{"X-DashScope-Async", "enable"}};
constexpr const char* kGeneration = "/api/v1/services/aigc/text-generation/generation";
constexpr const char* kEmbedding = "/api/v1/services/embeddings/text-embedding/text-embedding";

class Tasks : public testing::Test {
 protected:
  Json make(const std::string& path, const Json& body) {
    Answer made = studio_.post(path, body, kAsync);
    EXPECT_EQ(made.status, 200) << made.body;
    EXPECT_EQ(made.json()["output"]["task_status"], "PENDING");
    return made.json()["output"];
  }
  std::string generate() {
    return make(kGeneration, {{"model", "stub"}, {"input", {{"prompt", "Hi"}}}})["task_id"];
  }
  Json get(const std::string& id) { return studio_.get("/api/v1/tasks/" + id).json(); }

  TestStudio studio_;
};

TEST_F(Tasks, GenerateAndAreAskedForLater) {
  const std::string id = generate();
  studio_.wait_for_jobs();
  Json task = get(id);
  EXPECT_EQ(task["output"]["task_id"], id);
  EXPECT_EQ(task["output"]["task_status"], "SUCCEEDED");
  EXPECT_EQ(task["output"]["text"], "Hello world");
  EXPECT_EQ(task["output"]["submit_time"], "2026-11-21 23:15:09.000");
  EXPECT_EQ(task["usage"]["output_tokens"], 2);
  EXPECT_FALSE(task["request_id"].get<std::string>().empty());
  EXPECT_LT(studio_.server.asked[0].tenant.priority, -1000);
}

TEST_F(Tasks, EmbedAndRank) {
  Json body = {{"model", "stub"}, {"input", {{"texts", Json::array({"a", "b"})}}}};
  const std::string embed = make(kEmbedding, body)["task_id"];
  body = {{"model", "stub"}, {"input", {{"query", "q"}, {"documents", Json::array({"a"})}}}};
  const std::string rank = make("/api/v1/services/rerank/text-rerank/text-rerank", body)["task_id"];
  studio_.wait_for_jobs();
  EXPECT_EQ(get(embed)["output"]["embeddings"].size(), 2U);
  EXPECT_EQ(get(embed)["usage"]["total_tokens"], 5);
  EXPECT_EQ(get(rank)["output"]["results"].size(), 1U);
}

TEST_F(Tasks, SayWhyTheyFailed) {
  studio_.server.refuse = ModelError{ModelFault::kPromptTooLong, "too long", {}};
  const std::string id = generate();
  studio_.wait_for_jobs();
  Json output = get(id)["output"];
  EXPECT_EQ(output["task_status"], "FAILED");
  EXPECT_EQ(output["code"], "InvalidParameter");
  EXPECT_EQ(output["message"], "too long");
}

TEST_F(Tasks, AreRefusedWhereTheRequestIsWrong) {
  Json body = {{"model", "stub"}, {"input", {{"prompt", "Hi"}}}};
  body["parameters"]["temperature"] = 9;
  EXPECT_EQ(studio_.post(kGeneration, body, kAsync).status, 400);
}

TEST_F(Tasks, AreUnknownToOthersAndAfterTheirTime) {
  EXPECT_EQ(get("none")["output"]["task_status"], "UNKNOWN");
  const std::string id = generate();
  studio_.wait_for_jobs();
  KeySettings settings;
  settings.workspace = "other";
  auto made = run_blocking(studio_.keys->create(settings, {}));
  Answer other =
      studio_.send("GET", "/api/v1/tasks/" + id, {}, {{"Authorization", "Bearer " + made->secret}});
  EXPECT_EQ(other.json()["output"]["task_status"], "UNKNOWN");
  studio_.clock.set(studio_.clock.now() + std::chrono::hours(49));
  EXPECT_EQ(get(id)["output"]["task_status"], "UNKNOWN");
}

TEST_F(Tasks, EmbedTheLinesOfAFile) {
  const std::string file = studio_.add_file("batch", "one\ntwo\n\nthree");
  Json body = {{"model", "stub"}, {"input", {{"url", file}}}};
  Json made = make(kEmbedding, body);
  studio_.wait_for_jobs();
  Json task = get(made["task_id"]);
  EXPECT_EQ(task["output"]["task_status"], "SUCCEEDED") << task;
  EXPECT_EQ(task["usage"]["total_tokens"], 15);
  EXPECT_EQ(task["output"]["task_metrics"]["SUCCEEDED"], 3);
  const std::string url = task["output"]["url"];
  ASSERT_TRUE(url.starts_with("http://localhost/v1/files/"));
  Answer content = studio_.get(url.substr(std::string_view("http://localhost").size()));
  Json last =
      Json::parse(content.body.substr(content.body.rfind('\n', content.body.size() - 2) + 1));
  EXPECT_EQ(last["text_index"], 3);
  EXPECT_EQ(last["embedding"].size(), 3U);
}

TEST_F(Tasks, FetchNothingFromElsewhere) {
  Json body = {{"model", "stub"}, {"input", {{"url", "https://example.com/texts.txt"}}}};
  Answer refused = studio_.post(kEmbedding, body, kAsync);
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("input.url"), std::string::npos);
  body["input"]["url"] = "file-none";
  EXPECT_EQ(studio_.post(kEmbedding, body, kAsync).status, 400);
  body["input"]["url"] = studio_.add_file("batch", "x");
  EXPECT_EQ(studio_.post(kEmbedding, body).status, 400);  // a task alone
}

TEST_F(Tasks, CanBeCancelledBeforeTheyBegin) {
  std::promise<void> begun;
  std::promise<void> held;
  studio_.server.before_generate = [&](const serving::GenerateRequest&) {
    begun.set_value();
    held.get_future().wait();
    studio_.server.before_generate = nullptr;
    return std::optional<ModelError>();
  };
  const std::string first = generate();
  begun.get_future().wait();
  const std::string second = generate();
  auto cancel = [&](const std::string& id) {
    return studio_.send("POST", "/api/v1/tasks/" + id + "/cancel");
  };
  EXPECT_EQ(get(first)["output"]["task_status"], "RUNNING");
  EXPECT_EQ(cancel(second).status, 200);
  EXPECT_EQ(get(second)["output"]["task_status"], "CANCELED");
  Answer running = cancel(first);
  EXPECT_EQ(running.status, 400);
  EXPECT_EQ(running.json()["code"], "UnsupportedOperation");
  held.set_value();
  studio_.wait_for_jobs();
  EXPECT_EQ(get(first)["output"]["task_status"], "SUCCEEDED");
  EXPECT_EQ(get(second)["output"]["task_status"], "CANCELED");
  EXPECT_EQ(studio_.server.asked.size(), 1U);
}

TEST_F(Tasks, GoOnAfterARestart) {
  Job job;
  job.kind = Job::Kind::kTask;
  job.created = studio_.clock.now();
  job.expires = job.created + std::chrono::hours(24);
  job.id = new_task_id(job.created);
  job.workspace = "default";
  job.key_id = studio_.key_id;
  job.path = kGeneration;
  job.counts.total = 1;
  job.status = JobStatus::kInProgress;
  const std::string request = R"({"model":"stub","input":{"prompt":"Hi"}})";
  ASSERT_TRUE(run_blocking(studio_.jobs->create(job, request)));
  studio_.start();
  studio_.wait_for_jobs();
  EXPECT_EQ(get(job.id)["output"]["text"], "Hello world");
}

TEST_F(Tasks, AreListed) {
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    studio_.clock.set(studio_.clock.now() + std::chrono::seconds(1));
    ids.push_back(generate());
  }
  studio_.wait_for_jobs();
  Json page = studio_.get("/api/v1/tasks?page_no=1&page_size=2").json();
  EXPECT_EQ(page["total"], 3);
  EXPECT_EQ(page["total_page"], 2);
  ASSERT_EQ(page["data"].size(), 2U);
  EXPECT_EQ(page["data"][0]["task_id"], ids[2]);
  EXPECT_EQ(page["data"][0]["status"], "SUCCEEDED");
  EXPECT_EQ(page["data"][0]["user_api_unique_key"],
            "apikey:v1:aigc:text-generation:generation:stub");
  EXPECT_EQ(studio_.get("/api/v1/tasks?page_no=2&page_size=2").json()["data"].size(), 1U);
  auto total = [&](const std::string& query) {
    return studio_.get("/api/v1/tasks?" + query).json()["total"].get<int>();
  };
  EXPECT_EQ(total("status=FAILED"), 0);
  EXPECT_EQ(total("model_name=stub"), 3);
  EXPECT_EQ(total("model_name=other"), 0);
  EXPECT_EQ(total("api_key_id=" + studio_.key_id), 3);
  EXPECT_EQ(total("start_time=20261121231511"), 2);
  EXPECT_EQ(total("end_time=20261121231511"), 2);
  EXPECT_EQ(total("start_time=1795302911000"), 2);
  EXPECT_EQ(studio_.get("/api/v1/tasks?start_time=yesterday").status, 400);
  EXPECT_EQ(studio_.get("/api/v1/tasks?region=cn-beijing").status, 400);
}

}  // namespace
}  // namespace lakeside::modelstudio
