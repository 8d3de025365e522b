// Stored responses through the whole service.
#include <gtest/gtest.h>

#include "services/modelstudio/tests/test_studio.h"

namespace lakeside::modelstudio {
namespace {

class ResponsesTest : public testing::Test {
 protected:
  Json create(Json request) {
    request["model"] = "stub";
    Answer answer = studio_.post("/v1/responses", request);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
  std::string made(Json request) { return create(std::move(request))["id"]; }
  std::string messages() {
    return std::get<serving::ChatInput>(studio_.server.asked.back().input).messages;
  }
  std::vector<std::string> ids(const std::string& path) {
    std::vector<std::string> all;
    Json page = studio_.get(path).json();
    for (const Json& item : page["data"]) all.push_back(item["id"]);
    return all;
  }

  TestStudio studio_;
};

TEST_F(ResponsesTest, IsKeptAsItWasAnswered) {
  Json answered =
      create({{"input", "Hi"}, {"instructions", "Be brief."}, {"metadata", {{"a", "b"}}}});
  EXPECT_EQ(answered["store"], true);
  EXPECT_EQ(answered["metadata"]["a"], "b");
  EXPECT_EQ(answered["instructions"], "Be brief.");
  EXPECT_EQ(answered["previous_response_id"], nullptr);
  std::string path = "/v1/responses/" + answered["id"].get<std::string>();
  EXPECT_EQ(studio_.get(path).json(), answered);
  EXPECT_EQ(studio_.send("DELETE", path).json()["deleted"], true);
  Answer gone = studio_.get(path);
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.json()["error"]["message"],
            "Response with id '" + answered["id"].get<std::string>() + "' not found.");
  EXPECT_EQ(studio_.send("DELETE", path).status, 404);
  EXPECT_EQ(studio_.get(path + "/input_items").status, 404);
}

TEST_F(ResponsesTest, AStreamIsKeptBeforeItsLastEvent) {
  Answer answer =
      studio_.post("/v1/responses", {{"model", "stub"}, {"input", "Hi"}, {"stream", true}});
  Json last = Json::parse(answer.events().back());
  ASSERT_EQ(last["type"], "response.completed");
  std::string id = last["response"]["id"];
  EXPECT_EQ(studio_.get("/v1/responses/" + id).json(), last["response"]);
}

TEST_F(ResponsesTest, GoesOnFromAnotherWithoutItsInstructions) {
  std::string first = made({{"input", "One"}, {"instructions", "Be brief."}});
  std::string second = made({{"input", "Two"}, {"previous_response_id", first}});
  Json third =
      create({{"input", "Three"}, {"instructions", "Sing."}, {"previous_response_id", second}});
  EXPECT_EQ(third["previous_response_id"], second);
  Json said = Json::parse(messages());
  std::string all;
  for (const Json& message : said) {
    all += message["role"].get<std::string>() + ":" + message["content"].get<std::string>() + " ";
  }
  EXPECT_EQ(
      all,
      "system:Sing. user:One assistant:Hello world user:Two assistant:Hello world user:Three ");
}

TEST_F(ResponsesTest, GoesOnFromCallsOfTools) {
  studio_.server.deltas = {{"a", {}}};
  studio_.server.meanings = {{"a", {"", "", {{"id1", "get", "{}"}}}}};
  Json tools = Json::array({{{"type", "function"}, {"name", "get"}}});
  std::string first = made({{"input", "What?"}, {"tools", tools}});
  Json output = {{"type", "function_call_output"}, {"call_id", "id1"}, {"output", "4"}};
  create({{"input", Json::array({output})}, {"tools", tools}, {"previous_response_id", first}});
  Json said = Json::parse(messages());
  ASSERT_EQ(said.size(), 3U) << said;
  EXPECT_EQ(said[1]["tool_calls"][0]["id"], "id1");
  EXPECT_EQ(said[2]["tool_call_id"], "id1");
}

TEST_F(ResponsesTest, ListsWhatItWasMadeFrom) {
  std::string first = made({{"input", "One"}});
  Json given =
      Json::array({{{"role", "user"}, {"content", "Two"}, {"id", "msg_mine"}},
                   {{"role", "user"}, {"content", "Three"}, {"type", nullptr}, {"id", nullptr}}});
  std::string second = made({{"input", given}, {"previous_response_id", first}});
  std::string path = "/v1/responses/" + second + "/input_items";
  Json items = studio_.get(path + "?order=asc").json()["data"];
  ASSERT_EQ(items.size(), 4U);
  EXPECT_EQ(items[0]["type"], "message");
  EXPECT_EQ(items[0]["content"][0]["type"], "input_text");
  EXPECT_EQ(items[0]["content"][0]["text"], "One");
  EXPECT_EQ(items[1]["role"], "assistant");
  EXPECT_EQ(items[2]["id"], "msg_mine");
  auto newest = ids(path);
  ASSERT_EQ(newest.size(), 4U);
  EXPECT_EQ(newest[1], "msg_mine");
  EXPECT_EQ(ids(path + "?after=msg_mine&limit=1"), std::vector<std::string>{newest[2]});
  EXPECT_EQ(studio_.get(path + "?limit=3").json()["has_more"], true);
  EXPECT_EQ(studio_.get(path + "?limit=4").json()["has_more"], false);
  EXPECT_EQ(studio_.get(path + "?limit=101").status, 400);
  EXPECT_EQ(studio_.get(path + "?include=reasoning.encrypted_content").status, 400);
}

TEST_F(ResponsesTest, WhatIsNotToBeKeptIsNot) {
  Json answered = create({{"input", "Hi"}, {"store", false}});
  EXPECT_EQ(answered["store"], false);
  EXPECT_EQ(studio_.get("/v1/responses/" + answered["id"].get<std::string>()).status, 404);
  Json next = {{"model", "stub"}, {"input", "Hi"}, {"previous_response_id", answered["id"]}};
  Answer refused = studio_.post("/v1/responses", next);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.json()["error"]["code"], "previous_response_not_found");
  EXPECT_EQ(refused.json()["error"]["param"], "previous_response_id");
}

TEST_F(ResponsesTest, OldOnesAreGone) {
  std::string id = made({{"input", "Hi"}});
  studio_.clock.set(studio_.clock.now() + std::chrono::days(30));
  EXPECT_EQ(studio_.get("/v1/responses/" + id).status, 404);
}

TEST_F(ResponsesTest, WhatWasWaitedForCannotBeCancelled) {
  std::string path = "/v1/responses/" + made({{"input", "Hi"}});
  Answer refused = studio_.post(path + "/cancel", Json::object());
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.json()["error"]["message"], "Cannot cancel a synchronous response.");
  EXPECT_EQ(studio_.post("/v1/responses/resp_0/cancel", Json::object()).status, 404);
  EXPECT_EQ(studio_.get(path + "?stream=true").status, 400);
}

TEST_F(ResponsesTest, BoundsItsMetadata) {
  Json metadata = Json::object();
  for (int i = 0; i < 17; ++i) metadata["k" + std::to_string(i)] = "v";
  for (const Json& wrong : {metadata, Json{{"a", 1}}, Json{{"a", std::string(513, 'x')}}}) {
    Json request = {{"model", "stub"}, {"input", "Hi"}, {"metadata", wrong}};
    EXPECT_EQ(studio_.post("/v1/responses", request).json()["error"]["param"], "metadata");
  }
}

}  // namespace
}  // namespace lakeside::modelstudio
