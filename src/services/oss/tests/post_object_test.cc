// PostObject through the whole service: forms as browsers, ali-oss and dashscope send them.
#include <map>

#include <gtest/gtest.h>

#include "base/crypto.h"
#include "base/encoding.h"
#include "services/oss/tests/test_cloud.h"

namespace lakeside::oss {
namespace {

using Form = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kBoundary = "----lakeside";

std::string part(const std::string& head, const std::string& body) {
  return std::string("--") + kBoundary + "\r\nContent-Disposition: form-data; " + head +
         "\r\n\r\n" + body + "\r\n";
}

std::string encode(const Form& form, const std::string& file,
                   const std::string& file_head = "name=\"file\"; filename=\"C:\\dir\\cat.png\"") {
  std::string out;
  for (const auto& [name, value] : form) out += part("name=\"" + name + "\"", value);
  out += part(file_head, file);
  return out + "--" + kBoundary + "--\r\n";
}

class PostObject : public testing::Test {
 protected:
  void SetUp() override { cloud.oss("PUT /bkt"); }

  Answer post(const Form& form, const std::string& file = "hello") {
    return send(encode(form, file));
  }
  Answer send(const std::string& body) {
    return cloud.send("POST /bkt",
                      {{"Content-Type", std::string("multipart/form-data; boundary=") + kBoundary}},
                      body, Who::kAnonymous);
  }

  // A form signed by the owner for `conditions`.
  static Form signed_form(const std::string& conditions, Form fields,
                          const std::string& expiration = "2026-11-22T00:00:00.000Z") {
    std::string policy = base64_encode(
        as_bytes("{\"expiration\":\"" + expiration + "\",\"conditions\":[" + conditions + "]}"));
    fields.emplace_back("OSSAccessKeyId", "AK");
    fields.emplace_back("policy", policy);
    fields.emplace_back("Signature",
                        base64_encode(hmac_sha1(as_bytes("secret"), as_bytes(policy))));
    return fields;
  }

  TestCloud cloud;
};

TEST_F(PostObject, Signed) {
  Answer posted = post(signed_form(R"({"bucket":"bkt"},["starts-with","$key","dir/"])",
                                   {{"key", "dir/${filename}"},
                                    {"x-oss-meta-color", "blue"},
                                    {"x-oss-object-acl", "public-read"},
                                    {"x-oss-content-type", "image/png"},
                                    {"Cache-Control", "no-cache"}}));
  EXPECT_EQ(posted.status, 204) << posted.body;
  EXPECT_EQ(posted.operation, "PostObject");
  EXPECT_EQ(posted.body, "");
  EXPECT_EQ(posted.header("ETag"), "\"5D41402ABC4B2A76B9719D911017C592\"");
  Answer got = cloud.oss("GET /bkt/dir/cat.png");
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.header("Content-Type"), "image/png");
  EXPECT_EQ(got.header("x-oss-meta-color"), "blue");
  EXPECT_EQ(got.header("Cache-Control"), "no-cache");
  EXPECT_EQ(cloud.oss("GET /bkt/dir/cat.png?acl").element("Grant"), "public-read");
}

TEST_F(PostObject, AnonymousNeedsAPublicBucket) {
  EXPECT_EQ(post({{"key", "k"}}).code, "AccessDenied");
  cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "public-read-write"}});
  EXPECT_EQ(post({{"key", "k"}}).status, 204);
  EXPECT_EQ(post({{"key", "k"}, {"x-oss-object-acl", "public-read"}}).code, "AccessDenied");
}

TEST_F(PostObject, WrongSignature) {
  Form form = signed_form(R"({"bucket":"bkt"})", {{"key", "k"}});
  form.back().second = base64_encode(as_bytes("nonsense"));
  EXPECT_EQ(post(form).code, "SignatureDoesNotMatch");
  form = signed_form(R"({"bucket":"bkt"})", {{"key", "k"}});
  form[1].second = "stranger";
  EXPECT_EQ(post(form).code, "InvalidAccessKeyId");
}

