#include "gateway/http/head_parser.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace lakeside::http {
namespace {

constexpr HeadLimits kLimits{.header_count = 10, .body_bytes = 1000};

struct Parsed {
  std::string text;  // what `head` points into
  RequestHead head;
  std::expected<Framing, Refusal> framing = std::unexpected(Refusal::kMalformed);
};

// As the connection does it.
Parsed parse(std::string text) {
  Parsed parsed{.text = std::move(text), .head = {}};
  HeadScanner scanner;
  if (scanner.scan(parsed.text) == HeadScanner::Outcome::kComplete) {
    std::string_view head(parsed.text);
    head = head.substr(scanner.begin(), scanner.end() - scanner.begin());
    parsed.framing = parse_head(head, kLimits, parsed.head);
  }
  return parsed;
}

std::string with(std::string_view headers) {
  return "PUT /a HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n";
}

TEST(HeadScanner, FindsTheEndWhereverTheBytesAreSplit) {
  std::string text = "\r\n\r\nGET / HTTP/1.1\r\nA: b\r\n\r\nrest";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    HeadScanner scanner;
    HeadScanner::Outcome outcome = HeadScanner::Outcome::kIncomplete;
    std::size_t seen = 0;
    while (outcome == HeadScanner::Outcome::kIncomplete) {
      ASSERT_LT(seen, text.size());
      seen = std::min(seen + step, text.size());
      outcome = scanner.scan(std::string_view(text).substr(0, seen));
    }
    EXPECT_EQ(outcome, HeadScanner::Outcome::kComplete);
    EXPECT_EQ(scanner.begin(), 4U);
    EXPECT_EQ(scanner.end(), text.size() - 4);
  }
}

TEST(HeadScanner, RefusesWhatCouldBeReadInTwoWays) {
  using namespace std::string_literals;
  const std::string cases[] = {
      "GET / HTTP/1.1\n",                   // LF alone
      "\nGET / HTTP/1.1\r\n",               //
      "GET / HTTP/1.1\r\nA: b\n\r\n",       //
      "GET / HTTP/1.1\r\nA: b\rC: d\r\n",   // CR alone
      "GET / HTTP/1.1\r\nA: b\r\r\n",       //
      "GET / HTTP/1.1\r\nA: b\r\n c\r\n",   // a folded line
      "GET / HTTP/1.1\r\nA: b\r\n\tc\r\n",  //
      "GET / HTTP/1.1\r\n A: b\r\n",        //
      " GET / HTTP/1.1\r\n",                //
      "GET / HTTP/1.1\r\nA: b\0c\r\n"s,     // NUL
      "\x16\x03\x01\x02\x00\x01\n"s,        // TLS on a plain port
  };
  for (const std::string& text : cases) {
    HeadScanner scanner;
    EXPECT_EQ(scanner.scan(text), HeadScanner::Outcome::kMalformed) << text;
  }
}

TEST(ParseHead, ReadsARequest) {
  Parsed p = parse(
      "PUT /bucket/a%20b?acl&partNumber=3 HTTP/1.1\r\nhost: x.oss\r\nX-A:  b c \t\r\nX-Empty:\r\n"
      "X-Space: \r\nContent-Length: 17\r\n\r\n");
  ASSERT_TRUE(p.framing);
  EXPECT_EQ(p.head.method, "PUT");
  EXPECT_EQ(p.head.target, "/bucket/a%20b?acl&partNumber=3");
  EXPECT_EQ(p.head.raw_path, "/bucket/a%20b");
  EXPECT_EQ(p.head.raw_query, "acl&partNumber=3");
  EXPECT_EQ(p.head.param("partNumber")->value, "3");
  ASSERT_EQ(p.head.headers.size(), 5U);
  EXPECT_EQ(p.head.headers[1].name, "X-A");
  EXPECT_EQ(p.head.headers[1].value, "b c");
  EXPECT_EQ(p.head.header("x-empty"), "");
  EXPECT_EQ(p.head.header("x-space"), "");
  EXPECT_EQ(p.framing->body, Framing::Body::kLength);
  EXPECT_EQ(p.framing->content_length, 17U);
  EXPECT_TRUE(p.framing->keep_alive);
  EXPECT_FALSE(p.framing->expect_continue);
}

struct TargetCase {
  const char* target;
  const char* path;
  const char* query;
};

