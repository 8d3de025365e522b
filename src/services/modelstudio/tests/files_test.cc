// Files of both dialects through the whole service, over objects in memory.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "services/modelstudio/tests/test_studio.h"

namespace lakeside::modelstudio {
namespace {

using std::chrono::seconds;

struct Part {
  std::string head;  // after "form-data; "
  std::string data;
};

Part field(const std::string& name, const std::string& value) {
  return {"name=\"" + name + "\"", value};
}
Part file(const std::string& name, const std::string& filename, const std::string& data) {
  return {"name=\"" + name + "\"; filename=\"" + filename + "\"\r\nContent-Type: text/x", data};
}

class FilesTest : public testing::Test {
 protected:
  Answer post(const std::string& path, const std::vector<Part>& parts) {
    studio_.clock.set(studio_.clock.now() + seconds(1));
    std::string body;
    for (const Part& part : parts) {
      body +=
          "--B\r\nContent-Disposition: form-data; " + part.head + "\r\n\r\n" + part.data + "\r\n";
    }
    return studio_.send("POST", path, body + "--B--\r\n",
                        {{"Content-Type", "multipart/form-data; boundary=B"}});
  }
  Answer create(const std::vector<Part>& parts) { return post("/v1/files", parts); }
  std::string message(const std::vector<Part>& parts) {
    Answer answer = create(parts);
    EXPECT_EQ(answer.status, 400);
    return answer.json()["error"]["message"];
  }
  std::string made(const std::string& name, const std::string& purpose = "user_data") {
    return create({field("purpose", purpose), file("file", name, "data of " + name)}).json()["id"];
  }

  TestStudio studio_;
  const Part lines_ = file("file", "a.jsonl", "{}\n");
};

TEST_F(FilesTest, AFileComesBackAsItWent) {
  Answer answer = create({field("purpose", "batch"), file("file", "a b.jsonl", "{}\r\n-- B\r\n")});
  ASSERT_EQ(answer.status, 200) << answer.body;
  Json made = answer.json();
  EXPECT_EQ(made["object"], "file");
  EXPECT_EQ(made["bytes"], 10);
  EXPECT_EQ(made["filename"], "a b.jsonl");
  EXPECT_EQ(made["purpose"], "batch");
  EXPECT_EQ(made["created_at"], 1795302910);
  EXPECT_EQ(made["expires_at"], 1795302910 + 30 * 86400);
  std::string path = "/v1/files/" + made["id"].get<std::string>();
  EXPECT_EQ(studio_.get(path).json(), made);
  Answer content = studio_.get(path + "/content");
  EXPECT_EQ(content.status, 200);
  EXPECT_EQ(content.body, "{}\r\n-- B\r\n");
  EXPECT_TRUE(content.has_header("filename*=UTF-8''a%20b.jsonl"));
  EXPECT_EQ(studio_.objects.all.begin()->second.content_type, "text/x");

  Answer gone = studio_.send("DELETE", path);
  EXPECT_EQ(gone.json()["deleted"], true);
  EXPECT_TRUE(studio_.objects.all.empty());
  Answer missing = studio_.get(path);
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.json()["error"]["message"],
            "No such File object: " + made["id"].get<std::string>());
  EXPECT_EQ(missing.json()["error"]["param"], "id");
  EXPECT_EQ(studio_.get(path + "/content").status, 404);
  EXPECT_EQ(studio_.send("DELETE", path).status, 404);
}

TEST_F(FilesTest, TheFileMayStandBeforeItsPurpose) {
  Answer answer = create({file("file", "a.txt", "x"), field("expires_after[anchor]", "created_at"),
                          field("expires_after[seconds]", "3600"), field("purpose", "user_data")});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json()["purpose"], "user_data");
  EXPECT_EQ(answer.json()["expires_at"], answer.json()["created_at"].get<int>() + 3600);
  std::string path = "/v1/files/" + answer.json()["id"].get<std::string>();
  studio_.clock.set(studio_.clock.now() + seconds(3600));
  EXPECT_EQ(studio_.get(path).status, 404);
}

