// OpenAI's batches as their clients see them.
#include <future>

#include <gtest/gtest.h>

#include "services/modelstudio/tests/test_studio.h"

namespace lakeside::modelstudio {
namespace {

using Lines = std::vector<Json>;

Json chat_line(const std::string& id, const Json& more = Json::object()) {
  Json body = {{"model", "stub"},
               {"messages", Json::array({{{"role", "user"}, {"content", "Hi"}}})}};
  body.update(more);
  return {{"custom_id", id},
          {"method", "POST"},
          {"url", "/v1/chat/completions"},
          {"body", std::move(body)}};
}

std::string to_jsonl(const Lines& lines) {
  std::string text;
  for (const Json& line : lines) text += line.dump() + "\n";
  return text;
}

Lines from_jsonl(const std::string& text) {
  Lines lines;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = text.find('\n', at);
    lines.push_back(Json::parse(text.substr(at, end - at), nullptr, false));
    at = end + 1;
  }
  return lines;
}

class Batches : public testing::Test {
 protected:
  Answer create(const std::string& input, const Json& more = Json::object()) {
    Json body = {{"input_file_id", input},
                 {"endpoint", "/v1/chat/completions"},
                 {"completion_window", "24h"}};
    body.update(more);
    return studio_.post("/v1/batches", body);
  }
  Json get(const std::string& id) { return studio_.get("/v1/batches/" + id).json(); }
  // Of these lines, when nothing is left to do.
  Json run_text(const std::string& input, const Json& more = Json::object()) {
    Answer made = create(studio_.add_file("batch", input), more);
    EXPECT_EQ(made.status, 200) << made.body;
    EXPECT_EQ(made.json()["status"], "validating");
    studio_.wait_for_jobs();
    return get(made.json()["id"]);
  }
  Json run(const Lines& lines, const Json& more = Json::object()) {
    return run_text(to_jsonl(lines), more);
  }
  Lines file(const Json& id) { return from_jsonl(studio_.file_text(id)); }
  std::string only_error(const Json& batch) {
    EXPECT_EQ(batch["status"], "failed") << batch;
    EXPECT_EQ(batch["errors"]["data"].size(), 1U) << batch;
    return batch["errors"]["data"][0]["code"];
  }

  TestStudio studio_;
};

TEST_F(Batches, AnswerEachLineInItsOrder) {
  Lines lines;
  for (int i = 0; i < 40; ++i) lines.push_back(chat_line("request-" + std::to_string(i)));
  Json batch = run(lines, {{"metadata", {{"name", "nightly"}}}});
  EXPECT_EQ(batch["status"], "completed") << batch;
  EXPECT_EQ(batch["object"], "batch");
  EXPECT_EQ(batch["model"], "stub");
  EXPECT_EQ(batch["request_counts"], Json({{"total", 40}, {"completed", 40}, {"failed", 0}}));
  EXPECT_EQ(batch["usage"]["input_tokens"], 280);
  EXPECT_EQ(batch["usage"]["output_tokens"], 80);
  EXPECT_EQ(batch["metadata"]["name"], "nightly");
  EXPECT_EQ(batch["created_at"], 1795302909);
  EXPECT_EQ(batch["expires_at"], 1795302909 + 86400);
  EXPECT_EQ(batch["completed_at"], 1795302909);
  EXPECT_TRUE(batch["failed_at"].is_null());
  EXPECT_TRUE(batch["error_file_id"].is_null());
  Lines output = file(batch["output_file_id"]);
  ASSERT_EQ(output.size(), 40U);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(output[i]["custom_id"], "request-" + std::to_string(i));
    EXPECT_TRUE(output[i]["error"].is_null());
    EXPECT_EQ(output[i]["response"]["status_code"], 200);
    EXPECT_EQ(output[i]["response"]["body"]["choices"][0]["message"]["content"], "Hello world");
  }
  auto listed = studio_.files->list("default", {.purpose = "batch_output"});
  auto page = run_blocking(std::move(listed));
  ASSERT_EQ(page->files.size(), 1U);
  EXPECT_EQ(page->files[0].filename, batch["id"].get<std::string>() + "_output.jsonl");
  EXPECT_TRUE(run_blocking(studio_.jobs->lines_done(batch["id"]))->empty());
  EXPECT_TRUE(run_blocking(studio_.jobs->active())->empty());
}

TEST_F(Batches, GoBehindInteractiveWork) {
  run({chat_line("a")});
  ASSERT_EQ(studio_.server.asked.size(), 1U);
  EXPECT_EQ(studio_.server.asked[0].tenant.id, studio_.key_id);
  EXPECT_LT(studio_.server.asked[0].tenant.priority, -1000);
  EXPECT_EQ(studio_.server.asked[0].tenant.weight, 3);
}

