// OpenAI's uploads through the whole service.
#include <gtest/gtest.h>

#include "services/modelstudio/tests/test_studio.h"

namespace lakeside::modelstudio {
namespace {

class UploadsTest : public testing::Test {
 protected:
  Answer create(const Json& changes = Json::object()) {
    Json body = {
        {"bytes", 5}, {"filename", "a.jsonl"}, {"mime_type", "text/jsonl"}, {"purpose", "batch"}};
    body.update(changes);
    return studio_.post("/v1/uploads", body);
  }
  Answer add(const std::string& id, const std::string& data, const std::string& name = "data") {
    return studio_.send("POST", "/v1/uploads/" + id + "/parts",
                        "--B\r\nContent-Disposition: form-data; name=\"" + name +
                            "\"; filename=\"upload\"\r\n\r\n" + data + "\r\n--B--\r\n",
                        {{"Content-Type", "multipart/form-data; boundary=B"}});
  }
  std::string made() { return create().json()["id"]; }
  // What the refusal names, and says.
  Json refused(const Answer& answer, int status = 400) {
    EXPECT_EQ(answer.status, status) << answer.body;
    return answer.json()["error"];
  }

  TestStudio studio_;
};

TEST_F(UploadsTest, FromBeginToEnd) {
  Answer created = create();
  ASSERT_EQ(created.status, 200) << created.body;
  Json upload = created.json();
  EXPECT_EQ(upload["object"], "upload");
  EXPECT_EQ(upload["status"], "pending");
  EXPECT_EQ(upload["expires_at"], upload["created_at"].get<int>() + 3600);
  EXPECT_EQ(upload["file"], nullptr);
  const std::string path = "/v1/uploads/" + upload["id"].get<std::string>();
  Answer first = add(upload["id"], "ab");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.json()["object"], "upload.part");
  EXPECT_EQ(first.json()["upload_id"], upload["id"]);
  // Another process goes on with it.
  studio_.start();
  Answer second = add(upload["id"], "c\r\n");
  Json parts = Json::array({first.json()["id"], second.json()["id"]});
  Answer done = studio_.post(path + "/complete", {{"part_ids", parts}});
  ASSERT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(done.json()["status"], "completed");
  Json file = done.json()["file"];
  EXPECT_EQ(file["bytes"], 5);
  EXPECT_EQ(file["expires_at"], file["created_at"].get<int>() + 30 * 86400);
  const std::string id = file["id"];
  EXPECT_EQ(studio_.get("/v1/files/" + id).json(), file);
  EXPECT_EQ(studio_.get("/v1/files/" + id + "/content").body, "abc\r\n");
  EXPECT_EQ(studio_.post(path + "/complete", {{"part_ids", parts}}).json(), done.json());
}

TEST_F(UploadsTest, WhatIsNoUpload) {
  EXPECT_EQ(refused(create({{"bytes", nullptr}}))["param"], "bytes");
  EXPECT_EQ(refused(create({{"bytes", 0}}))["param"], "bytes");
  EXPECT_EQ(refused(create({{"bytes", (8LL << 30) + 1}}))["param"], "bytes");
  EXPECT_EQ(refused(create({{"bytes", "5"}}))["code"], "invalid_type");
  EXPECT_EQ(refused(create({{"purpose", "fun"}}))["param"], "purpose");
  EXPECT_EQ(refused(create({{"filename", "a.txt"}}))["param"], "file") << "no lines";
  EXPECT_EQ(refused(create({{"filename", std::string(256, 'a')}}))["param"], "filename");
  EXPECT_EQ(refused(create({{"mime_type", "a b"}}))["param"], "mime_type");
  Json never = {{"expires_after", {{"anchor", "created_at"}, {"seconds", 60}}}};
  EXPECT_EQ(refused(create(never))["param"], "expires_after.seconds");
  EXPECT_EQ(refused(add("upload_0", "ab"), 404)["message"], "No such Upload object: upload_0");
  EXPECT_EQ(studio_.post("/v1/uploads/upload_0/complete", {{"part_ids", {"a"}}}).status, 404);
  EXPECT_EQ(studio_.post("/v1/uploads/upload_0/cancel", Json::object()).status, 404);
}

TEST_F(UploadsTest, WhatIsNoPart) {
  const std::string id = made();
  EXPECT_EQ(refused(add(id, "ab", "file"))["param"], "data");
  EXPECT_EQ(refused(studio_.post("/v1/uploads/" + id + "/parts", Json::object()))["message"],
            "The request's Content-Type must be multipart/form-data.");
  EXPECT_EQ(studio_
                .send("POST", "/v1/uploads/" + id + "/parts", "--B\r\n\r\nnothing",
                      {{"Content-Type", "multipart/form-data; boundary=B"}})
                .status,
            400);
  EXPECT_TRUE(studio_.objects.all.empty());
  auto complete = [&](const Json& body) {
    return refused(studio_.post("/v1/uploads/" + id + "/complete", body))["param"];
  };
  EXPECT_EQ(complete(Json::object()), "part_ids");
  EXPECT_EQ(complete({{"part_ids", Json::array()}}), "part_ids");
  EXPECT_EQ(complete({{"part_ids", {1}}}), "part_ids[0]");
  EXPECT_EQ(complete({{"part_ids", {"part_0"}}}), "part_ids");
  const std::string part = add(id, "abcde").json()["id"];
  EXPECT_EQ(complete({{"part_ids", {part}}, {"md5", "00"}}), "md5");
}

TEST_F(UploadsTest, Cancels) {
  const std::string id = made();
  EXPECT_EQ(add(id, "ab").status, 200);
  Answer cancelled = studio_.post("/v1/uploads/" + id + "/cancel", Json::object());
  EXPECT_EQ(cancelled.json()["status"], "cancelled");
  EXPECT_TRUE(studio_.objects.all.empty());
  EXPECT_EQ(refused(add(id, "c"))["message"], "The upload " + id + " was cancelled.");
}

}  // namespace
}  // namespace lakeside::modelstudio