TEST_F(FilesTest, WhatIsRefusedLeavesNothing) {
  EXPECT_EQ(message({lines_}), "'purpose' is a required property");
  EXPECT_EQ(message({field("purpose", "batch")}), "'file' is a required property");
  EXPECT_TRUE(
      message({lines_, field("purpose", "x")}).starts_with("'x' is not one of ['fine-tune'"));
  EXPECT_EQ(message({file("file", "a.txt", "x"), field("purpose", "batch")}),
            "Invalid file format for Batch API. Must be .jsonl");
  EXPECT_EQ(message({file("file", "a.jsonl", ""), field("purpose", "batch")}), "File is empty.");
  EXPECT_EQ(message({lines_, lines_, field("purpose", "batch")}),
            "At most 1 'file' can be uploaded at once.");
  EXPECT_EQ(message({lines_, field("purpose", "batch"), field("color", "red")}),
            "Additional properties are not allowed ('color' was unexpected)");
  EXPECT_EQ(message({field("file", "x"), field("purpose", "batch")}), "'file' is not a file.");
  for (std::string wrong : {"3599", "2592001", "x", ""}) {
    std::string said =
        message({lines_, field("purpose", "batch"), field("expires_after[anchor]", "created_at"),
                 field("expires_after[seconds]", wrong)});
    EXPECT_TRUE(said.starts_with("Invalid 'expires_after.seconds'")) << wrong;
  }
  EXPECT_TRUE(message({lines_, field("purpose", "batch"), field("expires_after[seconds]", "3600")})
                  .starts_with("Invalid 'expires_after.anchor'"));
  EXPECT_EQ(studio_.send("POST", "/v1/files", "{}").status, 400);
  Answer cut = studio_.send("POST", "/v1/files",
                            "--B\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nx",
                            {{"Content-Type", "multipart/form-data; boundary=B"}});
  EXPECT_EQ(cut.status, 400);
  EXPECT_TRUE(studio_.objects.all.empty());
  EXPECT_TRUE(studio_.get("/v1/files").json()["data"].empty());
}

TEST_F(FilesTest, ListsInPages) {
  std::string a = made("a");
  std::string b = made("b", "vision");
  std::string c = made("c");
  auto names = [&](const std::string& query) {
    Json page = studio_.get("/v1/files" + query).json();
    std::string all;
    for (const Json& entry : page["data"]) all += entry["filename"].get<std::string>();
    return all + (page["has_more"].get<bool>() ? "+" : "");
  };
  EXPECT_EQ(names(""), "cba");
  EXPECT_EQ(names("?order=asc&limit=2"), "ab+");
  EXPECT_EQ(names("?after=" + c + "&limit=1"), "b+");
  EXPECT_EQ(names("?purpose=vision"), "b");
  Json page = studio_.get("/v1/files").json();
  EXPECT_EQ(page["object"], "list");
  EXPECT_EQ(page["first_id"], c);
  EXPECT_EQ(page["last_id"], a);
  EXPECT_EQ(studio_.get("/v1/files?limit=10001").json()["error"]["param"], "limit");
  EXPECT_EQ(studio_.get("/v1/files?order=up").json()["error"]["param"], "order");
}

TEST_F(FilesTest, StorageThatFailsIsToldApart) {
  studio_.objects.refuse = ObjectError{ObjectFault::kNoSpace, "disk full"};
  Answer full = create({field("purpose", "batch"), lines_});
  EXPECT_EQ(full.status, 503);
  EXPECT_EQ(full.body.find("disk"), std::string::npos);
  studio_.objects.refuse = ObjectError{ObjectFault::kTooLarge, {}};
  Answer large = create({field("purpose", "batch"), lines_});
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.json()["error"]["message"], "Maximum content size limit (536870912) exceeded.");
  studio_.objects.refuse = ObjectError{ObjectFault::kInternal, "secret"};
  Answer broken = create({field("purpose", "batch"), lines_});
  EXPECT_EQ(broken.status, 500);
  EXPECT_EQ(broken.body.find("secret"), std::string::npos);
}