TEST_F(Batches, WhatALineAsksWronglyIsInTheErrorFile) {
  Json batch = run({chat_line("good"), chat_line("hot", {{"temperature", 9}}),
                    chat_line("stream", {{"stream", true}})});
  EXPECT_EQ(batch["status"], "completed");
  EXPECT_EQ(batch["request_counts"], Json({{"total", 3}, {"completed", 1}, {"failed", 2}}));
  ASSERT_EQ(file(batch["output_file_id"]).size(), 1U);
  Lines errors = file(batch["error_file_id"]);
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0]["custom_id"], "hot");
  EXPECT_TRUE(errors[0]["error"].is_null());
  EXPECT_EQ(errors[0]["response"]["status_code"], 400);
  EXPECT_EQ(errors[0]["response"]["body"]["error"]["param"], "temperature");
  EXPECT_EQ(errors[1]["response"]["body"]["error"]["param"], "stream");
}

TEST_F(Batches, EmbedToo) {
  Json line = {{"custom_id", "e"},
               {"method", "POST"},
               {"url", "/v1/embeddings"},
               {"body", {{"model", "stub"}, {"input", Json::array({"a", "b"})}}}};
  Json batch = run({line}, {{"endpoint", "/v1/embeddings"}});
  EXPECT_EQ(batch["status"], "completed") << batch;
  EXPECT_EQ(batch["usage"]["input_tokens"], 5);
  EXPECT_EQ(file(batch["output_file_id"])[0]["response"]["body"]["data"].size(), 2U);
}

TEST_F(Batches, SayWhatIsWrongWithTheirInput) {
  EXPECT_EQ(only_error(run_text("")), "empty_file");
  EXPECT_EQ(only_error(run_text("\n \n")), "empty_file");
  EXPECT_EQ(only_error(run_text("{")), "invalid_json_line");
  EXPECT_EQ(only_error(run({chat_line("a"), chat_line("a")})), "duplicate_custom_id");
  EXPECT_EQ(only_error(run({chat_line("a"), chat_line("b", {{"model", "org/embedder"}})})),
            "mismatched_model");
  EXPECT_EQ(only_error(run({chat_line("a", {{"model", "none"}})})), "model_not_found");
  Json line = chat_line("a");
  line["url"] = "/v1/embeddings";
  EXPECT_EQ(only_error(run({line})), "url_mismatch");
  line = chat_line("a");
  line["method"] = "GET";
  EXPECT_EQ(only_error(run({line})), "invalid_method");
  for (const char* name : {"custom_id", "method", "url", "body"}) {
    line = chat_line("a");
    line.erase(name);
    Json batch = run({chat_line("first"), line});
    EXPECT_EQ(only_error(batch), "missing_required_parameter");
    EXPECT_EQ(batch["errors"]["data"][0]["param"], name);
    EXPECT_EQ(batch["errors"]["data"][0]["line"], 2);
    EXPECT_EQ(batch["errors"]["object"], "list");
  }
  EXPECT_EQ(only_error(run_text(std::string(5 << 20, ' ') + "x")), "line_too_large");
  EXPECT_TRUE(studio_.server.asked.empty());
}

TEST_F(Batches, AreRefusedWhereTheRequestIsWrong) {
  const std::string input = studio_.add_file("batch", to_jsonl({chat_line("a")}));
  auto refused = [&](const Json& more) {
    Json error = create(input, more).json()["error"];
    return error["param"].get<std::string>();
  };
  EXPECT_EQ(refused({{"endpoint", "/v1/images/generations"}}), "endpoint");
  EXPECT_EQ(refused({{"completion_window", "1h"}}), "completion_window");
  EXPECT_EQ(refused({{"metadata", {{"a", 1}}}}), "metadata");
  EXPECT_EQ(refused({{"output_expires_after", {{"anchor", "created_at"}, {"seconds", 1}}}}),
            "output_expires_after.seconds");
  EXPECT_EQ(refused({{"output_prefix", "oss://b/x"}}), "output_prefix");
  Answer missing = create("file-none");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.json()["error"]["message"], "No such File object: file-none");
  Answer purpose = create(studio_.add_file("user_data", "x"));
  EXPECT_EQ(purpose.status, 400);
  EXPECT_EQ(purpose.json()["error"]["param"], "input_file_id");
}

