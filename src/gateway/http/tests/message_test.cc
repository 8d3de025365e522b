#include "gateway/http/message.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "gateway/http/request_id.h"
#include "gateway/http/response_head.h"

namespace lakeside::http {
namespace {

std::string show(const std::vector<QueryParam>& params) {
  std::string out;
  for (const QueryParam& p : params) {
    out += "[" + p.name + (p.has_value ? "=" + p.value : "") + "]";
  }
  return out;
}

TEST(ParseQuery, KeepsOrderAndTellsEmptyValuesFromNone) {
  EXPECT_EQ(show(*parse_query("acl")), "[acl]");
  EXPECT_EQ(show(*parse_query("acl=")), "[acl=]");
  EXPECT_EQ(show(*parse_query("b=2&a=1&b=3")), "[b=2][a=1][b=3]");
  EXPECT_EQ(show(*parse_query("&&a=b=c&")), "[a=b=c]");
  EXPECT_EQ(show(*parse_query("=x")), "[=x]");
  EXPECT_EQ(show(*parse_query("")), "");
}

TEST(ParseQuery, Decodes) {
  EXPECT_EQ(show(*parse_query("a%20b=c%2Fd+e")), "[a b=c/d e]");
  EXPECT_EQ(show(*parse_query("prefix=%e4%bd%a0")), "[prefix=\xe4\xbd\xa0]");
  EXPECT_FALSE(parse_query("a=%"));
  EXPECT_FALSE(parse_query("a=%4"));
  EXPECT_FALSE(parse_query("%zz=1"));
}

TEST(RequestHead, FindsHeadersWithoutCaseAndParametersWithCase) {
  RequestHead head;
  head.headers = {{"Content-MD5", "1"}, {"x-oss-acl", "2"}, {"content-md5", "3"}};
  head.query = *parse_query("uploadId=7&acl");
  EXPECT_EQ(head.header("content-md5"), "1");
  EXPECT_EQ(head.header("X-OSS-ACL"), "2");
  EXPECT_FALSE(head.header("x-oss"));
  EXPECT_EQ(head.param("uploadId")->value, "7");
  EXPECT_FALSE(head.has_param("uploadid"));
  EXPECT_TRUE(head.has_param("acl"));
}

TEST(HeaderBlock, CannotBeSplitByAValue) {
  HeaderBlock block;
  block.add("x-oss-meta-a",
            "b\r\nSet-Cookie: c\0d\te"
            "\x7f");
  block.add("Content-Range", std::uint64_t{18446744073709551615U});
  EXPECT_EQ(block.text(),
            "x-oss-meta-a: bSet-Cookie: c\r\nContent-Range: 18446744073709551615\r\n");
  HeaderBlock zero;
  zero.add("a", std::string_view("b\0c\td", 5));
  EXPECT_EQ(zero.text(), "a: bc\td\r\n");
}

TEST(HeaderBlock, GrowsByWhatIsAdded) {
  HeaderBlock block;
  std::string expected;
  for (std::size_t size : {700U, 700U, 5000U, 1U}) {
    std::string value(size, 'v');
    block.add("x-oss-meta-n", value);
    expected += "x-oss-meta-n: " + value + "\r\n";
  }
  EXPECT_EQ(block.text(), expected);
}

TEST(HeaderBlock, FindsControlCharactersAnywhere) {
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int c = 0; c < 256; ++c) {
        std::string value(size, 'x');
        value[at] = static_cast<char>(c);
        bool dropped = (c < 0x20 && c != '\t') || c == 0x7f;
        HeaderBlock block;
        block.add("a", value);
        if (dropped) value.erase(at, 1);
        ASSERT_EQ(block.text(), "a: " + value + "\r\n") << c;
      }
    }
  }
}

TEST(RequestIds, AreLongUpperCaseHexAndUnique) {
  RequestIds one;
  RequestIds two;
  std::vector<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    seen.emplace_back(one.next());
    seen.emplace_back(two.next());
  }
  for (const std::string& id : seen) {
    EXPECT_EQ(id.size(), 24U);
    EXPECT_EQ(id.find_first_not_of("0123456789ABCDEF"), std::string::npos);
  }
  std::ranges::sort(seen);
  EXPECT_EQ(std::ranges::adjacent_find(seen), seen.end());
}

struct PlanCase {
  const char* name;
  int status;
  bool text;
  std::optional<std::uint64_t> length;
  bool head;
  bool http10;
  BodyPlan::Coding coding;
  std::optional<std::uint64_t> announced;
  bool sent;
};

TEST(PlanBody, FollowsTheStatusAndTheMethod) {
  using Coding = BodyPlan::Coding;
  const PlanCase cases[] = {
      {"text", 200, true, {}, false, false, Coding::kLength, 5, true},
      {"length of a text is its own", 200, true, 9, false, false, Coding::kLength, 5, true},
      {"nothing", 200, false, {}, false, false, Coding::kLength, 0, true},
      {"HEAD of a text", 200, true, {}, true, false, Coding::kLength, 5, false},
      {"HEAD with a length", 200, false, 77, true, false, Coding::kLength, 77, false},
      {"204", 204, true, {}, false, false, Coding::kNone, {}, false},
      {"304", 304, false, {}, false, false, Coding::kNone, {}, false},
      {"304 with a length", 304, false, 12, false, false, Coding::kNone, 12, false},
  };
  for (const PlanCase& c : cases) {
    Response response;
    response.status = c.status;
    if (c.text) response.body = "hello";
    response.content_length = c.length;
    BodyPlan plan = plan_body(response, c.head, c.http10);
    EXPECT_EQ(plan.coding, c.coding) << c.name;
    EXPECT_EQ(plan.announced, c.announced) << c.name;
    EXPECT_EQ(plan.send_body, c.sent) << c.name;
  }
}

TEST(PlanBody, StreamsWithoutALengthAreChunkedOrEndWithTheConnection) {
  Response response;
  response.body = std::unique_ptr<SegmentSource>();
  EXPECT_EQ(plan_body(response, false, false).coding, BodyPlan::Coding::kChunked);
  EXPECT_EQ(plan_body(response, false, true).coding, BodyPlan::Coding::kUntilClose);
  response.content_length = 3;
  EXPECT_EQ(plan_body(response, false, true).coding, BodyPlan::Coding::kLength);
}

TEST(ResponseHead, HasWhatTheConnectionAdds) {
  Response response;
  response.status = 206;
  response.headers.add("ETag", "\"x\"");
  response.body = "hello";
  BodyPlan plan = plan_body(response, false, false);
  std::string head;
  write_response_head(head, response, plan, {.server_name = "S", .date = "D"});
  EXPECT_EQ(head,
            "HTTP/1.1 206 Partial Content\r\nServer: S\r\nDate: D\r\nETag: \"x\"\r\n"
            "Content-Length: 5\r\n\r\n");
  write_response_head(head, response, plan,
                      {.server_name = "S", .date = "D", .http10 = true, .keep_alive = true});
  EXPECT_TRUE(head.ends_with("Connection: keep-alive\r\n\r\n"));
  write_response_head(head, response, plan, {.server_name = "S", .date = "D", .keep_alive = false});
  EXPECT_TRUE(head.ends_with("Connection: close\r\n\r\n"));
}

}  // namespace
}  // namespace lakeside::http