TEST(ParseHead, TakesTheFormsOfATarget) {
  const TargetCase cases[] = {
      {"/", "/", ""},
      {"/?", "/", ""},
      {"/a?b?c", "/a", "b?c"},
      {"//a/../b", "//a/../b", ""},
      {"/a#b", "/a#b", ""},
      {"/\xe4\xbd\xa0", "/\xe4\xbd\xa0", ""},
      {"*", "/", ""},
      {"http://h:1/a/b?c", "/a/b", "c"},
      {"HTTPS://h/a", "/a", ""},
      {"http://h", "/", ""},
      {"http://h?acl", "/", "acl"},
  };
  for (const TargetCase& c : cases) {
    Parsed p = parse("GET " + std::string(c.target) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(p.framing) << c.target;
    EXPECT_EQ(p.head.target, c.target);
    EXPECT_EQ(p.head.raw_path, c.path);
    EXPECT_EQ(p.head.raw_query, c.query);
  }
}

TEST(ParseHead, PassesOnUnknownMethodsAndOddHosts) {
  for (const char* method : {"BREW", "M-SEARCH", "get", "PROPFIND", "CONNECT"}) {
    Parsed p = parse(std::string(method) + " / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_TRUE(p.framing) << method;
    EXPECT_EQ(p.head.method, method);
  }
  for (const char* host :
       {"127.0.0.1:80/bkt", ".oss-cn-hangzhou.aliyuncs.com", "", "a b", "[::1]"}) {
    Parsed p = parse("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n");
    EXPECT_TRUE(p.framing) << host;
    EXPECT_EQ(p.head.header("host"), host);
  }
}

TEST(ParseHead, KnowsWhenTheConnectionStays) {
  auto keeps = [](std::string text) { return parse(std::move(text)).framing->keep_alive; };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: Keep-Alive\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: te, close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: h\r\nConnection: te\r\nconnection: ,close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST(ParseHead, KnowsTheBody) {
  EXPECT_EQ(parse(with("")).framing->body, Framing::Body::kNone);
  EXPECT_EQ(parse(with("Content-Length: 0\r\n")).framing->body, Framing::Body::kNone);
  EXPECT_EQ(parse(with("Content-Length: 1000\r\n")).framing->content_length, 1000U);
  EXPECT_EQ(parse(with("Transfer-Encoding: Chunked\r\n")).framing->body, Framing::Body::kChunked);
  Parsed waiting = parse(with("Expect: 100-Continue\r\nContent-Length: 1\r\n"));
  EXPECT_TRUE(waiting.framing->expect_continue);
  EXPECT_TRUE(parse(with("Expect: 100-continue\r\n")).framing->expect_continue);
}

struct RefusalCase {
  const char* text;
  Refusal refusal;
};

TEST(ParseHead, Refuses) {
  const RefusalCase cases[] = {
      // the request line
      {"GET /\r\n\r\n", Refusal::kMalformed},
      {"GET HTTP/1.1\r\nHost: h\r\n\r\n", Refusal::kMalformed},
      {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", Refusal::kMalformed},
      {"GET / x HTTP/1.1\r\nHost: h\r\n\r\n", Refusal::kMalformed},
      {"GET /\tx HTTP/1.1\r\nHost: h\r\n\r\n", Refusal::kMalformed},
      {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", Refusal::kMalformed},
      {"GET / http/1.1\r\nHost: h\r\n\r\n", Refusal::kMalformed},
      {"GET / HTTP/11\r\nHost: h\r\n\r\n", Refusal::kMalformed},
      {"G@T / HTTP/1.1\r\nHost: h\r\n\r\n", Refusal::kMalformed},
      {"GET a HTTP/1.1\r\nHost: h\r\n\r\n", Refusal::kMalformed},
      {"CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n", Refusal::kMalformed},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", Refusal::kVersion},
      {"PRI * HTTP/2.0\r\n\r\n", Refusal::kVersion},
      {"GET / HTTP/0.9\r\n\r\n", Refusal::kVersion},
      {"GET /?a=%x HTTP/1.1\r\nHost: h\r\n\r\n", Refusal::kBadQuery},
      // header fields
      {"GET / HTTP/1.1\r\nHost: h\r\nA b: c\r\n\r\n", Refusal::kMalformed},
      {"GET / HTTP/1.1\r\nHost: h\r\nA : c\r\n\r\n", Refusal::kMalformed},
      {"GET / HTTP/1.1\r\nHost: h\r\nA\r\n\r\n", Refusal::kMalformed},
      {"GET / HTTP/1.1\r\nHost: h\r\n: c\r\n\r\n", Refusal::kMalformed},
      {"GET / HTTP/1.1\r\nHost: h\r\nA\xff: c\r\n\r\n", Refusal::kMalformed},
      {"GET / HTTP/1.1\r\nHost: h\r\nA: \x01\r\n\r\n", Refusal::kMalformed},
      {"GET / HTTP/1.1\r\nHost: h\r\nA: \x7f\r\n\r\n", Refusal::kMalformed},
      {"GET / HTTP/1.1\r\n\r\n", Refusal::kMissingHost},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", Refusal::kMissingHost},
      {"GET / HTTP/1.1\r\nHost: h\r\nExpect: magic\r\n\r\n", Refusal::kExpectation},
      // where the body ends
      {"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
       Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
       Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x1\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1 2\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n",
       Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
       Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
       Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \"chunked\"\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n"
       "Transfer-Encoding: identity\r\n\r\n",
       Refusal::kFraming},
      {"PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", Refusal::kFraming},
      {"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n", Refusal::kBodyTooLarge},
  };
  for (const RefusalCase& c : cases) {
    Parsed p = parse(c.text);
    ASSERT_FALSE(p.framing) << c.text;
    EXPECT_EQ(describe(p.framing.error()).kind, describe(c.refusal).kind) << c.text;
  }
}

TEST(ParseHead, CountsHeaders) {
  std::string nine;
  for (int i = 0; i < 9; ++i) nine += "a" + std::to_string(i) + ": b\r\n";
  EXPECT_TRUE(parse(with(nine)).framing);
  EXPECT_EQ(parse(with(nine + "x: y\r\n")).framing.error(), Refusal::kTooManyHeaders);
}

TEST(ParseHead, ReplacesWhatWasThere) {
  Parsed p = parse("GET /a?b=c HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n");
  std::string second = "GET / HTTP/1.1\r\nHost: i\r\n\r\n";
  ASSERT_TRUE(parse_head(second, kLimits, p.head));
  EXPECT_EQ(p.head.headers.size(), 1U);
  EXPECT_TRUE(p.head.query.empty());
  EXPECT_EQ(p.head.raw_query, "");
}

}  // namespace
}  // namespace lakeside::http