TEST_F(FilesTest, DashScopeTakesSeveral) {
  Answer answer = post(
      "/api/v1/files",
      {field("descriptions", "first"), file("files", "a.txt", "1"), file("files", "b.txt", "22")});
  ASSERT_EQ(answer.status, 200) << answer.body;
  Json uploaded = answer.json()["data"]["uploaded_files"];
  ASSERT_EQ(uploaded.size(), 2U);
  EXPECT_EQ(uploaded[0]["name"], "a.txt");
  std::string path = "/api/v1/files/" + uploaded[0]["file_id"].get<std::string>();
  Json got = studio_.get(path).json()["data"];
  EXPECT_EQ(got["description"], "first");
  EXPECT_EQ(got["size"], 1);
  EXPECT_EQ(got["gmt_create"], "2026-11-21T23:15:10.000Z");

  Json listed = studio_.get("/api/v1/files?page_no=2&page_size=1").json()["data"];
  EXPECT_EQ(listed["total"], 2);
  EXPECT_EQ(listed["files"].size(), 1U);
  // The other dialect sees the same files.
  EXPECT_EQ(studio_.get("/v1/files").json()["data"].size(), 2U);

  EXPECT_EQ(studio_.send("DELETE", path).status, 200);
  Answer missing = studio_.get(path);
  EXPECT_EQ(missing.status, 400);
  EXPECT_EQ(missing.json()["code"], "InvalidParameter");
  EXPECT_EQ(missing.json()["message"], "File not found.");
}

TEST_F(FilesTest, AnUploadIsLimitedToOneFolder) {
  Headers headers = {{"Host", "lakeside.test:4004"}, {"Authorization", "Bearer " + studio_.secret}};
  Answer answer =
      studio_.send("GET", "/api/v1/uploads?action=getPolicy&model=stub", {}, std::move(headers));
  ASSERT_EQ(answer.status, 200) << answer.body;
  Json data = answer.json()["data"];
  EXPECT_EQ(data["upload_host"], "http://lakeside.test:4004/modelstudio");
  EXPECT_EQ(data["oss_access_key_id"], "LTAI5t");
  EXPECT_EQ(data["signature"], "signed " + data["policy"].get<std::string>());
  std::string folder = data["upload_dir"];
  EXPECT_TRUE(folder.starts_with("modelstudio_uploads/default/"));
  Json policy = Json::parse(*base64_decode(data["policy"].get<std::string>()));
  EXPECT_EQ(policy["expiration"], "2026-11-22T00:15:09.000Z");
  EXPECT_EQ(policy["conditions"][0], Json::object({{"bucket", "modelstudio"}}));
  EXPECT_EQ(policy["conditions"][1], Json::array({"starts-with", "$key", folder + "/"}));
  EXPECT_EQ(studio_.get("/api/v1/uploads?action=putPolicy&model=stub").status, 400);
  EXPECT_EQ(studio_.get("/api/v1/uploads?action=getPolicy").status, 400);
}

TEST_F(FilesTest, DashScopeRefusesWhatItDoesNotKnow) {
  Part one = file("files", "a.txt", "1");
  EXPECT_EQ(post("/api/v1/files", {}).status, 400);
  EXPECT_EQ(post("/api/v1/files", {one, field("color", "red")}).status, 400);
  EXPECT_EQ(
      post("/api/v1/files", {one, field("descriptions", "a"), field("descriptions", "b")}).status,
      400);
  EXPECT_EQ(studio_.get("/api/v1/files?page_size=1001").status, 400);
  EXPECT_TRUE(studio_.objects.all.empty());
}

}  // namespace
}  // namespace lakeside::modelstudio
