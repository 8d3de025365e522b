// The OpenAI API as its clients see it.
#include <cstring>

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "services/modelstudio/tests/test_studio.h"

namespace lakeside::modelstudio {
namespace {

const Json kChat = {{"model", "stub"},
                    {"messages", Json::array({{{"role", "user"}, {"content", "Hi"}}})}};

Json with(Json json, const Json& more) {
  json.update(more);
  return json;
}

class OpenAi : public testing::Test {
 protected:
  Answer chat(const Json& more) { return studio_.post("/v1/chat/completions", with(kChat, more)); }
  Answer chat() { return chat(Json::object()); }
  std::vector<Json> stream(const Json& more) {
    Answer answer = chat(with({{"stream", true}}, more));
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.has_header("Content-Type: text/event-stream"));
    auto events = answer.events();
    EXPECT_EQ(events.back(), "[DONE]");
    std::vector<Json> all;
    for (std::size_t i = 0; i + 1 < events.size(); ++i) all.push_back(Json::parse(events[i]));
    return all;
  }
  StubServer& server() { return studio_.server; }

  TestStudio studio_;
};

TEST_F(OpenAi, AnswersAChat) {
  Answer answer = chat();
  ASSERT_EQ(answer.status, 200) << answer.body;
  Json json = answer.json();
  EXPECT_EQ(json["object"], "chat.completion");
  EXPECT_EQ(json["id"], "chatcmpl-0123456789abcdef01234567");
  EXPECT_EQ(json["created"], 1795302909);
  EXPECT_EQ(json["choices"][0]["message"]["content"], "Hello world");
  EXPECT_EQ(json["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(json["usage"]["total_tokens"], 9);
  EXPECT_EQ(json["usage"]["prompt_tokens_details"]["cached_tokens"], 4);
  EXPECT_TRUE(answer.has_header("x-request-id: req_0123456789abcdef01234567"));
  ASSERT_EQ(server().asked.size(), 1U);
  EXPECT_EQ(server().asked[0].tenant.id, studio_.key_id);
  EXPECT_EQ(server().asked[0].tenant.weight, 3);
  EXPECT_EQ(server().alive, 0);
}

TEST_F(OpenAi, IsThereUnderModelStudiosPrefixToo) {
  EXPECT_EQ(studio_.post("/compatible-mode/v1/chat/completions", kChat).status, 200);
}

TEST_F(OpenAi, StreamsAChat) {
  auto events = stream({{"stream_options", {{"include_usage", true}}}});
  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(events[0]["choices"][0]["delta"]["role"], "assistant");
  EXPECT_EQ(events[1]["choices"][0]["delta"], Json({{"content", "Hello"}}));
  EXPECT_TRUE(events[1]["choices"][0]["finish_reason"].is_null());
  EXPECT_TRUE(events[1]["usage"].is_null());
  EXPECT_EQ(events[3]["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(events[4]["choices"], Json::array());
  EXPECT_EQ(events[4]["usage"]["completion_tokens"], 2);
  EXPECT_FALSE(stream(Json::object())[1].contains("usage"));
}

TEST_F(OpenAi, MakesSeveralChoices) {
  Json json = chat({{"n", 3}, {"seed", 40}}).json();
  EXPECT_EQ(json["choices"].size(), 3U);
  EXPECT_EQ(json["choices"][2]["index"], 2);
  EXPECT_EQ(json["usage"]["prompt_tokens"], 7);
  EXPECT_EQ(json["usage"]["completion_tokens"], 6);
  ASSERT_EQ(server().asked.size(), 3U);
  EXPECT_EQ(server().asked[2].sampling.seed, 42U);
}

TEST_F(OpenAi, StreamsToolCallsAsTheyGrow) {
  server().deltas = {{"a", {}}, {"b", {}}, {"c", {}}, {"d", {}}};
  server().meanings = {{"a", {"", "hm", {}}},
                       {"ab", {"", "hm", {{"", "get", ""}}}},
                       {"abc", {"", "hm", {{"", "get", "{\"x\""}}}},
                       {"abcd", {"", "hm", {{"", "get", "{\"x\":1}"}, {"id2", "put", "{}"}}}}};
  Json tools = Json::array({{{"type", "function"}, {"function", {{"name", "get"}}}}});
  auto events = stream({{"tools", tools}});
  std::string arguments;
  std::vector<std::string> ids;
  for (const Json& event : events) {
    const Json& delta = event["choices"][0]["delta"];
    if (!delta.contains("tool_calls")) continue;
    for (const Json& call : delta["tool_calls"]) {
      if (call.contains("id")) ids.push_back(call["id"].get<std::string>());
      if (call["index"] == 0) arguments += call["function"]["arguments"].get<std::string>();
    }
  }
  EXPECT_EQ(arguments, "{\"x\":1}");
  ASSERT_EQ(ids.size(), 2U);
  EXPECT_TRUE(ids[0].starts_with("call_"));
  EXPECT_EQ(ids[1], "id2");
  EXPECT_EQ(events.back()["choices"][0]["finish_reason"], "tool_calls");
  EXPECT_EQ(events[1]["choices"][0]["delta"]["reasoning_content"], "hm");
  Json message = chat({{"tools", tools}}).json()["choices"][0]["message"];
  EXPECT_TRUE(message["content"].is_null());
  EXPECT_EQ(message["tool_calls"][1]["function"]["name"], "put");
}

TEST_F(OpenAi, SaysLogprobs) {
  server().deltas = {{"Hi", {{"Hi", -0.5F, {{"Hi", -0.5F}, {"Ho", -1.5F}}}}}};
  Json one = chat({{"logprobs", true}, {"top_logprobs", 2}}).json()["choices"][0]["logprobs"];
  EXPECT_EQ(one["content"][0]["token"], "Hi");
  EXPECT_EQ(one["content"][0]["bytes"], Json({72, 105}));
  EXPECT_EQ(one["content"][0]["top_logprobs"][1]["token"], "Ho");
  EXPECT_EQ(server().asked[0].logprobs, 2U);
}

TEST_F(OpenAi, ErrorsBeforeTheFirstTokenHaveAStatusAndLaterOnesAnEvent) {
  server().fail_after = serving::ModelError{serving::ModelFault::kInternal, "/secret/path", {}};
  Answer late = chat({{"stream", true}});
  EXPECT_EQ(late.status, 200);
  Json last = Json::parse(late.events().back());
  EXPECT_EQ(last["error"]["code"], "internal_error");
  EXPECT_EQ(late.body.find("/secret"), std::string::npos);
  server().deltas.clear();
  EXPECT_EQ(chat({{"stream", true}}).status, 500);
}

TEST_F(OpenAi, AClientThatLeavesEndsTheReply) {
  http::Response response =
      studio_.respond("POST", "/v1/chat/completions", with(kChat, {{"stream", true}}).dump(),
                      {{"Authorization", "Bearer " + studio_.secret}});
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(server().alive, 1);
  response.body = std::monostate();
  EXPECT_EQ(server().alive, 0);
}

TEST_F(OpenAi, AClientThatLeavesWhileItWaitsEndsTheReply) {
  struct Leaving final : http::Departure {
    void watch(std::move_only_function<void()> leave) override {
      ++calls;
      if (leave) leave();
      watching = leave != nullptr;
    }
    int calls = 0;
    bool watching = false;
  } departure;
  studio_.departure = &departure;
  for (bool stream : {false, true}) chat({{"n", 2}, {"stream", stream}});
  EXPECT_EQ(server().cancelled, 4);
  EXPECT_EQ(departure.calls, 4);  // watched and given up for each request
  EXPECT_FALSE(departure.watching);
}

TEST_F(OpenAi, WordsEachFault) {
  using serving::ModelFault;
  struct Case {
    ModelFault fault;
    int status;
    const char* code;
  };
  for (const Case& c : {Case{ModelFault::kUnknownModel, 404, "model_not_found"},
                        Case{ModelFault::kWrongModel, 400, "model_not_supported"},
                        Case{ModelFault::kPromptTooLong, 400, "context_length_exceeded"},
                        Case{ModelFault::kInvalid, 400, "invalid_value"},
                        Case{ModelFault::kQueueFull, 503, "engine_overloaded"},
                        Case{ModelFault::kRateLimited, 429, "rate_limit_exceeded"},
                        Case{ModelFault::kOverQuota, 429, "rate_limit_exceeded"},
                        Case{ModelFault::kDeadline, 503, "request_timeout"},
                        Case{ModelFault::kNoMemory, 503, "model_unavailable"},
                        Case{ModelFault::kBroken, 500, "model_unavailable"},
                        Case{ModelFault::kInternal, 500, "internal_error"}}) {
    server().refuse = serving::ModelError{c.fault, "why", std::chrono::seconds(17)};
    Answer answer = chat();
    EXPECT_EQ(answer.status, c.status) << c.code;
    EXPECT_EQ(answer.code, c.code);
    EXPECT_EQ(answer.json()["error"]["code"], c.code);
    EXPECT_TRUE(answer.has_header("Retry-After: 17\r\n"));
  }
}

TEST_F(OpenAi, RefusesCallersWithoutAKey) {
  for (std::string header : {"", "Bearer ", "Bearer sk-nobody", "Basic eDp5", "OSS AK:x"}) {
    Answer answer = studio_.send("GET", "/v1/models", {}, {{"Authorization", header}});
    EXPECT_EQ(answer.status, 401) << header;
    EXPECT_EQ(answer.json()["error"]["code"], "invalid_api_key");
    EXPECT_EQ(answer.json()["error"]["type"], "invalid_request_error");
  }
  EXPECT_EQ(
      studio_.send("GET", "/v1/models", {}, {{"Authorization", "bearer " + studio_.secret}}).status,
      200);
}

TEST_F(OpenAi, AKeyEndsWithItsTimeAndWhenItIsRevoked) {
  KeySettings settings;
  settings.expires = studio_.clock.now() + std::chrono::seconds(1);
  ASSERT_TRUE(run_blocking(studio_.keys->change(studio_.key_id, settings)));
  EXPECT_EQ(studio_.get("/v1/models").status, 200);
  studio_.clock.set(studio_.clock.now() + std::chrono::seconds(1));
  EXPECT_EQ(studio_.get("/v1/models").status, 401);
  settings.expires.reset();
  ASSERT_TRUE(run_blocking(studio_.keys->change(studio_.key_id, settings)));
  EXPECT_EQ(studio_.get("/v1/models").status, 200);
  ASSERT_TRUE(run_blocking(studio_.keys->revoke(studio_.key_id)));
  EXPECT_EQ(studio_.get("/v1/models").status, 401);
}

TEST_F(OpenAi, AModelThatAKeyDoesNotNameIsNotThereForIt) {
  KeySettings settings;
  settings.models = {"another"};
  ASSERT_TRUE(run_blocking(studio_.keys->change(studio_.key_id, settings)));
  Json prompt = {{"model", "stub"}, {"prompt", "a"}};
  Answer answer = studio_.post("/v1/completions", prompt);
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.json()["error"]["code"], "model_not_found");
  EXPECT_TRUE(studio_.get("/v1/models").json()["data"].empty());
  EXPECT_EQ(studio_.get("/v1/models/stub").status, 404);
  settings.models = {"stub"};
  ASSERT_TRUE(run_blocking(studio_.keys->change(studio_.key_id, settings)));
  EXPECT_EQ(studio_.post("/v1/completions", prompt).status, 200);
}

TEST_F(OpenAi, CompletesPrompts) {
  Json json = studio_
                  .post("/v1/completions",
                        {{"model", "stub"}, {"prompt", {"a", "b"}}, {"n", 2}, {"echo", true}})
                  .json();
  ASSERT_EQ(json["choices"].size(), 4U);
  EXPECT_EQ(json["object"], "text_completion");
  EXPECT_EQ(json["choices"][3]["text"], "bHello world");
  EXPECT_EQ(json["usage"]["prompt_tokens"], 14);
  EXPECT_EQ(server().asked[0].max_tokens, 16U);
  EXPECT_EQ(std::get<std::string>(server().asked[2].input), "b");
  Answer streamed =
      studio_.post("/v1/completions", {{"model", "stub"}, {"prompt", "a"}, {"stream", true}});
  auto events = streamed.events();
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(Json::parse(events[1])["choices"][0]["text"], " world");
  EXPECT_EQ(Json::parse(events[2])["choices"][0]["finish_reason"], "stop");
  EXPECT_EQ(events[3], "[DONE]");
}

TEST_F(OpenAi, MakesAResponse) {
  Json json = studio_
                  .post("/v1/responses", {{"model", "stub"},
                                          {"instructions", "Be brief."},
                                          {"input", "Hi"},
                                          {"max_output_tokens", 9}})
                  .json();
  EXPECT_EQ(json["object"], "response") << json;
  EXPECT_EQ(json["status"], "completed");
  EXPECT_EQ(json["output"][0]["content"][0]["text"], "Hello world");
  EXPECT_EQ(json["usage"]["input_tokens"], 7);
  EXPECT_EQ(std::get<serving::ChatInput>(server().asked[0].input).messages,
            R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}])");
  EXPECT_EQ(server().asked[0].max_tokens, 9U);
}

TEST_F(OpenAi, StreamsAResponse) {
  Answer answer =
      studio_.post("/v1/responses", {{"model", "stub"}, {"input", "Hi"}, {"stream", true}});
  std::string types;
  std::string text;
  int number = 0;
  for (const std::string& event : answer.events()) {
    Json json = Json::parse(event);
    EXPECT_EQ(json["sequence_number"], number++);
    types += json["type"].get<std::string>().substr(9) + " ";
    if (json["type"] == "response.output_text.delta") text += json["delta"].get<std::string>();
  }
  EXPECT_EQ(text, "Hello world");
  EXPECT_EQ(types,
            "created in_progress output_item.added content_part.added output_text.delta "
            "output_text.delta output_text.done content_part.done output_item.done completed ");
}

TEST_F(OpenAi, AResponseCallsTools) {
  server().deltas = {{"a", {}}};
  server().meanings = {{"a", {"", "", {{"id1", "get", "{}"}}}}};
  Json tools = Json::array({{{"type", "function"}, {"name", "get"}}});
  Json asked =
      Json::array({{{"type", "function_call"}, {"call_id", "id0"}, {"name", "get"}},
                   {{"type", "function_call_output"}, {"call_id", "id0"}, {"output", "4"}}});
  Json json =
      studio_.post("/v1/responses", {{"model", "stub"}, {"input", asked}, {"tools", tools}}).json();
  EXPECT_EQ(json["output"][0]["type"], "function_call") << json;
  EXPECT_EQ(json["output"][0]["call_id"], "id1");
  EXPECT_EQ(studio_.post("/v1/responses", {{"model", "stub"}}).json()["error"]["param"], "input");
}

TEST_F(OpenAi, EmbedsAsNumbersAndAsBase64) {
  Json json = studio_.post("/v1/embeddings", {{"model", "e"}, {"input", {"a", "b"}}}).json();
  EXPECT_EQ(json["data"].size(), 2U);
  EXPECT_EQ(json["data"][1]["index"], 1);
  EXPECT_FLOAT_EQ(json["data"][0]["embedding"][2].get<float>(), 0.8F);
  EXPECT_EQ(json["usage"]["prompt_tokens"], 5);
  Json coded =
      studio_
          .post("/v1/embeddings",
                {{"model", "e"}, {"input", "a"}, {"encoding_format", "base64"}, {"dimensions", 1}})
          .json();
  auto bytes = base64_decode(coded["data"][0]["embedding"].get<std::string>());
  ASSERT_TRUE(bytes);
  ASSERT_EQ(bytes->size(), 4U);
  float value = 0;
  std::memcpy(&value, bytes->data(), 4);
  EXPECT_FLOAT_EQ(value, 1);  // of unit length again
  EXPECT_EQ(
      studio_.post("/v1/embeddings", {{"model", "e"}, {"input", "a"}, {"dimensions", 9}}).status,
      400);
}

TEST_F(OpenAi, RanksDocuments) {
  Json json = studio_
                  .post("/v1/rerank", {{"model", "r"},
                                       {"query", "q"},
                                       {"documents", {"aa", {{"text", "aaaa"}}, "a"}},
                                       {"top_n", 2},
                                       {"return_documents", true}})
                  .json();
  ASSERT_EQ(json["results"].size(), 2U) << json;
  EXPECT_EQ(json["results"][0]["index"], 1);
  EXPECT_EQ(json["results"][0]["document"]["text"], "aaaa");
  EXPECT_EQ(json["results"][1]["relevance_score"], 2.0);
}

TEST_F(OpenAi, ListsModels) {
  Json list = studio_.get("/v1/models").json();
  EXPECT_EQ(list["data"].size(), 2U);
  EXPECT_EQ(list["data"][0]["id"], "stub");
  EXPECT_EQ(studio_.get("/v1/models/org/embedder").json()["id"], "org/embedder");
  EXPECT_EQ(studio_.get("/v1/models/org%2Fembedder").json()["id"], "org/embedder");
  Answer missing = studio_.get("/v1/models/none");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.json()["error"]["code"], "model_not_found");
}

TEST_F(OpenAi, RecognisesWhatIsNotHere) {
  for (std::string path : {"/v1/images/generations", "/v1/responses/r/compact", "/v1/audio/speech",
                           "/v1/threads/t/runs"}) {
    Answer answer = studio_.post(path, Json::object());
    EXPECT_EQ(answer.status, 501) << path;
    EXPECT_EQ(answer.json()["error"]["code"], "not_implemented");
  }
  EXPECT_EQ(studio_.get("/v1/unheard-of").status, 404);
  EXPECT_EQ(studio_.get("/v1/embeddings").status, 405);
}

TEST_F(OpenAi, RefusesBodiesThatAreNone) {
  EXPECT_EQ(studio_.send("POST", "/v1/chat/completions", "{").status, 400);
  EXPECT_EQ(studio_.send("POST", "/v1/chat/completions", "").status, 400);
  Answer huge = studio_.send("POST", "/v1/chat/completions", std::string((16 << 20) + 1, ' '));
  EXPECT_EQ(huge.status, 400);
  EXPECT_EQ(huge.json()["error"]["code"], "request_too_large");
}

}  // namespace
}  // namespace lakeside::modelstudio