TEST_F(Batches, AreFoundAndListed) {
  EXPECT_EQ(studio_.get("/v1/batches/batch_none").status, 404);
  EXPECT_EQ(studio_.get("/v1/batches/batch_none").json()["error"]["message"],
            "No batch found with id 'batch_none'.");
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) {
    studio_.clock.set(studio_.clock.now() + std::chrono::seconds(1));
    ids.insert(ids.begin(), run({chat_line("a")})["id"]);
  }
  Json page = studio_.get("/v1/batches?limit=2").json();
  EXPECT_EQ(page["object"], "list");
  EXPECT_EQ(page["first_id"], ids[0]);
  EXPECT_EQ(page["last_id"], ids[1]);
  EXPECT_EQ(page["has_more"], true);
  page = studio_.get("/v1/batches?after=" + ids[1]).json();
  EXPECT_EQ(page["data"].size(), 1U);
  EXPECT_EQ(page["has_more"], false);
  EXPECT_EQ(studio_.get("/v1/batches?limit=0").status, 400);
  EXPECT_EQ(studio_.get("/v1/batches?after=batch_none").status, 404);
}

TEST_F(Batches, WaitWhereTheQueueIsFull) {
  int refusals = 5;
  studio_.server.before_generate = [&](const serving::GenerateRequest&) {
    if (refusals-- > 0) {
      return std::optional<ModelError>(ModelError{ModelFault::kQueueFull, "full", {}});
    }
    return std::optional<ModelError>();
  };
  Json batch = run({chat_line("a"), chat_line("b")});
  EXPECT_EQ(batch["status"], "completed");
  EXPECT_EQ(batch["request_counts"]["completed"], 2);
  EXPECT_EQ(studio_.server.asked.size(), 7U);
}

TEST_F(Batches, ReadAndWriteBuckets) {
  KeySettings settings = studio_.keys->list()[0].settings;
  const std::string url = "oss://data/in/requests.jsonl";
  studio_.objects.all[{"data", "in/requests.jsonl"}] = {
      "", to_jsonl({chat_line("a"), chat_line("b", {{"temperature", 9}})}), "1"};
  const Json out = {{"output_prefix", "oss://data/out/"}};
  EXPECT_EQ(create(url, out).status, 403);
  settings.buckets = {"data"};
  ASSERT_TRUE(run_blocking(studio_.keys->change(studio_.key_id, settings)));
  Answer made = create(url, out);
  ASSERT_EQ(made.status, 200) << made.body;
  studio_.wait_for_jobs();
  Json batch = get(made.json()["id"]);
  EXPECT_EQ(batch["status"], "completed") << batch;
  const std::string id = batch["id"];
  auto output = studio_.objects.text({"data", "out/" + id + "_output.jsonl"});
  ASSERT_TRUE(output);
  EXPECT_EQ(*output, studio_.file_text(batch["output_file_id"]));
  EXPECT_TRUE(studio_.objects.text({"data", "out/" + id + "_error.jsonl"}));
}

// Holds the first generation until the test has done something beside it.
class HeldBatches : public Batches {
 protected:
  std::string begin(const Lines& lines) {
    studio_.server.before_generate = [this](const serving::GenerateRequest&) {
      begun_.set_value();
      held_.get_future().wait();
      studio_.server.before_generate = nullptr;
      return std::optional<ModelError>();
    };
    Answer made = create(studio_.add_file("batch", to_jsonl(lines)));
    begun_.get_future().wait();
    return made.json()["id"];
  }
  void let_go() {
    held_.set_value();
    studio_.wait_for_jobs();
  }
  std::promise<void> begun_;
  std::promise<void> held_;
};

TEST_F(HeldBatches, CanBeCancelled) {
  const std::string id = begin({chat_line("a"), chat_line("b"), chat_line("c")});
  Answer cancelled = studio_.post("/v1/batches/" + id + "/cancel", Json::object());
  EXPECT_EQ(cancelled.status, 200);
  EXPECT_EQ(cancelled.json()["status"], "cancelling");
  EXPECT_EQ(cancelled.json()["request_counts"]["total"], 3);
  let_go();
  Json batch = get(id);
  EXPECT_EQ(batch["status"], "cancelled") << batch;
  EXPECT_FALSE(batch["cancelled_at"].is_null());
  // What ran is kept.
  Lines output = file(batch["output_file_id"]);
  ASSERT_EQ(output.size(), 1U);
  EXPECT_EQ(output[0]["custom_id"], "a");
  Lines errors = file(batch["error_file_id"]);
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[1]["custom_id"], "c");
  EXPECT_EQ(errors[1]["error"]["code"], "batch_cancelled");
  EXPECT_TRUE(errors[1]["response"].is_null());
  Answer again = studio_.post("/v1/batches/" + id + "/cancel", Json::object());
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.json()["error"]["message"], "Cannot cancel a batch with status 'cancelled'.");
}

