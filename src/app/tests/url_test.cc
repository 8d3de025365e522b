#include "app/url.h"

#include <map>

#include <gtest/gtest.h>

namespace lakeside::app {
namespace {

Environment given(std::map<std::string, std::string> values) {
  return [values = std::move(values)](const std::string& name) -> const char* {
    auto found = values.find(name);
    return found == values.end() ? nullptr : found->second.c_str();
  };
}

Url url(std::string_view text) {
  auto parsed = parse_url(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Url{};
}

TEST(Urls, AreRead) {
  Url plain = url("HTTPS://Hub.Example/a/b?c=d#e");
  EXPECT_EQ(plain.origin, "https://hub.example");
  EXPECT_EQ(plain.port, 443);
  EXPECT_EQ(plain.target, "/a/b?c=d");
  EXPECT_EQ(url("http://127.0.0.1:80").text(), "http://127.0.0.1/");
  Url v6 = url("http://[::1]:8080?x");
  EXPECT_EQ(v6.origin, "http://[::1]:8080");
  EXPECT_EQ(v6.host, "::1");
  EXPECT_EQ(v6.target, "/?x");
  for (const char* bad : {"", "host", "ftp://x/", "http://", "http:///x", "http://a b/",
                          "http://a:0/", "http://a:99999/", "http://user:p@host/", "http://[::1/",
                          "http://a/x\r\ny", "http://a/ b"}) {
    EXPECT_FALSE(parse_url(bad)) << bad;
  }
}

TEST(Urls, RedirectsLeadOnlyWhereTheyMay) {
  Url base = url("https://hub/a/b");
  EXPECT_EQ(follow_location(base, "/c?d")->text(), "https://hub/c?d");
  EXPECT_EQ(follow_location(base, "//cdn/c")->text(), "https://cdn/c");
  EXPECT_EQ(follow_location(base, "https://cdn/c")->text(), "https://cdn/c");
  EXPECT_FALSE(follow_location(base, "http://cdn/c")) << "it leaves TLS";
  EXPECT_FALSE(follow_location(base, "file:///etc/passwd"));
  EXPECT_TRUE(follow_location(url("http://hub/"), "http://cdn/c"));
}

TEST(Proxies, AreTakenFromTheEnvironment) {
  auto plain = proxy_for(url("http://hub/"), given({{"http_proxy", "proxy:3128"}}));
  ASSERT_TRUE(plain && *plain);
  EXPECT_EQ((*plain)->host, "proxy");
  EXPECT_EQ((*plain)->port, 3128);
  auto with_user =
      proxy_for(url("https://hub/"), given({{"HTTPS_PROXY", "http://me:p%40ss@proxy:1"}}));
  ASSERT_TRUE(with_user && *with_user);
  EXPECT_EQ((*with_user)->user, "me");
  EXPECT_EQ((*with_user)->password, "p@ss");
  auto excepted = given({{"all_proxy", "http://proxy:1"}, {"no_proxy", "x, .hub.example"}});
  EXPECT_TRUE(proxy_for(url("https://other.example/"), excepted)->has_value());
  EXPECT_FALSE(*proxy_for(url("https://cdn.hub.example/"), excepted));
  EXPECT_FALSE(*proxy_for(url("https://hub.example/"), excepted));
  EXPECT_FALSE(*proxy_for(url("http://127.0.0.1:1/"), given({{"http_proxy", "proxy:1"}})));
  EXPECT_FALSE(*proxy_for(url("http://hub/"), given({{"HTTP_PROXY", "proxy:1"}})));
  EXPECT_FALSE(proxy_for(url("http://hub/"), given({{"http_proxy", "socks5://proxy:1"}})));
}

}  // namespace
}  // namespace lakeside::app
