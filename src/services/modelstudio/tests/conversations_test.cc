// OpenAI's conversations through the whole service.
#include <gtest/gtest.h>

#include "services/modelstudio/tests/test_studio.h"

namespace lakeside::modelstudio {
namespace {

Json said(const std::string& text) { return {{"role", "user"}, {"content", text}}; }

class ConversationsTest : public testing::Test {
 protected:
  std::string made(const Json& body = Json::object()) {
    Answer answer = studio_.post("/v1/conversations", body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json()["id"];
  }
  Answer items(const std::string& id, const std::string& query = "?order=asc") {
    return studio_.get("/v1/conversations/" + id + "/items" + query);
  }
  // "user:One assistant:…"
  static std::string told(const Json& list) {
    std::string all;
    for (const Json& item : list) {
      all += item["role"].get<std::string>() + ":" + item["content"][0]["text"].get<std::string>() +
             " ";
    }
    return all;
  }
  std::string all(const std::string& id) { return told(items(id).json()["data"]); }
  Answer respond(const Json& conversation, const std::string& text, Json more = Json::object()) {
    Json body = {{"model", "stub"}, {"input", text}, {"conversation", conversation}};
    body.update(more);
    return studio_.post("/v1/responses", body);
  }
  std::size_t asked() {
    const auto& last = studio_.server.asked.back();
    return Json::parse(std::get<serving::ChatInput>(last.input).messages).size();
  }
  Json refused(const Answer& answer, int status = 400) {
    EXPECT_EQ(answer.status, status) << answer.body;
    return answer.json()["error"]["param"];
  }

  TestStudio studio_;
};

TEST_F(ConversationsTest, AreMadeReadChangedAndRemoved) {
  Json body = {{"metadata", {{"topic", "x"}}}, {"items", Json::array({said("One")})}};
  Json made = studio_.post("/v1/conversations", body).json();
  EXPECT_EQ(made["object"], "conversation");
  EXPECT_EQ(made["metadata"]["topic"], "x");
  const std::string path = "/v1/conversations/" + made["id"].get<std::string>();
  EXPECT_EQ(studio_.get(path).json(), made);
  Json changed = studio_.post(path, {{"metadata", {{"topic", "y"}}}}).json();
  EXPECT_EQ(changed["metadata"]["topic"], "y");
  studio_.start();
  EXPECT_EQ(studio_.get(path).json(), changed);
  Json gone = studio_.send("DELETE", path).json();
  EXPECT_EQ(gone["object"], "conversation.deleted");
  EXPECT_EQ(gone["deleted"], true);
  for (const std::string& where : {path, path + "/items", path + "/items/msg_1"}) {
    EXPECT_EQ(studio_.get(where).status, 404) << where;
  }
  EXPECT_EQ(studio_.send("DELETE", path).status, 404);
  EXPECT_EQ(studio_.post(path, Json::object()).status, 404);
}

TEST_F(ConversationsTest, TakeItems) {
  const std::string id = made({{"items", Json::array({said("One")})}});
  const std::string path = "/v1/conversations/" + id + "/items";
  Answer added = studio_.post(path, {{"items", Json::array({said("Two"), said("Three")})}});
  ASSERT_EQ(added.status, 200) << added.body;
  Json list = added.json();
  ASSERT_EQ(list["data"].size(), 2U);
  EXPECT_EQ(list["data"][0]["type"], "message");
  EXPECT_EQ(list["data"][0]["status"], "completed");
  EXPECT_EQ(list["data"][0]["content"][0]["type"], "input_text");
  EXPECT_EQ(list["first_id"], list["data"][0]["id"]);
  EXPECT_EQ(all(id), "user:One user:Two user:Three ");
  const std::string two = list["data"][0]["id"];
  EXPECT_EQ(studio_.get(path + "/" + two).json(), list["data"][0]);
  Json page = items(id, "?limit=1&after=" + two).json();
  EXPECT_EQ(told(page["data"]), "user:One ");
  EXPECT_EQ(page["has_more"], false);
  EXPECT_EQ(items(id, "?limit=1").json()["has_more"], true);
  Answer left = studio_.send("DELETE", path + "/" + two);
  EXPECT_EQ(left.json()["object"], "conversation");
  EXPECT_EQ(studio_.get(path + "/" + two).status, 404);
  EXPECT_EQ(studio_.send("DELETE", path + "/" + two).status, 404);
  EXPECT_EQ(all(id), "user:One user:Three ");
}

TEST_F(ConversationsTest, RefuseWhatMakesNoSense) {
  const std::string id = made();
  const std::string path = "/v1/conversations/" + id + "/items";
  Json many = Json::array();
  for (int i = 0; i < 21; ++i) many.push_back(said("x"));
  EXPECT_EQ(refused(studio_.post(path, {{"items", many}})), "items");
  EXPECT_EQ(refused(studio_.post(path, Json::object())), "items");
  Json king = Json::array({{{"role", "king"}, {"content", "x"}}});
  EXPECT_EQ(refused(studio_.post(path, {{"items", king}})), "items");
  EXPECT_EQ(refused(studio_.post("/v1/conversations", {{"items", king}})), "items");
  EXPECT_EQ(refused(studio_.post("/v1/conversations", {{"metadata", {{"a", 1}}}})), "metadata");
  Json named = said("x");
  named["id"] = "msg_mine";
  EXPECT_EQ(studio_.post(path, {{"items", Json::array({named})}}).status, 200);
  EXPECT_EQ(refused(studio_.post(path, {{"items", Json::array({named})}})), "items") << "again";
  EXPECT_EQ(refused(items(id, "?after=msg_none")), "after");
  EXPECT_EQ(refused(items(id, "?limit=1000")), "limit");
}

TEST_F(ConversationsTest, ResponsesGoOnFromThemAndAddToThem) {
  const std::string id = made({{"items", Json::array({said("One")})}});
  Answer first = respond(id, "Two", {{"instructions", "Sing."}});
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.json()["conversation"]["id"], id);
  EXPECT_EQ(all(id), "user:One user:Two assistant:Hello world ");
  Answer second = respond({{"id", id}}, "Three", {{"stream", true}});
  EXPECT_EQ(asked(), 4U) << "without the instructions of before";
  EXPECT_EQ(all(id), "user:One user:Two assistant:Hello world user:Three assistant:Hello world ");
  // What is not stored belongs to it all the same.
  respond(id, "Four", {{"store", false}});
  EXPECT_EQ(asked(), 6U);
  EXPECT_EQ(items(id).json()["data"].size(), 7U);
}

TEST_F(ConversationsTest, ARepliesFailureAddsNothing) {
  const std::string id = made();
  studio_.server.fail_after = ModelError{ModelFault::kInternal, "", {}};
  EXPECT_EQ(respond(id, "One").status, 500);
  EXPECT_EQ(all(id), "");
}

TEST_F(ConversationsTest, AReplyThatNobodyWaitedForAddsNothing) {
  struct Leaving final : http::Departure {
    void watch(std::move_only_function<void()> leave) override {
      if (leave) leave();
    }
  } departure;
  const std::string id = made();
  for (bool stream : {false, true}) {
    studio_.departure = &departure;
    respond(id, "One", {{"stream", stream}});
    studio_.departure = nullptr;
    EXPECT_EQ(all(id), "");
  }
}

TEST_F(ConversationsTest, ResponsesInTheBackgroundAddToThem) {
  const std::string id = made();
  Answer queued = respond(id, "One", {{"background", true}});
  ASSERT_EQ(queued.status, 200) << queued.body;
  studio_.wait_for_jobs();
  EXPECT_EQ(all(id), "user:One assistant:Hello world ");
  Json done = studio_.get("/v1/responses/" + queued.json()["id"].get<std::string>()).json();
  EXPECT_EQ(done["conversation"]["id"], id);
}

TEST_F(ConversationsTest, ThatResponsesCannotGoOnFrom) {
  EXPECT_EQ(respond("conv_0", "x").status, 404);
  EXPECT_EQ(refused(respond(7, "x")), "conversation");
  EXPECT_EQ(refused(respond(Json::object(), "x")), "conversation.id");
  const std::string id = made();
  const std::string before = respond(id, "One").json()["id"];
  EXPECT_EQ(refused(respond(id, "x", {{"previous_response_id", before}})), "conversation");
}

TEST_F(ConversationsTest, NobodyElseSeesThem) {
  const std::string id = made({{"items", Json::array({said("One")})}});
  KeySettings settings;
  settings.workspace = "other";
  auto other = run_blocking(studio_.keys->create(settings, {}));
  const Headers headers = {{"Authorization", "Bearer " + other->secret}};
  EXPECT_EQ(studio_.send("GET", "/v1/conversations/" + id, {}, headers).status, 404);
  EXPECT_EQ(studio_.send("GET", "/v1/conversations/" + id + "/items", {}, headers).status, 404);
  Json body = {{"model", "stub"}, {"input", "x"}, {"conversation", id}};
  EXPECT_EQ(studio_.post("/v1/responses", body, headers).status, 404);
}

}  // namespace
}  // namespace lakeside::modelstudio
