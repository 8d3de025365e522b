#include "app/settings.h"

#include <gtest/gtest.h>

namespace lakeside::app {
namespace {

Values flags(std::initializer_list<std::pair<const std::string, std::vector<std::string>>> list) {
  return {list};
}

std::string error_of(const Values& values) {
  auto settings = resolve_settings({{"command line", values}});
  return settings ? "(none)" : settings.error();
}

TEST(Settings, DefaultsNeedNothing) {
  auto settings = resolve_settings({});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->region, "cn-hangzhou");
  EXPECT_FALSE(settings->relaxed_durability);
  EXPECT_FALSE(settings->allow_reset);
  EXPECT_TRUE(settings->listen.empty());
}

TEST(Settings, FlagsWinOverEnvironmentWinsOverFile) {
  auto settings = resolve_settings(
      {{"command line", flags({{"region", {"one"}}})},
       {"environment", flags({{"region", {"two"}}, {"data", {"/d"}}})},
       {"file", flags({{"region", {"three"}}, {"data", {"/e"}}, {"durability", {"relaxed"}}})}});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->region, "one");
  EXPECT_EQ(settings->data, "/d");
  EXPECT_TRUE(settings->relaxed_durability);
}

TEST(Settings, WrongValuesNameTheSettingAndWhereItCameFrom) {
  EXPECT_EQ(error_of(flags({{"durability", {"maybe"}}})),
            "command line: durability \"maybe\" must be strict or relaxed");
  EXPECT_NE(error_of(flags({{"listen", {"example.com:80"}}})).find("HOST:PORT"), std::string::npos);
  EXPECT_NE(error_of(flags({{"region", {"Über"}}})).find("region"), std::string::npos);
  EXPECT_NE(error_of(flags({{"ephemeral", {"true"}}, {"data", {"/d"}}})).find("exclude"),
            std::string::npos);
  EXPECT_NE(error_of(flags({{"tls-cert", {"c.pem"}}})).find("together"), std::string::npos);
  EXPECT_NE(error_of(flags({{"access-key-id", {"AK"}}})).find("together"), std::string::npos);
  EXPECT_NE(error_of(flags({{"drain-seconds", {"-1"}}})).find("seconds"), std::string::npos);
}

TEST(Settings, EnvironmentNames) {
  Values values = values_from_environment([](const std::string& name) -> const char* {
    if (name == "LAKESIDE_LISTEN") return "127.0.0.1:1, [::1]:2";
    if (name == "LAKESIDE_LOG_FORMAT") return "json";
    if (name == "LAKESIDE_ACCESS_KEY_ID") return "AK";
    return nullptr;
  });
  EXPECT_EQ(values["listen"], (std::vector<std::string>{"127.0.0.1:1", "[::1]:2"}));
  EXPECT_EQ(values["log-format"], std::vector<std::string>{"json"});
  EXPECT_EQ(values["access-key-id"], std::vector<std::string>{"AK"});
  EXPECT_FALSE(values.contains("region"));
}

TEST(Settings, TomlTakesTheSameNames) {
  auto values = values_from_toml(
      "listen = ['127.0.0.1:1', '127.0.0.1:2']\nallow-reset = true\n"
      "drain-seconds = 5\n");
  ASSERT_TRUE(values);
  EXPECT_EQ((*values)["listen"].size(), 2U);
  EXPECT_EQ((*values)["allow-reset"], std::vector<std::string>{"true"});
  EXPECT_EQ((*values)["drain-seconds"], std::vector<std::string>{"5"});
}

TEST(Settings, TomlMistakesAreErrors) {
  EXPECT_NE(values_from_toml("regoin = 'x'").error().find("regoin"), std::string::npos);
  EXPECT_NE(values_from_toml("a = \n").error().find("line 1"), std::string::npos);
  EXPECT_FALSE(values_from_toml("region = ['a', 'b']"));
  EXPECT_FALSE(values_from_toml("access-key-secret = 'never in a file that is shared'"));
}

TEST(ParseListen, Forms) {
  EXPECT_EQ(parse_listen("127.0.0.1:80")->front().address, "127.0.0.1");
  EXPECT_EQ(parse_listen("[::1]:80")->front().address, "::1");
  EXPECT_EQ(parse_listen("localhost:80")->size(), 2U);
  EXPECT_EQ(parse_listen(":0")->size(), 2U);
  for (const char* bad : {"", "80", "::1:80", "[127.0.0.1]:80", "127.0.0.1:65536",
                          "127.0.0.1:", "127.0.0.1:x", "host:80"}) {
    EXPECT_FALSE(parse_listen(bad)) << bad;
  }
  EXPECT_EQ(format_endpoint({"::1", 5}), "[::1]:5");
}

TEST(Settings, ModelsFromBuckets) {
  auto settings = resolve_settings({{"flags",
                                     {{"model", {"oss://b/x/y.gguf", "oss://c/z.GGUF"}},
                                      {"model-idle-timeout", {"60"}},
                                      {"hub", {"hf"}}}}});
  ASSERT_TRUE(settings) << settings.error();
  ASSERT_EQ(settings->models.size(), 2U);
  EXPECT_EQ(settings->models[0].bucket, "b");
  EXPECT_EQ(settings->models[0].key, "x/y.gguf");
  EXPECT_EQ(settings->model_idle_timeout, std::chrono::seconds(60));
  EXPECT_EQ(settings->hub, "hf");
  for (const char* bad : {"", "x.gguf", "oss://b", "oss://b/", "oss:///x.gguf", "oss://b/x.bin",
                          "s3://b/x.gguf", "oss://b/a b.gguf"}) {
    EXPECT_FALSE(resolve_settings({{"flags", {{"model", {bad}}}}})) << bad;
  }
}

}  // namespace
}  // namespace lakeside::app
