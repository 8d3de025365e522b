#include "app/env_command.h"

#include <gtest/gtest.h>

#include "app/data_folder.h"

namespace lakeside::app {
namespace {

const char* nothing(const std::string&) { return nullptr; }

RunInfo server_on(int port) {
  return {"http://127.0.0.1:" + std::to_string(port), "cn-hangzhou", "AK", "it's", 1, port};
}

TEST(ChooseServer, ByPortElseTheDefaultElseTheOnlyOne) {
  EXPECT_FALSE(choose_server({}, std::nullopt));
  EXPECT_EQ(choose_server({server_on(9)}, std::nullopt)->port, 9);
  EXPECT_EQ(choose_server({server_on(9), server_on(4004)}, std::nullopt)->port, 4004);
  EXPECT_EQ(choose_server({server_on(9), server_on(4004)}, 9)->port, 9);
  EXPECT_FALSE(choose_server({server_on(9)}, 10));
  EXPECT_NE(choose_server({server_on(8), server_on(9)}, std::nullopt).error().find("8, 9"),
            std::string::npos);
}

TEST(ExportLines, QuotesForTheShell) {
  std::string lines = export_lines(server_on(4004), nothing);
  EXPECT_NE(lines.find("export OSS_ACCESS_KEY_SECRET='it'\\''s'\n"), std::string::npos);
  EXPECT_NE(lines.find("export AWS_ENDPOINT_URL='http://127.0.0.1:4004'\n"), std::string::npos);
  EXPECT_EQ(lines.find("unset"), std::string::npos);
}

TEST(ExportLines, PointsModelClientsHere) {
  std::string lines = export_lines(server_on(4004), nothing);
  EXPECT_NE(lines.find("export OPENAI_BASE_URL='http://127.0.0.1:4004/v1'\n"), std::string::npos);
  EXPECT_NE(lines.find("export OPENAI_API_BASE='http://127.0.0.1:4004/v1'\n"), std::string::npos);
  EXPECT_NE(lines.find("export DASHSCOPE_HTTP_BASE_URL='http://127.0.0.1:4004/api/v1'\n"),
            std::string::npos);
  EXPECT_NE(lines.find("export OPENAI_API_KEY='sk-"), std::string::npos);
  EXPECT_EQ(local_model_key("a"), local_model_key("a"));
  EXPECT_NE(local_model_key("a"), local_model_key("b"));
  EXPECT_EQ(local_model_key("a").size(), 67u);
}

TEST(ExportLines, RemovesWhatWouldLeadElsewhere) {
  auto present = [](const std::string&) { return "x"; };
  std::string lines = export_lines(server_on(4004), present);
  EXPECT_NE(lines.find("unset AWS_SESSION_TOKEN\n"), std::string::npos);
  EXPECT_NE(lines.find("unset AWS_CA_BUNDLE\n"), std::string::npos);
  RunInfo secure = server_on(4004);
  secure.url = "https://127.0.0.1:4004";
  EXPECT_EQ(export_lines(secure, present).find("AWS_CA_BUNDLE"), std::string::npos);
}

}  // namespace
}  // namespace lakeside::app