TEST_F(PostObject, PolicyConditions) {
  const std::string any = R"({"bucket":"bkt"})";
  struct Case {
    std::string conditions;
    bool allowed;
  };
  const Case cases[] = {
      {any, true},
      {R"({"bucket":"other"})", false},
      {R"(["eq","$key","k"])", true},
      {R"(["eq","$Key","x"])", false},
      {R"(["starts-with","$key",""])", true},
      {R"(["in","$content-type",["text/plain","image/png"]])", true},
      {R"(["in","$content-type",["image/png"]])", false},
      {R"(["not-in","$cache-control",["no-cache"]])", true},
      {R"(["not-in","$content-type",["text/plain"]])", false},
      {R"(["content-length-range",1,5])", true},
  };
  for (const Case& c : cases) {
    Answer posted = post(signed_form(c.conditions, {{"key", "k"}, {"Content-Type", "text/plain"}}));
    EXPECT_EQ(posted.status, c.allowed ? 204 : 403) << c.conditions << posted.body;
    if (!c.allowed) {
      EXPECT_TRUE(posted.has("Invalid according to Policy: Policy Condition failed"))
          << posted.body;
    }
  }
  Answer late = post(signed_form(any, {{"key", "k"}}, "2026-11-21T23:15:08Z"));
  EXPECT_EQ(late.element("Message"), "Invalid according to Policy: Policy expired.");
}

TEST_F(PostObject, LengthRange) {
  EXPECT_EQ(post(signed_form(R"(["content-length-range",6,10])", {{"key", "k"}})).code,
            "EntityTooSmall");
  EXPECT_EQ(post(signed_form(R"(["content-length-range",0,4])", {{"key", "k"}})).code,
            "EntityTooLarge");
  EXPECT_EQ(cloud.oss("GET /bkt/k").code, "NoSuchKey");
}

TEST_F(PostObject, CheckedTypeIsStored) {
  Form form = signed_form(
      R"(["eq","$content-type","image/png"])",
      {{"key", "k"}, {"Content-Type", "image/png"}, {"x-oss-content-type", "text/html"}});
  std::string body =
      encode(form, "hello", "name=\"file\"; filename=\"a\"\r\nContent-Type: text/html");
  EXPECT_EQ(send(body).status, 204);
  EXPECT_EQ(cloud.oss("GET /bkt/k").header("Content-Type"), "image/png");
}

TEST_F(PostObject, BadPolicies) {
  for (const char* conditions :
       {R"({"a":"b","c":"d"})", R"({})", R"(["eq","$key"])", R"(["like","$key","a"])", R"(7)",
        R"(["content-length-range","a","b"])", R"(["eq","$key",["a"]])", R"([1,2,3])"}) {
    Answer posted = post(signed_form(conditions, {{"key", "k"}}));
    EXPECT_EQ(posted.code, "InvalidPolicyDocument") << conditions;
    EXPECT_EQ(posted.status, 400) << conditions;
  }
  EXPECT_EQ(post(signed_form("", {{"key", "k"}}, "soon")).code, "InvalidPolicyDocument");
}

TEST_F(PostObject, SuccessActions) {
  auto with = [](Form more) {
    more.insert(more.begin(), {"key", "a b"});
    return signed_form(R"({"bucket":"bkt"})", std::move(more));
  };
  EXPECT_EQ(post(with({{"success_action_status", "200"}})).status, 200);
  Answer created = post(with({{"success_action_status", "201"}}));
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(created.element("Key"), "a b");
  EXPECT_EQ(created.element("Location"), "http://127.0.0.1:4004/bkt/a%20b");
  EXPECT_EQ(post(with({{"success_action_status", "999"}})).status, 204);
  Answer moved = post(with({{"success_action_redirect", "http://a.example/done?x=1"}}));
  EXPECT_EQ(moved.status, 303);
  EXPECT_TRUE(moved.header("Location")
                  .starts_with("http://a.example/done?x=1&bucket=bkt&key=a%20b&etag=%225D41"));
  EXPECT_EQ(post(with({{"success_action_redirect", "javascript:alert(1)"}})).status, 204);
}