TEST_F(HeldBatches, Expire) {
  const std::string id = begin({chat_line("a"), chat_line("b")});
  studio_.clock.set(studio_.clock.now() + std::chrono::hours(24));
  let_go();
  Json batch = get(id);
  EXPECT_EQ(batch["status"], "expired") << batch;
  EXPECT_EQ(file(batch["output_file_id"]).size(), 1U);
  Lines errors = file(batch["error_file_id"]);
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0]["error"]["code"], "batch_expired");
}

// The records as a process left them that was killed.
class InterruptedBatches : public Batches {
 protected:
  Job interrupted(const Lines& lines) {
    const std::string input = studio_.add_file("batch", to_jsonl(lines));
    auto file = run_blocking(studio_.files->find("default", input));
    Job job;
    job.created = studio_.clock.now();
    job.expires = job.created + std::chrono::hours(24);
    job.id = new_batch_id(job.created);
    job.workspace = "default";
    job.key_id = studio_.key_id;
    job.path = "/v1/chat/completions";
    job.window = "24h";
    job.input = input;
    job.input_object = file->object;
    job.input_etag = studio_.objects.all[{file->object.bucket, file->object.key}].etag;
    job.status = JobStatus::kInProgress;
    job.in_progress = job.created;
    job.counts.total = static_cast<std::uint32_t>(lines.size());
    return job;
  }
  Json resume(const Job& job) {
    EXPECT_TRUE(run_blocking(studio_.jobs->create(job, std::string())));
    studio_.start();
    studio_.wait_for_jobs();
    return get(job.id);
  }
};

TEST_F(InterruptedBatches, RunOnlyWhatHasNoResult) {
  Job job = interrupted({chat_line("a"), chat_line("b"), chat_line("c")});
  const std::string done = R"({"custom_id":"b","kept":true})";
  ASSERT_TRUE(run_blocking(studio_.jobs->put_line(job.id, 2, {true, {10, 0, 1}, done})));
  Json batch = resume(job);
  EXPECT_EQ(batch["status"], "completed") << batch;
  EXPECT_EQ(studio_.server.asked.size(), 2U);
  EXPECT_EQ(batch["request_counts"]["completed"], 3);
  EXPECT_EQ(batch["usage"]["input_tokens"], 24);
  Lines output = file(batch["output_file_id"]);
  ASSERT_EQ(output.size(), 3U);
  EXPECT_EQ(output[0]["custom_id"], "a");
  EXPECT_EQ(output[1].dump(), done);
  EXPECT_EQ(output[2]["custom_id"], "c");
}

TEST_F(InterruptedBatches, WriteTheirFilesOnce) {
  Job job = interrupted({chat_line("a")});
  job.status = JobStatus::kFinalizing;
  ASSERT_TRUE(run_blocking(studio_.jobs->put_line(job.id, 1, {true, {}, "{}"})));
  NewFile file{
      .workspace = "default", .purpose = "batch_output", .filename = job.id + "_output.jsonl"};
  StringReader written("{}\n");
  const std::string id = run_blocking(studio_.files->add(file, written))->id;
  Json batch = resume(job);
  EXPECT_EQ(batch["status"], "completed");
  EXPECT_EQ(batch["output_file_id"], id);
  EXPECT_TRUE(studio_.server.asked.empty());
}

TEST_F(InterruptedBatches, AreCancelledWithoutAnything) {
  Job job = interrupted({chat_line("a")});
  job.status = JobStatus::kCancelling;
  job.outcome = JobStatus::kCancelled;
  Json batch = resume(job);
  EXPECT_EQ(batch["status"], "cancelled");
  EXPECT_TRUE(batch["output_file_id"].is_null());
  EXPECT_EQ(file(batch["error_file_id"]).size(), 1U);
}

TEST_F(InterruptedBatches, FailWhereTheirInputWasReplaced) {
  Job job = interrupted({chat_line("a")});
  job.input_etag = "other";
  EXPECT_EQ(only_error(resume(job)), "file_changed");
}

TEST_F(InterruptedBatches, DoNoWorkForAKeyThatIsGone) {
  Job job = interrupted({chat_line("a")});
  job.key_id = "key-gone";
  Json batch = resume(job);
  EXPECT_EQ(batch["status"], "completed");
  EXPECT_EQ(file(batch["error_file_id"])[0]["response"]["status_code"], 401);
  EXPECT_TRUE(studio_.server.asked.empty());
}

}  // namespace
}  // namespace lakeside::modelstudio
