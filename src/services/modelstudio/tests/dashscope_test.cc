// The DashScope API as its SDK sees it.
#include <gtest/gtest.h>

#include "services/modelstudio/tests/test_studio.h"

namespace lakeside::modelstudio {
namespace {

const std::string kGeneration = "/api/v1/services/aigc/text-generation/generation";
const Headers kStreamed = {{"X-DashScope-SSE", "enable"}, {"Accept", "text/event-stream"}};

Json request(const Json& parameters) {
  return {{"model", "stub"}, {"input", {{"prompt", "Hi"}}}, {"parameters", parameters}};
}

class DashScope : public testing::Test {
 protected:
  Json generate(const Json& parameters) {
    Answer answer = studio_.post(kGeneration, request(parameters));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
  std::vector<Json> stream(const Json& parameters) {
    Answer answer = studio_.post(kGeneration, request(parameters), kStreamed);
    std::vector<Json> all;
    for (const std::string& event : answer.events()) all.push_back(Json::parse(event));
    return all;
  }

  TestStudio studio_;
};

TEST_F(DashScope, AnswersWithATextOrAMessage) {
  Json text = generate(Json::object());
  EXPECT_EQ(text["output"], Json({{"text", "Hello world"}, {"finish_reason", "stop"}}));
  EXPECT_EQ(text["usage"]["input_tokens"], 7);
  EXPECT_EQ(text["usage"]["output_tokens"], 2);
  EXPECT_EQ(text["usage"]["prompt_tokens_details"]["cached_tokens"], 4);
  EXPECT_EQ(text["request_id"], "01234567-89ab-cdef-0123-456700000000");
  Json message = generate({{"result_format", "message"}});
  EXPECT_EQ(message["output"]["choices"][0]["message"]["content"], "Hello world");
  EXPECT_EQ(message["output"]["choices"][0]["finish_reason"], "stop");
}

TEST_F(DashScope, StreamsExactlyAsTheSdkReads) {
  Answer answer = studio_.post(kGeneration, request({{"incremental_output", true}}), kStreamed);
  EXPECT_TRUE(answer.has_header("Content-Type: text/event-stream"));
  EXPECT_TRUE(answer.body.starts_with(
      "id:1\nevent:result\n:HTTP_STATUS/200\ndata:{\"output\":{\"text\":\"Hello\","
      "\"finish_reason\":\"null\"},\"usage\":"))
      << answer.body;
  EXPECT_NE(answer.body.find("}\n\nid:2\nevent:result\n"), std::string::npos);
}

TEST_F(DashScope, StreamsWhatIsNewOrAllSoFar) {
  auto incremental = stream({{"incremental_output", true}});
  ASSERT_EQ(incremental.size(), 3U);
  EXPECT_EQ(incremental[1]["output"]["text"], " world");
  EXPECT_EQ(incremental[2]["output"]["finish_reason"], "stop");
  auto whole = stream({{"result_format", "message"}});
  ASSERT_EQ(whole.size(), 3U);
  EXPECT_EQ(whole[1]["output"]["choices"][0]["message"]["content"], "Hello world");
  EXPECT_EQ(whole[1]["output"]["choices"][0]["finish_reason"], "null");
  EXPECT_EQ(whole[2]["output"]["choices"][0]["message"]["content"], "Hello world");
  EXPECT_EQ(whole[2]["output"]["choices"][0]["finish_reason"], "stop");
}

TEST_F(DashScope, CallsTools) {
  studio_.server.deltas = {{"a", {}}};
  studio_.server.meanings = {{"a", {"", "", {{"id1", "get", "{}"}}}}};
  Json tools = Json::array({{{"type", "function"}, {"function", {{"name", "get"}}}}});
  Json choice = generate({{"tools", tools}})["output"]["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "tool_calls");
  EXPECT_EQ(choice["message"]["tool_calls"][0]["id"], "id1");
  EXPECT_EQ(choice["message"]["tool_calls"][0]["index"], 0);
}

TEST_F(DashScope, AnErrorInTheStreamHasItsStatusInALine) {
  studio_.server.fail_after =
      serving::ModelError{serving::ModelFault::kRateLimited, "slow down", {}};
  Answer answer = studio_.post(kGeneration, request(Json::object()), kStreamed);
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("id:3\nevent:error\nstatus:429\n:HTTP_STATUS/429\ndata:{\"code\":"
                             "\"Throttling.AllocationQuota\",\"message\":\"slow down\","
                             "\"request_id\":\"01234567-89ab-cdef-0123-456700000000\"}\n\n"),
            std::string::npos)
      << answer.body;
}

TEST_F(DashScope, WordsEachFault) {
  using serving::ModelFault;
  struct Case {
    ModelFault fault;
    int status;
    const char* code;
  };
  for (const Case& c : {Case{ModelFault::kUnknownModel, 404, "ModelNotFound"},
                        Case{ModelFault::kWrongModel, 400, "InvalidParameter"},
                        Case{ModelFault::kPromptTooLong, 400, "InvalidParameter"},
                        Case{ModelFault::kQueueFull, 503, "ModelServingError"},
                        Case{ModelFault::kRateLimited, 429, "Throttling.AllocationQuota"},
                        Case{ModelFault::kOverQuota, 429, "Throttling.RateQuota"},
                        Case{ModelFault::kDeadline, 500, "RequestTimeOut"},
                        Case{ModelFault::kNoMemory, 503, "ModelUnavailable"},
                        Case{ModelFault::kInternal, 500, "InternalError"}}) {
    studio_.server.refuse = serving::ModelError{c.fault, "why", std::chrono::seconds(3)};
    Answer answer = studio_.post(kGeneration, request(Json::object()));
    EXPECT_EQ(answer.status, c.status) << c.code;
    EXPECT_EQ(answer.json()["code"], c.code);
    EXPECT_TRUE(answer.has_header("Retry-After: 3\r\n"));
  }
}

TEST_F(DashScope, RefusesCallersWithoutAKey) {
  Answer answer = studio_.send("POST", kGeneration, "{}", {{"Authorization", "Bearer sk-x"}});
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.json()["code"], "InvalidApiKey");
  EXPECT_EQ(answer.json()["request_id"], "01234567-89ab-cdef-0123-456700000000");
}

TEST_F(DashScope, RefusesWhatItCannotUnderstand) {
  for (const Json& body :
       {Json{{"model", "stub"}}, Json{{"model", "stub"}, {"input", Json::object()}},
        Json{{"model", 1}, {"input", {{"prompt", "x"}}}}, request({{"result_format", "xml"}}),
        request({{"temperature", 9}}), Json{{"model", "stub"}, {"input", {{"messages", "x"}}}},
        Json{{"model", "stub"}, {"input", 1}}}) {
    Answer answer = studio_.post(kGeneration, body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_EQ(answer.json()["code"], "InvalidParameter") << body;
  }
}

TEST_F(DashScope, EmbedsRanksAndCountsTokens) {
  Json embedded = studio_
                      .post("/api/v1/services/embeddings/text-embedding/text-embedding",
                            {{"model", "e"},
                             {"input", {{"texts", {"a", "b"}}}},
                             {"parameters", {{"text_type", "query"}}}})
                      .json();
  EXPECT_EQ(embedded["output"]["embeddings"][1]["text_index"], 1);
  EXPECT_EQ(embedded["output"]["embeddings"][1]["embedding"].size(), 3U);
  EXPECT_EQ(embedded["usage"]["total_tokens"], 5);
  Json ranked = studio_
                    .post("/api/v1/services/rerank/text-rerank/text-rerank",
                          {{"model", "r"},
                           {"input", {{"query", "q"}, {"documents", {"a", "bb"}}}},
                           {"parameters", {{"top_n", 1}, {"return_documents", true}}}})
                    .json();
  EXPECT_EQ(ranked["output"]["results"].size(), 1U);
  EXPECT_EQ(ranked["output"]["results"][0]["document"]["text"], "bb");
  Json said = Json::array({{{"role", "user"}, {"content", "x"}}});
  Json tokens =
      studio_.post("/api/v1/tokenizer", {{"model", "m"}, {"input", {{"messages", said}}}}).json();
  EXPECT_EQ(tokens["output"]["token_ids"], Json({1, 2}));
  EXPECT_EQ(tokens["usage"]["input_tokens"], 2);
}

TEST_F(DashScope, ListsModelsInPages) {
  Json page = studio_.get("/api/v1/models?page_no=2&page_size=1").json();
  EXPECT_EQ(page["output"]["total"], 2);
  EXPECT_EQ(page["output"]["models"][0]["model"], "org/embedder");
  Json one = studio_.get("/api/v1/models?model=stub&page_no=1&page_size=1").json();
  EXPECT_EQ(one["output"]["models"][0]["model"], "stub");
  EXPECT_EQ(studio_.get("/api/v1/models?page_no=0").status, 400);
}

TEST_F(DashScope, RecognisesWhatIsNotHere) {
  Answer answer = studio_.post("/api/v1/services/aigc/text2image/image-synthesis", Json::object());
  EXPECT_EQ(answer.status, 501);
  EXPECT_EQ(answer.json()["code"], "NotImplemented");
  EXPECT_EQ(studio_.get("/api/v1/fine-tunes").status, 501);
  EXPECT_EQ(studio_.get("/api/v1/unheard-of").status, 404);
}

}  // namespace
}  // namespace lakeside::modelstudio