TEST_F(PostObject, S3Form) {
  std::string policy =
      base64_encode(as_bytes(std::string(R"({"expiration":"2026-11-22T00:00:00Z","conditions":[)") +
                             R"({"bucket":"bkt"},["starts-with","$key",""],{"acl":"private"}]})"));
  Form form = {{"key", "k"},
               {"acl", "private"},
               {"AWSAccessKeyId", "AK"},
               {"policy", policy},
               {"signature", base64_encode(hmac_sha1(as_bytes("secret"), as_bytes(policy)))}};
  Answer posted = post(form);
  EXPECT_EQ(posted.status, 204) << posted.body;
  EXPECT_EQ(posted.header("ETag"), "\"5d41402abc4b2a76b9719d911017c592\"");
  EXPECT_NE(posted.header("x-amz-request-id"), "");
  form.insert(form.begin(), {"x-amz-meta-a", "b"});
  EXPECT_TRUE(post(form).has("Extra input fields: x-amz-meta-a"));
}

TEST_F(PostObject, BadForms) {
  cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "public-read-write"}});
  std::string good = encode({{"key", "k"}}, "hello");
  EXPECT_EQ(cloud.send("POST /bkt", {}, good, Who::kAnonymous).code,
            "RequestIsNotMultiPartContent");
  EXPECT_EQ(send("").code, "MalformedPOSTRequest");
  EXPECT_EQ(send("no form").code, "MalformedPOSTRequest");
  std::size_t file = good.find("hello");
  EXPECT_EQ(send(good.substr(0, file + 3)).code, "MalformedPOSTRequest");
  EXPECT_EQ(send(good.substr(0, 40)).code, "MalformedPOSTRequest");
  EXPECT_EQ(send(std::string("--") + kBoundary + "--\r\n").code, "InvalidArgument");
  EXPECT_EQ(send(encode({}, "hello")).code, "InvalidArgument");
  EXPECT_EQ(send(encode({{"key", "k"}, {"KEY", "other"}}, "hello")).code, "MalformedPOSTRequest");
  EXPECT_EQ(send(encode({{"key", "k"}, {"a", std::string(300 << 10, 'x')}}, "hello")).code,
            "MalformedPOSTRequest");
  EXPECT_EQ(send(good + std::string(100 << 10, 'x')).code, "MalformedPOSTRequest");
  EXPECT_EQ(post({{"key", "k"}, {"callback", "e30="}}).code, "NotImplemented");
  EXPECT_EQ(post({{"key", "k"}, {"x-oss-server-side-encryption", "AES256"}}).code,
            "NotImplemented");
  EXPECT_EQ(cloud.oss("GET /bkt/k").code, "NoSuchKey");
}

TEST_F(PostObject, FilesOfEverySize) {
  cloud.oss("PUT /bkt?acl", {{"x-oss-acl", "public-read-write"}});
  for (std::size_t size : {0UL, 1UL, 65535UL, 65536UL, 65537UL, 300000UL}) {
    std::string file(size, '\r');
    for (std::size_t i = 0; i < size; i += 7) file[i] = '\n';
    EXPECT_EQ(post({{"key", "k"}, {"empty", ""}}, file).status, 204) << size;
    EXPECT_EQ(cloud.oss("GET /bkt/k").body, file) << size;
  }
  // What looks like the delimiter, almost.
  std::string tricky = std::string("\r\n--") + kBoundary;
  tricky.pop_back();
  EXPECT_EQ(post({{"key", "k"}}, tricky).status, 204);
  EXPECT_EQ(cloud.oss("GET /bkt/k").body, tricky);
}

}  // namespace
}  // namespace lakeside::oss
